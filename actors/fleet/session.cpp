#include "actors/fleet/session.hpp"

#include "actors/supervision.hpp"
#include "config/fleet/fleet_names.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace troupe {

namespace {

/// What a message takes in memory, nearly.
size_t room_of(const link_message& message) {
  constexpr size_t beside = 200;
  if (auto* answer = std::get_if<link_answer>(&message))
    return answer->body.size() + beside;
  if (auto* piece = std::get_if<link_piece>(&message))
    return piece->bytes.size() + beside;
  return beside;
}

} // namespace

session_state::~session_state() {
  *setting_.backlog -= waiting_bytes_;
}

void session_state::start(session_setting setting) {
  setting_ = std::move(setting);
  link_terms terms;
  terms.dials = false;
  terms.role = setting_.who.role;
  terms.id = setting_.who.name;
  terms.software = "troupe " TROUPE_VERSION;
  terms.times = setting_.times;
  link_.emplace(std::move(terms), nullptr);
  link_->spread(setting_.spread);
  link_->open(now());
  setting_.line->read();
  wake();
}

link_time session_state::now() const {
  return self_->clock().now();
}

void session_state::hear(carrier_news& news) {
  if (!link_)
    return;
  switch (news.what) {
  case carrier_news::kind::opened:
    break;
  case carrier_news::kind::came:
    link_->take(now(), news.bytes);
    setting_.line->read();
    break;
  case carrier_news::kind::took:
    writing_ -= std::min(writing_, news.count);
    link_->written(now(), news.count);
    say_waiting();
    break;
  case carrier_news::kind::gone:
    link_->lost(now(), std::move(news.bytes));
  }
  go_on();
}

void session_state::tick() {
  tick_at_ = link_time::max();
  if (!link_)
    return;
  link_->tick(now());
  go_on();
}

void session_state::decide(const admission& how) {
  if (!link_)
    return;
  if (how.refusal) {
    link_->refuse(now(), *how.refusal, how.retry, how.text);
  } else {
    admitted_ = true;
    link_->welcome(now(), how.stored);
  }
  go_on();
}

void session_state::stored(const std::vector<stream_position>& to) {
  if (!link_)
    return;
  for (auto& each : to)
    link_->stored(now(), each);
  go_on();
}

void session_state::say(link_message_ptr message) {
  if (!link_ || !link_->joined())
    return;
  auto room = room_of(*message);
  waiting_bytes_ += room;
  auto all = *setting_.backlog += room;
  waiting_.push_back(std::move(message));
  say_waiting();
  if (all > session_backlog_most && !waiting_.empty())
    link_->close(now(), link_end::stalled, "too much waits to be taken");
  go_on();
}

void session_state::say_waiting() {
  while (!waiting_.empty() && link_->joined() && link_->has_room()) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    auto room = room_of(*next);
    waiting_bytes_ -= room;
    *setting_.backlog -= room;
    // What is not said would be missed for ever: the peer begins anew.
    if (!link_->send(now(), *next))
      link_->close(now(), link_end::stalled, "something could not be said");
  }
}

void session_state::end(const session_end& why) {
  if (!link_)
    return;
  link_->close(now(), why.why, why.text, why.retry);
  go_on();
}

void session_state::go_on() {
  arrived_ = nullptr;
  // One may be the end of the link.
  for (auto notes = link_->notes(); !notes.empty(); notes = link_->notes())
    for (auto& note : notes) {
      take_note(note);
      if (!link_)
        return;
    }
  if (arrived_)
    self_->send(setting_.history, session_actor{self_}, std::move(arrived_));
  write();
  wake();
}

void session_state::take_note(link_note& note) {
  if (auto* joining = std::get_if<link_joining>(&note)) {
    self_->send(setting_.registry,
                std::make_shared<const session_arrival>(session_arrival{
                  session_actor{self_}, setting_.who, joining->hello.software,
                  joining->hello.reports != 0
                    && setting_.who.role == link_role::runner}));
  } else if (auto* arrival = std::get_if<link_arrival>(&note)) {
    arrive(std::move(arrival->event));
  } else if (auto* said = std::get_if<link_said>(&note)) {
    pass_on(std::move(said->message));
  } else if (auto* how = std::get_if<link_closed>(&note)) {
    closed(*how);
  }
}

void session_state::arrive(link_event event) {
  // Else it would stand in lists and paths that people read and type.
  if (!is_run_name(event.at.stream.run)) {
    if (!link_->closed())
      audit("violation", "events of a run without a name that runs have");
    return link_->close(now(), link_end::violation,
                        "a run has another name than runs have");
  }
  if (!arrived_)
    arrived_ = std::make_shared<std::vector<host_event>>();
  arrived_->push_back({setting_.who.name, std::move(event)});
}

/// To whom it concerns; what has no row here was not let through.
void session_state::pass_on(link_message message) {
  auto said = std::make_shared<const session_said>(
    session_said{session_actor{self_}, setting_.who,
                 std::make_shared<const link_message>(std::move(message))});
  auto& what = *said->message;
  if (auto* ask = std::get_if<link_ask>(&what)) {
    if (ask->what == link_question::watch)
      self_->send(setting_.history, said);
    else if (ask->what == link_question::runs
             || ask->what == link_question::state)
      self_->send(setting_.dispatcher, said);
    else
      self_->send(setting_.registry, said);
  } else if (std::holds_alternative<link_about>(what)
             || std::holds_alternative<link_renew>(what)) {
    self_->send(setting_.registry, said);
  } else {
    self_->send(setting_.dispatcher, said);
  }
}

void session_state::closed(const link_closed& how) {
  if (how.fault)
    audit("violation", std::string{to_string(*how.fault)} + " in frame "
                         + std::to_string(how.type));
  else if (how.refusal)
    audit("refused", std::string{to_string(*how.refusal)} + ": " + how.text);
  // What came before the end is stored all the same.
  if (arrived_)
    self_->send(setting_.history, session_actor{self_}, std::move(arrived_));
  if (auto rest = link_->output().substr(writing_); !rest.empty())
    setting_.line->write(std::string{rest});
  setting_.line->hang_up();
  link_.reset();
  self_->send(setting_.registry, lost_atom_v,
              std::make_shared<const session_said>(
                session_said{session_actor{self_}, setting_.who, nullptr}));
  self_->quit();
}

void session_state::abandon(const caf::error&) {
  setting_.line->hang_up();
}

void session_state::audit(const std::string& what, const std::string& text) {
  // A log that cannot be written any more ends the controller elsewhere.
  setting_.audit->note(
    {what, to_text(setting_.who), setting_.who.address, text});
}

void session_state::write() {
  if (writing_ > 0 || link_->output().empty())
    return;
  std::string bytes{link_->output()};
  writing_ = bytes.size();
  setting_.line->write(std::move(bytes));
}

void session_state::wake() {
  auto when = link_->due();
  if (when >= tick_at_)
    return;
  tick_at_ = when;
  auto pause = std::max(when - now(), link_time::duration{0});
  self_->delayed_send(session_actor{self_}, pause, tick_atom_v);
}

session_actor::behavior_type
session(session_actor::stateful_pointer<session_state> self,
        session_setting setting) {
  supervise(self);
  self->state.start(std::move(setting));
  return {
    [self](carrier_news& news) { self->state.hear(news); },
    [self](tick_atom) { self->state.tick(); },
    [self](const admission_ptr& how) { self->state.decide(*how); },
    [self](const positions_ptr& to) { self->state.stored(*to); },
    [self](const link_message_ptr& what) { self->state.say(what); },
    [self](const session_end_ptr& why) { self->state.end(*why); },
  };
}

} // namespace troupe
