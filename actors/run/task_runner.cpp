#include "actors/run/task_runner.hpp"

#include "config/plan/tags.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

double random_fraction() {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return std::uniform_real_distribution<double>{0, 1}(engine);
}

} // namespace

void task_runner_state::start(task_setting setting) {
  setting_ = std::move(setting);
  scope_ = setting_.scope->with(what().common);
  names_ = setting_.names;
  result_.id = what().id;
  result_.name = what().name;
  result_.module = what().module;
  result_.play = scope_->play_name;
  result_.handler = setting_.handler;
  result_.added = setting_.added;
  result_.censored = scope_->no_log;
  if (auto& past = setting_.ctx->past)
    past_ = past->begun(what().id);
  auto& ids = what().dependencies;
  if (setting_.lane) {
    start_lane();
    return;
  }
  missing_.insert(ids.begin(), ids.end());
  if (missing_.empty())
    begin_task();
  else
    self_->send(setting_.state, subscribe_atom_v,
                std::vector<std::string>{missing_.begin(), missing_.end()},
                caf::actor_cast<ending_listener>(self_));
}

void task_runner_state::on_ending(const ending& ended) {
  if (phase_ == phase::including) {
    included_ended(ended);
    return;
  }
  if (phase_ != phase::waiting || missing_.erase(ended.id) == 0)
    return;
  if (ended.names.version >= names_.version)
    names_ = ended.names;
  if (ended.cancelled && !cancelled_)
    cancelled_ = cancel_reason::failed;
  if ((ended.failed || ended.blocked) && result_.failed_dependency.empty())
    result_.failed_dependency = ended.culprit;
  if (missing_.empty())
    begin_task();
}

void task_runner_state::begin_task() {
  begun_ = std::chrono::steady_clock::now();
  result_.start = std::chrono::system_clock::now();
  if (!result_.failed_dependency.empty()) {
    report_.blocked = true;
    report_skipped(
      skip_reason::dependency,
      fmt::format("dependency failed: {}", result_.failed_dependency));
    return;
  }
  if (cancelled_) {
    report_cancelled();
    return;
  }
  auto& run = setting_.ctx->conditions;
  // The tags of an import, too, are those of each task it stands for.
  if (!setting_.handler && !what().module.ends_with("import_tasks")
      && !selected_by_tags(scope_->tags, run.tags, run.skip_tags)) {
    report_skipped(skip_reason::tags, "not selected by tags");
    return;
  }
  visible_ = std::make_shared<task_variables>(setting_.ctx, scope_, names_);
  begin_items();
}

void task_runner_state::prepare_call() {
  auto built = build_job(what(), *scope_, visible_, *setting_.ctx);
  if (!built) {
    item_failed(built.why());
    return;
  }
  call_ = std::make_shared<job>(std::move(*built));
  auto& spec = call_->module->spec();
  // `creates` and `removes` make any command safe to repeat.
  bool repeatable = spec.idempotent || call_->args.given("creates")
                    || call_->args.given("removes");
  call_->key = {what().id, item_, attempt_, repeatable, spec.idempotent};
  auto* before = past_call();
  if (before)
    attempt_ = before->attempts;
  if (leaves_job() && left_before())
    return;
  if (before && before->running && !before->repeatable
      && setting_.ctx->on_unknown != unknown_policy::rerun)
    decide_unknown(before->begun);
  else
    start_call();
}

const run_past::call* task_runner_state::past_call() const {
  if (!past_)
    return nullptr;
  auto at = past_->calls.find(item_);
  return at == past_->calls.end() ? nullptr : &at->second;
}

void task_runner_state::decide_unknown(
  std::chrono::system_clock::time_point begun) {
  auto words = fmt::format("was running when the run died at {}; whether it "
                           "took effect is not known",
                           format_time(begun));
  if (setting_.ctx->on_unknown == unknown_policy::skip) {
    module_result skipped;
    skipped.skipped = true;
    skipped.msg = "skipped as the command line says: " + words;
    item_done(
      judge(what(), std::move(skipped), *visible_, locals(), templates()));
    return;
  }
  report_.unknown = true;
  result_.msg = "it " + words;
  result_.error = "unknown_state";
  result_.output
    = dict{{"changed", false}, {"failed", true}, {"msg", result_.msg}};
  report(task_status::failed);
}

void task_runner_state::start_call() {
  if (call_->module->spec().engine)
    run_engine_task(call_->args);
  else if (call_->module->spec().pure)
    run_here();
  else if (leaves_job())
    leave_job();
  else
    want_slot();
}

void task_runner_state::announce() {
  if (announced_)
    return;
  announced_ = true;
  // A name is for people: one that cannot be worked out stays as it is.
  // It names all items of a loop, and so cannot use one of them.
  if (what().name.find("{{") != std::string::npos) {
    task_variables around{setting_.ctx, scope_, names_};
    if (auto shown = templates().evaluate(value{what().name}, around))
      result_.name = to_display(*shown);
  }
  begun_ = std::chrono::steady_clock::now();
  result_.start = std::chrono::system_clock::now();
  self_->send(setting_.state, started_atom_v, what().id, result_.name,
              what().module, setting_.handler);
}

void task_runner_state::on_down(const caf::down_msg& down) {
  if (slot_ && slot_->worker.address() == down.source)
    on_worker_lost(to_string(down.reason));
  if (phase_ == phase::in_lanes && down.reason
      && down.reason != caf::exit_reason::normal)
    on_lane_ended();
  if (inside_ && inside_.address() == down.source && down.reason
      && down.reason != caf::exit_reason::normal) {
    ending died;
    died.failed = died.fatal = true;
    died.culprit = what().id;
    included_ended(died);
  }
}

void task_runner_state::on_tick(uint64_t generation) {
  if (generation != generation_)
    return;
  if (phase_ == phase::pausing) {
    start_call();
    return;
  }
  if (phase_ != phase::running)
    return;
  // The worker is stuck in a call that nothing can end.
  stop_.request_stop();
  give_back(false);
  module_result stuck;
  stuck.failed = true;
  stuck.timed_out = true;
  stuck.why = errc::timeout;
  stuck.msg = "the module did not end at its deadline and was abandoned";
  pass_judgement(std::move(stuck));
}

const retry_policy* task_runner_state::retries() const {
  if (what().retry)
    return &*what().retry;
  auto& fallback = setting_.ctx->options.retry;
  return fallback ? &*fallback : nullptr;
}

void task_runner_state::pass_judgement(module_result result) {
  // What the interrupted call changed is not seen by the one that repeats it.
  // Of one that only `creates` makes repeatable nobody saw what it changed.
  auto* before = past_call();
  bool changed_before
    = before
      && (before->changed
          || (before->running && before->repeatable && !call_->key.noted));
  if (changed_before && !result.changed && !result.failed && !result.skipped) {
    result.changed = true;
    result.warnings.push_back("changed before the run was interrupted");
  }
  auto verdict
    = judge(what(), std::move(result), *visible_, locals(), templates());
  auto* policy = retries();
  bool more = policy && attempt_ < policy->max_attempts && !cancelled_
              && verdict.broken.empty() && !verdict.from.skipped
              && worth_repeating(*policy, verdict);
  if (!verdict.settled && more) {
    run_once_more(backoff_pause(*policy, attempt_ + 1, random_fraction()));
    return;
  }
  if (!verdict.settled && !verdict.failed && verdict.broken.empty()) {
    verdict.failed = true;
    verdict.output.as_dict().set("failed", true);
    if (verdict.from.msg.empty())
      verdict.from.msg
        = fmt::format("`until` did not hold after {} attempts", attempt_);
  }
  if (policy && policy->max_attempts > 1)
    verdict.output.as_dict().set("attempts", static_cast<int64_t>(attempt_));
  item_done(std::move(verdict));
}

void task_runner_state::run_once_more(std::chrono::nanoseconds pause) {
  self_->send(setting_.state, retry_atom_v, what().id, uint32_t{attempt_ + 1},
              caf::timespan{pause});
  // A journal that cannot be written ends the run when the task ends.
  if (auto& log = setting_.ctx->log)
    static_cast<void>(log->attempt_ended(what().id, item_, attempt_));
  phase_ = phase::pausing;
  ++generation_;
  if (pause.count() == 0)
    self_->send(self_, tick_atom_v, generation_);
  else
    self_->delayed_send(self_, pause, tick_atom_v, generation_);
}

void task_runner_state::cancel(cancel_reason reason) {
  if (phase_ == phase::reported)
    return;
  if (phase_ == phase::ending) {
    item_done(judge(what(), {}, *visible_, locals(), templates()));
    return;
  }
  if (phase_ == phase::including) {
    cancelled_ = reason;
    self_->send(inside_, cancel_atom_v, reason);
    return;
  }
  bool begun = announced_ || phase_ == phase::flushing;
  if (phase_ == phase::in_lanes) {
    cancel_lanes(reason);
    return;
  }
  bool gentle
    = reason == cancel_reason::failed || reason == cancel_reason::play_ended;
  if (gentle && begun)
    return;
  cancelled_ = reason;
  if (phase_ == phase::running) {
    stop_.request_stop();
  } else if (phase_ == phase::pausing || (begun && phase_ != phase::flushing)) {
    // Between two attempts: what the last one said stands.
    result_.msg = "cancelled while waiting for the next attempt";
    result_.changed = any_changed_;
    report(reason == cancel_reason::timeout ? task_status::timeout
                                            : task_status::cancelled);
  } else if (phase_ != phase::flushing) {
    report_cancelled();
  }
}

task_runner_actor::behavior_type
task_runner(task_runner_actor::stateful_pointer<task_runner_state> self,
            task_setting setting) {
  self->set_down_handler(
    [self](const caf::down_msg& down) { self->state.on_down(down); });
  self->state.start(std::move(setting));
  auto& state = self->state;
  return {
    [&state](const ending_ptr& ended) { state.on_ending(*ended); },
    [&state](const slot_ptr& given) { state.on_slot(given); },
    [&state](cancel_atom, cancel_reason reason) { state.cancel(reason); },
    [&state](tick_atom, uint64_t generation) { state.on_tick(generation); },
    [&state](go_atom) { state.go_on(); },
    [&state](const item_report_ptr& ended) { state.on_item(ended); },
    [&state](finish_atom) { state.on_lane_ended(); },
  };
}

} // namespace troupe
