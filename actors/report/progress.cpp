#include "actors/report/progress.hpp"

#include "actors/supervision.hpp"

#include <caf/send.hpp>

namespace troupe {

namespace {

/// The texts of an event that come from the plan or from templates.
void hide_in(run_event& event, const redactor& secrets) {
  if (auto* run = std::get_if<run_started>(&event.what))
    secrets.hide_in(run->plan);
  else if (auto* play = std::get_if<play_started>(&event.what))
    secrets.hide_in(play->play);
  else if (auto* play = std::get_if<hosts_exhausted>(&event.what))
    secrets.hide_in(play->play);
  else if (auto* retry = std::get_if<task_retry>(&event.what))
    for (auto* text : {&retry->name, &retry->own_name, &retry->item})
      secrets.hide_in(*text);
  else if (auto* included = std::get_if<tasks_included>(&event.what))
    for (auto* text : {&included->name, &included->from, &included->item})
      secrets.hide_in(*text);
  else if (auto* begun = std::get_if<task_started>(&event.what))
    secrets.hide_in(begun->name);
  else if (auto* asked = std::get_if<task_question>(&event.what))
    secrets.hide_in(asked->name);
  else if (auto* rescued = std::get_if<task_rescued>(&event.what))
    secrets.hide_in(rescued->name);
  else if (auto* facts = std::get_if<facts_collected>(&event.what))
    secrets.hide_in(facts->message);
  else if (auto* trouble = std::get_if<run_trouble>(&event.what))
    secrets.hide_in(trouble->message);
  else if (auto* ended = std::get_if<run_ended>(&event.what))
    secrets.hide_in(ended->message);
}

} // namespace

void progress_state::start(progress_setting setting) {
  setting_ = std::move(setting);
}

void progress_state::publish(run_event event) {
  // Who misses numbers has missed events: what only some views show has none of
  // its own.
  if (!event.as<items_ended>())
    ++sequence_;
  event.sequence = sequence_;
  event.run = setting_.run;
  // Those of many hosts say themselves when what happened where.
  if (event.host.empty()) {
    event.host = setting_.host;
    event.time = setting_.clock->now();
  }
  if (setting_.secrets)
    hide_in(event, *setting_.secrets);
  auto shared = std::make_shared<const run_event>(std::move(event));
  for (auto& each : setting_.sinks)
    if (each->writer().wants(*shared))
      each->put(shared);
}

caf::result<std::vector<std::string>> progress_state::finish() {
  done_ = self_->make_response_promise<std::vector<std::string>>();
  auto answer = done_;
  open_ = setting_.sinks.size();
  for (auto& each : setting_.sinks)
    each->finish([me = progress_actor{self_}](std::string trouble) {
      caf::anon_send(me, ended_atom_v, std::move(trouble));
    });
  answer_if_done();
  return answer;
}

void progress_state::on_sink_ended(std::string trouble) {
  --open_;
  // The others have written everything: the run itself is not the worse.
  if (!trouble.empty())
    troubles_.push_back("a view failed: " + trouble);
  answer_if_done();
}

void progress_state::answer_if_done() {
  if (open_ > 0 || !done_.pending())
    return;
  done_.deliver(std::move(troubles_));
  self_->quit();
}

progress_actor::behavior_type
progress(progress_actor::stateful_pointer<progress_state> self,
         progress_setting setting) {
  supervise(self);
  self->state.start(std::move(setting));
  return {
    [self](run_event& event) { self->state.publish(std::move(event)); },
    [self](ended_atom, std::string& trouble) {
      self->state.on_sink_ended(std::move(trouble));
    },
    [self](finish_atom) { return self->state.finish(); },
  };
}

} // namespace troupe
