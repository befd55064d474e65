#include "actors/run/run.hpp"

#include "actors/run/coordinator.hpp"
#include "actors/state/journal.hpp"
#include "config/value/duration.hpp"

#include <fmt/format.h>

namespace troupe {

void run_state::start(run_setting setting) {
  setting_ = std::move(setting);
  auto& ctx = setting_.ctx;
  std::vector<progress_sink> sinks;
  for (auto& each : setting_.writers) {
    sinks.push_back({self_->spawn<caf::lazy_init>(sink, each), each});
    // Without one it slows the run down, but shows all the same.
    static_cast<void>(give_thread(self_->system(), sinks.back().actor));
  }
  progress_
    = self_->spawn(progress, ctx->run_id, ctx->what->host, std::move(sinks));
  state_ = self_->spawn(
    state_keeper, state_setting{progress_, uint64_t{ctx->what->task_count()},
                                ctx->log, caf::actor_cast<cancellable>(self_)});
  scheduler_ = self_->spawn(scheduler, ctx->options.parallel_tasks,
                            setting_.make_worker);
  background_ = self_->spawn(background, ctx, setting_.make_worker);
  // The run cannot go on truthfully without these.
  self_->monitor(state_);
  self_->monitor(scheduler_);
}

void run_state::say(run_event event) {
  self_->send(progress_, std::move(event));
}

caf::result<outcome_ptr> run_state::go() {
  answer_ = self_->make_response_promise<outcome_ptr>();
  auto answer = answer_;
  begun_ = std::chrono::steady_clock::now();
  run_event event;
  event.what = run_event::kind::run_started;
  event.subject = setting_.ctx->what->name;
  event.counts.total = setting_.ctx->what->task_count();
  say(std::move(event));
  auto limit = setting_.ctx->options.execution_timeout;
  if (limit.count() > 0)
    self_->delayed_send(self_, limit, tick_atom_v);
  next_play();
  return answer;
}

void run_state::next_play() {
  auto& plays = setting_.ctx->what->plays;
  if (next_ == plays.size()) {
    end_background();
    return;
  }
  auto& what = plays[next_++];
  bool wants = setting_.wants_facts || what.gather_facts;
  if (wants && !facts_) {
    facts_
      = self_->spawn<caf::lazy_init>(facts, setting_.ctx, setting_.facts_file);
    // Without one the actors wait while it collects.
    static_cast<void>(give_thread(self_->system(), facts_));
  }
  play_ = self_->spawn(play_runner,
                       play_setting{setting_.ctx, &what, wants, scheduler_,
                                    background_, state_, facts_, progress_});
  // What an ended run will not start is still accounted for, task by task.
  if (outcome_.cancelled)
    self_->send(play_, cancel_atom_v, outcome_.why_cancelled);
  else if (ending_)
    self_->send(play_, cancel_atom_v, cancel_reason::failed);
  self_->request(play_, caf::infinite, go_atom_v)
    .then([this](const play_outcome& ended) { play_ended(ended); },
          [this](const caf::error& why) {
            outcome_.broken = "internal error in a play: " + to_string(why);
            play_ended({true, true});
          });
}

void run_state::play_ended(const play_outcome& ended) {
  ending_ = ending_ || ended.fatal;
  if (outcome_.broken.empty())
    next_play();
  else
    end_background();
}

void run_state::end_background() {
  self_->request(background_, caf::infinite, finish_atom_v)
    .then(
      [this](const background_end_ptr& ended) {
        outcome_.stuck_workers = ended->stuck;
        for (auto& each : ended->unseen) {
          run_event event;
          event.what = run_event::kind::error;
          event.text = each;
          say(std::move(event));
        }
        gather_outcome();
      },
      [this](const caf::error&) { gather_outcome(); });
}

void run_state::gather_outcome() {
  self_->request(state_, caf::infinite, query_atom_v)
    .then([this](const snapshot_ptr& last) { finish(last); },
          [this](const caf::error&) {
            finish(std::make_shared<const run_snapshot>());
          });
}

void run_state::finish(const snapshot_ptr& last) {
  outcome_.counts = last->counts;
  outcome_.failed_tasks = last->failed;
  outcome_.changed_tasks = last->changed;
  outcome_.unknown_tasks = last->unknown;
  outcome_.duration = std::chrono::steady_clock::now() - begun_;
  outcome_.sentence = sentence_for(outcome_);
  run_event event;
  event.what = run_event::kind::run_ended;
  event.counts = outcome_.counts;
  event.outcome = outcome_.sentence;
  event.delay = outcome_.duration;
  event.failed = !outcome_.failed_tasks.empty() || outcome_.cancelled
                 || !outcome_.broken.empty();
  note_ending(event.failed);
  say(std::move(event));
  // First the sinks, which have the last word, then the workers.
  self_->request(progress_, caf::infinite, finish_atom_v)
    .then([this](bool) { let_go(); }, [this](const caf::error&) { let_go(); });
}

void run_state::note_ending(bool failed) {
  auto& log = setting_.ctx->log;
  if (!log)
    return;
  auto noted = log->ended({std::chrono::system_clock::now(), failed,
                           outcome_.sentence, outcome_.counts});
  if (!noted)
    outcome_.lost_state = noted.why().message;
}

void run_state::let_go() {
  auto end = [this](uint64_t stuck) {
    outcome_.stuck_workers += stuck;
    self_->demonitor(state_.address());
    self_->send_exit(state_, caf::exit_reason::user_shutdown);
    if (facts_)
      self_->send_exit(facts_, caf::exit_reason::user_shutdown);
    answer_.deliver(std::make_shared<const run_outcome>(outcome_));
    self_->quit();
  };
  self_->request(scheduler_, caf::infinite, finish_atom_v)
    .then([end](uint64_t stuck) { end(stuck); },
          [end](const caf::error&) { end(0); });
}

void run_state::cancel(cancel_reason reason) {
  if (outcome_.cancelled)
    return;
  outcome_.cancelled = true;
  outcome_.why_cancelled = reason;
  if (play_)
    self_->send(play_, cancel_atom_v, reason);
  self_->send(background_, cancel_atom_v, reason);
}

caf::result<snapshot_ptr> run_state::query() {
  return self_->delegate(state_, query_atom_v);
}

void run_state::on_down(const caf::down_msg& down) {
  if (down.source != state_.address() && down.source != scheduler_.address())
    return;
  if (!outcome_.broken.empty() || !answer_.pending())
    return;
  // Without them tasks would wait for ever: end what runs, say why.
  outcome_.broken = fmt::format("internal error: the {} died: {}",
                                down.source == state_.address() ? "state keeper"
                                                                : "scheduler",
                                to_string(down.reason));
  if (play_)
    self_->send_exit(play_, caf::exit_reason::kill);
}

std::string sentence_for(const run_outcome& outcome) {
  auto& c = outcome.counts;
  if (!outcome.broken.empty())
    return outcome.broken + " (this is a bug)";
  if (outcome.cancelled)
    return fmt::format("The run was {} after {}; {} of {} tasks did not run.",
                       outcome.why_cancelled == cancel_reason::timeout
                         ? "ended because its time was over"
                       : outcome.why_cancelled == cancel_reason::state_lost
                         ? "stopped because its journal could not be written"
                       : outcome.why_cancelled == cancel_reason::terminated
                         ? "terminated"
                         : "interrupted",
                       format_duration(outcome.duration), c.cancelled, c.total);
  if (c.failed + c.timeout > 0)
    return fmt::format(
      "{} of {} tasks failed{}.", c.failed + c.timeout, c.total,
      c.cancelled > 0 ? fmt::format(", {} did not run", c.cancelled) : "");
  if (c.changed > 0)
    return fmt::format("All {} tasks ended well, {} changed something.",
                       c.total, c.changed);
  return fmt::format("All {} tasks ended well, nothing changed.", c.total);
}

run_actor::behavior_type run(run_actor::stateful_pointer<run_state> self,
                             run_setting setting) {
  self->set_down_handler(
    [self](const caf::down_msg& down) { self->state.on_down(down); });
  self->state.start(std::move(setting));
  auto& state = self->state;
  return {
    [&state](go_atom) { return state.go(); },
    [&state](cancel_atom, cancel_reason reason) { state.cancel(reason); },
    [&state](query_atom) { return state.query(); },
    [&state](tick_atom) { state.cancel(cancel_reason::timeout); },
  };
}

} // namespace troupe
