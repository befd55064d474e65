#include "actors/run/run.hpp"

#include "actors/state/journal.hpp"
#include "actors/supervision.hpp"

#include <caf/send.hpp>
#include <fmt/format.h>

namespace troupe {

void run_state::start(run_setting setting) {
  setting_ = std::move(setting);
  auto& ctx = setting_.ctx;
  // The clock belongs to the machine, which outlives the run.
  std::shared_ptr<clock_source> clock{ctx->machine, &ctx->machine->clock()};
  begun_ = clock->steady_now();
  progress_ = self_->spawn(progress,
                           progress_setting{ctx->run_id, ctx->own_name(), clock,
                                            setting_.sinks, ctx->secrets});
  auto services = std::make_shared<run_services>();
  services_ = services;
  services->ctx = ctx;
  services->jobs
    = std::make_shared<const job_environment>(job_environment_of(*ctx));
  services->threads = setting_.threads;
  services->state = self_->spawn(
    state_keeper, state_setting{progress_, clock->now(), tasks_to_do(),
                                ctx->log, caf::actor_cast<cancellable>(self_),
                                [me = run_actor{self_}](snapshot_ptr last) {
                                  caf::anon_send(me, lost_atom_v,
                                                 std::move(last));
                                },
                                ctx, setting_.stage});
  services->stage = setting_.stage;
  services->scheduler
    = setting_.slots ? setting_.slots
                     : self_->spawn(scheduler, ctx->options.parallel_tasks);
  services->background = self_->spawn(background, ctx, setting_.threads);
  // The run cannot go on truthfully without these.
  self_->monitor(progress_);
  self_->monitor(services_->state);
  self_->monitor(services_->scheduler);
  self_->monitor(services_->background);
}

uint64_t run_state::tasks_to_do() const {
  // Of many hosts each has only plays of its own: CONDUCTOR counts them.
  return setting_.stage ? 0 : setting_.ctx->what->task_count();
}

void run_state::say(run_event::kinds what) {
  run_event event;
  event.what = std::move(what);
  event.counts = outcome_.counts;
  self_->send(progress_, std::move(event));
}

void run_state::go() {
  outcome_.counts.total = tasks_to_do();
  say(run_started{setting_.ctx->what->name});
  auto limit = setting_.ctx->options.execution_timeout;
  // Of a run over many hosts it is CONDUCTOR's.
  if (limit.count() > 0 && !setting_.stage)
    self_->delayed_send(self_, limit, tick_atom_v);
  if (!setting_.stage)
    next_play();
}

void run_state::next_play() {
  auto& plays = setting_.ctx->what->plays;
  if (next_ == plays.size()) {
    end_jobs();
    return;
  }
  auto& what = plays[next_++];
  // What an ended run will not start is still accounted for, task by task.
  auto stopped = ending_;
  if (auto* cancelled = outcome_.ended<run_cancelled>())
    stopped = run_stop{cancelled->why, {}};
  run_play(what, std::move(stopped), false);
}

void run_state::run_play(const play& what, std::optional<run_stop> stopped,
                         bool gated) {
  bool wants = setting_.wants_facts || what.gather_facts;
  if (wants && !facts_ && !stopped)
    facts_ = self_->spawn(
      facts,
      std::make_shared<facts_collector>(setting_.ctx, setting_.facts_file),
      setting_.threads);
  play_ = self_->spawn(play_runner,
                       play_setting{services_, &what, wants, facts_, progress_,
                                    std::move(stopped), gated});
  self_->monitor(play_);
  self_->request(play_, caf::infinite, go_atom_v)
    .then([this](const play_outcome& ended) { play_ended(ended); },
          [](const caf::error&) {
            // Its death is told by `on_down`.
          });
}

void run_state::play_ended(const play_outcome& ended) {
  outcome_.rolled_back = outcome_.rolled_back || ended.rolled_back;
  outcome_.rollback_cut_off
    = outcome_.rollback_cut_off || ended.rollback_cut_off;
  self_->demonitor(play_.address());
  play_ = nullptr;
  if (setting_.stage) {
    part_.deliver(ended);
    return;
  }
  if (ended.unreachable)
    outcome_.unreachable_hosts = {setting_.ctx->own_name()};
  if (ended.fatal && !ending_)
    ending_ = run_stop{cancel_reason::failed, ended.culprit};
  next_play();
}

// -- one host among many ------------------------------------------------------

caf::result<play_outcome> run_state::begin_part(const play_part& part) {
  part_ = self_->make_response_promise<play_outcome>();
  auto answer = part_;
  std::optional<run_stop> stopped;
  if (part.stopped)
    stopped = run_stop{cancel_reason::failed, {}};
  if (auto* cancelled = outcome_.ended<run_cancelled>())
    stopped = run_stop{cancelled->why, {}};
  next_ = part.play + 1;
  run_play(setting_.ctx->what->plays[part.play], std::move(stopped),
           part.gated);
  return answer;
}

void run_state::stop_part(cancel_reason reason) {
  if (play_)
    self_->send(play_, cancel_atom_v, reason);
}

void run_state::end_part() {
  if (play_)
    self_->send(play_, finish_atom_v);
}

void run_state::no_more_plays() {
  if (phase_ == phase::plays)
    end_jobs();
}

// -- the end ------------------------------------------------------------------

const char* run_state::name_of(const caf::down_msg& down) const {
  if (play_ && down.source == play_.address())
    return "play runner";
  if (down.source == services_->state.address())
    return "state keeper";
  if (down.source == services_->scheduler.address())
    return "scheduler";
  if (down.source == services_->background.address())
    return "keeper of background jobs";
  if (down.source == progress_.address())
    return "progress reporter";
  return nullptr;
}

void run_state::on_down(const caf::down_msg& down) {
  auto* who = name_of(down);
  // They end by themselves once nobody needs them any more.
  if (!who || !down.reason || phase_ == phase::over)
    return;
  break_off(who, down.reason);
}

void run_state::on_last_words(const snapshot_ptr& last) {
  last_words_ = last;
}

void run_state::break_off(const char* who, const caf::error& why) {
  if (!outcome_.ended<run_broken>())
    outcome_.how = run_broken{
      fmt::format("internal error: the {} died: {}", who, words_of(why))};
  if (play_)
    self_->send_exit(play_, why);
  self_->send(services_->background, cancel_atom_v, cancel_reason::terminated);
  if (phase_ == phase::telling) {
    let_go();
  } else if (phase_ == phase::counting) {
    finish(last_words_ ? *last_words_ : run_snapshot{});
  } else {
    account_for_rest(why);
    count();
  }
}

void run_state::account_for_rest(const caf::error& why) {
  auto& plays = setting_.ctx->what->plays;
  for (auto at = play_ ? next_ - 1 : next_; at < plays.size(); ++at) {
    block_setting lost;
    lost.services = services_;
    lost.scope = task_scope::of(plays[at]);
    lost.what = &plays[at].body;
    self_->send(services_->state, lost_atom_v, lost_with(lost, why),
                ending_listener{});
  }
  next_ = plays.size();
  play_ = nullptr;
}

void run_state::abandon(const caf::error& why) {
  auto end = [&](const auto& child) {
    if (child)
      self_->send_exit(child, why);
  };
  end(play_);
  end(facts_);
  if (services_) {
    end(services_->background);
    if (!setting_.slots)
      end(services_->scheduler);
    end(services_->state);
  }
  end(progress_);
}

void run_state::end_jobs() {
  phase_ = phase::jobs;
  self_->request(services_->background, caf::infinite, finish_atom_v)
    .then([this](const background_end_ptr& ended) { jobs_ended(*ended); },
          [](const caf::error&) {
            // Its death is told by `on_down`.
          });
}

void run_state::jobs_ended(const background_end& ended) {
  for (auto& each : ended.unseen)
    say(run_trouble{each});
  if (phase_ == phase::jobs)
    count();
}

void run_state::count() {
  if (phase_ == phase::counting)
    return;
  phase_ = phase::counting;
  self_->request(services_->state, caf::infinite, query_atom_v)
    .then([this](const snapshot_ptr& last) { finish(*last); },
          [this](const caf::error&) {
            finish(last_words_ ? *last_words_ : run_snapshot{});
          });
}

void run_state::finish(const run_snapshot& last) {
  if (phase_ == phase::telling)
    return;
  phase_ = phase::telling;
  auto total = outcome_.counts.total;
  outcome_.counts = last.counts;
  outcome_.failed_tasks = last.failed;
  outcome_.changed_tasks = last.changed;
  outcome_.unknown_tasks = last.unknown;
  // What an engine that broke off has not accounted for did not run.
  outcome_.counts.total = std::max(total, last.counts.total);
  // Of many hosts each has only plays of its own.
  if (setting_.stage)
    outcome_.counts.total = last.counts.ended();
  if (outcome_.ended<run_broken>())
    outcome_.counts.cancelled
      += outcome_.counts.total - outcome_.counts.ended();
  auto& clock = setting_.ctx->machine->clock();
  outcome_.duration = clock.steady_now() - begun_;
  outcome_.dry = setting_.ctx->options.check_mode;
  outcome_.sentence = sentence_for(outcome_);
  note_ending();
  say(run_ended{!outcome_.well(), outcome_.sentence, outcome_.duration});
  // First the sinks, which have the last word.
  self_->request(progress_, caf::infinite, finish_atom_v)
    .then(
      [this](std::vector<std::string>& troubles) {
        outcome_.view_troubles = std::move(troubles);
        let_go();
      },
      [this](const caf::error&) { let_go(); });
}

void run_state::note_ending() {
  auto& log = setting_.ctx->log;
  // How a run of many hosts has ended, CONDUCTOR knows.
  if (!log || setting_.stage)
    return;
  auto noted = log->ended({setting_.ctx->machine->clock().now(),
                           !outcome_.well(), outcome_.is_taken_back(),
                           outcome_.sentence, outcome_.counts});
  if (!noted && !outcome_.ended<run_broken>())
    outcome_.how = run_unrecorded{noted.why().message};
}

void run_state::let_go() {
  if (std::exchange(phase_, phase::over) == phase::over)
    return;
  abandon(caf::exit_reason::user_shutdown);
  setting_.on_end(outcome_);
  self_->quit();
}

void run_state::cancel(cancel_reason reason) {
  // The end is the end.
  bool decided = phase_ != phase::plays && phase_ != phase::jobs;
  // Who insists ends a rollback, which lets the first time pass by.
  if (!decided && outcome_.ended<run_cancelled>())
    return stop_part(reason);
  if (decided || !std::holds_alternative<run_completed>(outcome_.how))
    return;
  outcome_.how = run_cancelled{reason};
  if (play_)
    self_->send(play_, cancel_atom_v, reason);
  if (facts_)
    self_->send(facts_, cancel_atom_v, reason);
  self_->send(services_->background, cancel_atom_v, reason);
}

caf::result<snapshot_ptr> run_state::query() {
  return self_->delegate(services_->state, query_atom_v);
}

run_actor::behavior_type run(run_actor::stateful_pointer<run_state> self,
                             run_setting setting) {
  supervise(self);
  self->state.start(std::move(setting));
  auto& state = self->state;
  return {
    [&state](go_atom) { state.go(); },
    [&state](cancel_atom, cancel_reason reason) { state.cancel(reason); },
    [&state](query_atom) { return state.query(); },
    [&state](begin_atom, const play_part& part) {
      return state.begin_part(part);
    },
    [&state](play_atom, cancel_reason reason) { state.stop_part(reason); },
    [&state](play_atom, finish_atom) { state.end_part(); },
    [&state](finish_atom) { state.no_more_plays(); },
    [&state](lost_atom, const snapshot_ptr& last) {
      state.on_last_words(last);
    },
    [&state](tick_atom) { state.cancel(cancel_reason::timeout); },
  };
}

} // namespace troupe
