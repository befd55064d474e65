#include "actors/run/play_runner.hpp"

#include "actors/run/role_services.hpp"
#include "actors/supervision.hpp"
#include "config/playbook/role_memory.hpp"

namespace troupe {

namespace {

/// What has run in one play counts for none after it.
services_ptr with_new_memory(const run_services& from) {
  auto ctx = std::make_shared<run_context>(*from.ctx);
  ctx->roles = std::make_shared<role_memory>();
  auto out = std::make_shared<run_services>(from);
  out->ctx = std::move(ctx);
  return out;
}

} // namespace

void play_runner_state::start(play_setting setting) {
  setting_ = std::move(setting);
  setting_.services
    = services_of_play(*setting_.what, with_new_memory(*setting_.services));
  cancelled_ = setting_.stopped;
  auto bare = task_scope::of(*setting_.what);
  auto scope = std::make_shared<task_scope>(*bare);
  scope->handlers = std::make_shared<const handler_names>(
    setting_.services->ctx, std::move(bare), *setting_.what);
  scope->gated = setting_.gated;
  scope_ = std::move(scope);
}

caf::result<play_outcome> play_runner_state::go() {
  answer_ = self_->make_response_promise<play_outcome>();
  auto answer = answer_;
  // CONDUCTOR gives a host only plays that are for it.
  bool nobody = setting_.what->elsewhere && !setting_.services->stage;
  // One that does not begin is not announced.
  if (!cancelled_)
    self_->send(state(), play_atom_v, setting_.what->name, nobody);
  if (nobody)
    report();
  else if (setting_.wants_facts && !cancelled_)
    collect_facts();
  else
    run_body();
  return answer;
}

void play_runner_state::collect_facts() {
  phase_ = phase::facts;
  self_->monitor(setting_.facts);
  self_->request(setting_.facts, caf::infinite, facts_atom_v)
    .then(
      [this](const facts_ptr& found) {
        // Cancelled meanwhile, it did not wait for them.
        if (phase_ != phase::facts)
          return;
        self_->send(state(), facts_atom_v, found);
        for (auto& each : found->warnings)
          warn("warning: " + each);
        run_body();
      },
      [](const caf::error&) {
        // Its death is told by `on_down`.
      });
}

void play_runner_state::warn(std::string message) {
  run_event event;
  event.what = run_trouble{std::move(message)};
  self_->send(setting_.progress, std::move(event));
}

void play_runner_state::run_body() {
  phase_ = phase::body;
  self_->request(state(), caf::infinite, query_atom_v, facts_atom_v)
    .then(
      [this](const ending_ptr& known) {
        spawn_block(setting_.what->body, false, known->names);
      },
      [this](const caf::error&) {
        // RUN watches STATE KEEPER and ends the run.
        outcome_ = {.failed = true, .fatal = true};
        report();
      });
}

namespace {

/// What a rollback does is an undo itself: undoing the run later must not bring
/// back what was taken back.
services_ptr without_undo(const run_services& from) {
  auto ctx = std::make_shared<run_context>(*from.ctx);
  ctx->undo = nullptr;
  auto out = std::make_shared<run_services>(from);
  out->jobs = std::make_shared<const job_environment>(job_environment_of(*ctx));
  out->ctx = std::move(ctx);
  return out;
}

} // namespace

block_setting play_runner_state::setting_for(const block& what,
                                             bool handlers) const {
  block_setting out;
  out.services = setting_.services;
  if (phase_ == phase::undoing)
    out.services = without_undo(*out.services);
  out.scope = scope_;
  out.what = &what;
  out.added = out.undoing = phase_ == phase::undoing;
  out.handlers = handlers && !out.added;
  if (out.handlers) {
    out.renewed = handlers_.renewed;
    out.rescued = handlers_.rescued;
  }
  if (setting_.gated) {
    // The tasks of the play come first, and those of a flush behind it.
    if (handlers && handlers_.where)
      out.where = *handlers_.where;
    else
      out.where = {{handlers ? 2U : 0U, {}}};
    if (handlers) {
      out.where.push_back({handlers_.count, {}});
      out.where.push_back(
        {static_cast<uint32_t>(handlers_.choice.position()), {}});
    }
  }
  out.stopped = why_nothing_begins();
  return out;
}

std::optional<run_stop> play_runner_state::why_nothing_begins() const {
  if (cancelled_ || phase_ == phase::undoing)
    return cancelled_;
  if (ended_early_)
    return run_stop{cancel_reason::play_ended, {}};
  return handlers_.stop;
}

void play_runner_state::spawn_block(const block& what, bool handlers,
                                    known_names names) {
  auto setting = setting_for(what, handlers);
  setting.names = std::move(names);
  setting.play = caf::actor_cast<handler_flusher>(self_);
  setting.owner = caf::actor_cast<ending_listener>(self_);
  cancellable spawned = self_->spawn(block_runner, std::move(setting));
  self_->monitor(spawned);
  (handlers ? handlers_.actor : body_) = std::move(spawned);
}

void play_runner_state::on_ending(const ending& ended) {
  bool of_body = ended.id == setting_.what->body.id;
  if (of_body) {
    body_ = nullptr;
    note_failure(ended);
    body_ended();
    return;
  }
  if (phase_ == phase::undoing) {
    handlers_.actor = nullptr;
    outcome_.rollback_cut_off = outcome_.rollback_cut_off || cancelled_;
    report();
    return;
  }
  handlers_.actor = nullptr;
  if (ended.failed && !handlers_.failure.failed)
    handlers_.failure = ended;
  // Those that have not begun wait for the next flush.
  if (ended.failed && handlers_.rescued && !why_nothing_begins()) {
    handlers_ended();
    return;
  }
  if (ended.failed)
    note_failure(ended);
  if (ended.fatal)
    handlers_.stop = run_stop{cancel_reason::failed, ended.culprit};
  // Handlers may have notified others.
  handlers_.running = false;
  run_handlers();
}

void play_runner_state::note_failure(const ending& ended) {
  if (outcome_.culprit.id.empty() && (ended.failed || ended.fatal))
    outcome_.culprit = ended.culprit;
  outcome_.failed = outcome_.failed || ended.failed;
  outcome_.fatal = outcome_.fatal || ended.fatal;
  roll_back_ = roll_back_ || ended.roll_back;
}

void play_runner_state::body_ended() {
  body_done_ = true;
  // A body that died in a flush has handlers that go on: the end is theirs.
  if (handlers_.running)
    return;
  if (roll_back_ && !cancelled_)
    roll_back();
  else if (ended_early_ || cancelled_
           || (outcome_.fatal && !setting_.what->force_handlers))
    report();
  else if (setting_.gated)
    wait_for_others();
  else
    run_last_handlers();
}

void play_runner_state::wait_for_others() {
  at_gate_ = true;
  auto there = std::make_shared<arrival>();
  there->host = setting_.services->ctx->own_name();
  there->where = {{1, {}}};
  self_
    ->request(setting_.services->stage, caf::infinite, arrived_atom_v,
              arrival_ptr{std::move(there)})
    .then(
      [this](const gate_answer_ptr&) {
        if (std::exchange(at_gate_, false))
          run_last_handlers();
      },
      [](const caf::error&) {
        // Its death is that of the run.
      });
}

void play_runner_state::end_play() {
  outcome_.left = ended_early_ = true;
  // Another host has ended it: half a rollback is worse than none.
  if (phase_ == phase::undoing)
    return;
  if (std::exchange(at_gate_, false))
    return report();
  for (auto& each : {body_, handlers_.actor})
    if (each)
      self_->send(each, cancel_atom_v, cancel_reason::play_ended);
}

void play_runner_state::lose_host() {
  outcome_.unreachable = true;
  cancel(cancel_reason::unreachable);
}

void play_runner_state::cancel(cancel_reason reason) {
  if (passes_by(reason))
    return;
  cancelled_ = run_stop{reason, {}};
  if (std::exchange(at_gate_, false))
    return report();
  // Whoever collects facts may not come back.
  if (phase_ == phase::facts)
    return run_body();
  for (auto& each : {body_, handlers_.actor})
    if (each)
      self_->send(each, cancel_atom_v, reason);
}

void play_runner_state::block_lost(const block& what, bool handlers,
                                   const caf::error& why) {
  self_->send(state(), lost_atom_v, lost_with(setting_for(what, handlers), why),
              caf::actor_cast<ending_listener>(self_));
}

void play_runner_state::on_down(const caf::down_msg& down) {
  if (phase_ == phase::facts && setting_.facts.address() == down.source) {
    warn("facts could not be collected: " + words_of(down.reason));
    run_body();
    return;
  }
  if (down.reason == caf::exit_reason::normal || !down.reason)
    return;
  outcome_.rollback_cut_off
    = outcome_.rollback_cut_off || phase_ == phase::undoing;
  // A block that died cannot say how it ended.
  if (body_ && body_.address() == down.source)
    block_lost(setting_.what->body, false, down.reason);
  else if (handlers_.actor && handlers_.actor.address() == down.source)
    block_lost(handlers_.blocks.back(), true, down.reason);
}

void play_runner_state::abandon(const caf::error& why) {
  for (auto& each : {body_, handlers_.actor})
    if (each)
      self_->send_exit(each, why);
}

void play_runner_state::report() {
  if (phase_ == phase::done)
    return;
  phase_ = phase::done;
  answer_.deliver(outcome_);
  self_->quit();
}

play_runner_actor::behavior_type
play_runner(play_runner_actor::stateful_pointer<play_runner_state> self,
            play_setting setting) {
  supervise(self);
  self->state.start(std::move(setting));
  auto& state = self->state;
  return {
    [&state](go_atom) { return state.go(); },
    [&state](flush_atom, place_ptr& where, bool rescued) {
      return state.flush(std::move(where), rescued);
    },
    [&state](finish_atom) { state.end_play(); },
    [&state](lost_atom) { state.lose_host(); },
    [&state](const ending_ptr& ended) { state.on_ending(*ended); },
    [&state](cancel_atom, cancel_reason reason) { state.cancel(reason); },
  };
}

} // namespace troupe
