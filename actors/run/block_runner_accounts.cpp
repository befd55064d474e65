#include "actors/run/block_runner.hpp"
#include "actors/run/role_services.hpp"
#include "actors/state/reopened.hpp"
#include "actors/supervision.hpp"
#include "config/plan/task_source.hpp"
#include "modules/support/plan/plan_modules.hpp"

#include <fmt/format.h>

namespace troupe {

// How a block accounts for tasks that have no TASK RUNNER to do so.

namespace {

/// A task of which nothing is known but that it did not end.
std::shared_ptr<task_result> unended(const task& t,
                                     const block_setting& setting) {
  auto out = std::make_shared<task_result>();
  out->id = t.id;
  out->name = t.name;
  out->module = t.module;
  out->play = setting.scope->play_name;
  out->handler = setting.handlers;
  out->added = setting.added;
  out->place = t.place;
  out->own_id = t.has_own_id();
  out->start = out->end = setting.services->ctx->machine->clock().now();
  return out;
}

} // namespace

void block_runner_state::note_rescued() {
  auto note = [this](const task& t) { report_.rescued.push_back(t.id); };
  for (auto& child : what().body)
    if (auto* t = std::get_if<task>(&child.what))
      note(*t);
    else
      for_each_task(std::get<block>(child.what), note);
  // A handler that failed in a flush of the body is none of its tasks.
  report_.rescued.push_back(std::exchange(report_.culprit, {}).id);
}

not_run block_runner_state::why_stopped() const {
  if (report_.blocked)
    return {task_status::skipped, "dependency failed: " + report_.culprit.words,
            skip_reason::dependency};
  auto culprit = part_end_.culprit;
  if (culprit.id.empty() && setting_.stopped)
    culprit = setting_.stopped->culprit;
  return stopped_by(cancelled_.value_or(cancel_reason::failed),
                    culprit.id.empty() ? "" : culprit.words);
}

void block_runner_state::give_up_rescue() {
  not_run how{task_status::skipped, "nothing failed in the block",
              skip_reason::not_needed};
  if (report_.blocked || cancelled_ || part_end_.failed)
    how = why_stopped();
  for (auto& child : what().rescue)
    give_up(child, how);
}

void block_runner_state::give_up(const node& child, const not_run& how) {
  if (auto* t = std::get_if<task>(&child.what)) {
    give_up(*t, how);
    return;
  }
  auto& b = std::get<block>(child.what);
  for (auto* nodes : {&b.body, &b.rescue, &b.always})
    for (auto& inner : *nodes)
      give_up(inner, how);
  block_report report;
  report.id = b.id;
  report.blocked = report_.blocked;
  report.cancelled = how.status == task_status::cancelled;
  report.culprit = report_.culprit;
  self_->send(state(), ended_atom_v, std::move(report),
              caf::actor_cast<ending_listener>(self_));
}

void block_runner_state::give_up(const task& t, const not_run& how) {
  auto result = unended(t, setting_);
  auto report = std::make_shared<task_report>();
  result->status = how.status;
  result->why_skipped = how.why;
  result->reason = how.reason;
  if (how.why == skip_reason::dependency) {
    result->failed_dependency = report_.culprit.id;
    report->blocked = true;
    report->culprit = report_.culprit;
  }
  report->result = std::move(result);
  self_->send(state(), ended_atom_v, report_ptr{std::move(report)},
              caf::actor_cast<ending_listener>(self_));
}

namespace {

/// What another host had done for all that is about this process: errors and
/// facts that are forgotten, hosts that are looked for anew.
bool was_meta_elsewhere(const task& t, const task_result& result,
                        const run_context& ctx) {
  auto module = module_in(ctx.modules, t);
  return result.why_skipped == skip_reason::elsewhere && module
         && module->spec().engine == engine_task::meta;
}

} // namespace

placed_task block_runner_state::placed(const task& t) const {
  return {services_in(t.role, setting_.services)->ctx, scope_->with(t), t,
          names_};
}

bool block_runner_state::ends_all_hosts(const task& t) const {
  auto at = placed(t);
  return is_for_all(at) || says_yes("any_errors_fatal", at);
}

bool block_runner_state::is_anew(const std::string& child) const {
  if (setting_.anew || (setting_.renewed && setting_.renewed->contains(child)))
    return true;
  auto& past = setting_.services->ctx->past;
  return part_ == part::always && past && past->since().tasks() != anew_before_;
}

bool block_runner_state::replay(const task& t, past_ptr& before) {
  auto& past = setting_.services->ctx->past;
  auto& ctx = *setting_.services->ctx;
  if (!past || is_anew(t.id))
    return false;
  auto report = past->ended(t.id, has_rescue(), definition_in(ctx, t));
  if (!report || was_meta_elsewhere(t, *report->result, ctx))
    return false;
  if ((before = reopened(t, *report, has_rescue(), ctx)))
    return false;
  alive_.emplace(t.id, child{});
  note_task_end(ctx, t, *report->result);
  if (!ctx.included_by.empty()) {
    // Which tasks have included it is not written down.
    auto whole = std::make_shared<task_report>(*report);
    whole->included_by = ctx.included_by;
    report = std::move(whole);
  }
  tell_others(t, report);
  if (report->result->unreachable && report->result->counts_as_failed()) {
    unreachable_.push_back(std::move(report));
    self_->send(setting_.play, lost_atom_v);
  } else {
    pass_on(std::move(report));
  }
  return true;
}

void block_runner_state::pass_on(report_ptr report) {
  auto me = caf::actor_cast<ending_listener>(self_);
  // What cannot be told from it is news.
  if (report->unknown)
    self_->send(state(), ended_atom_v, std::move(report), me);
  else
    self_->send(state(), replay_atom_v, std::move(report), me);
}

void block_runner_state::tell_others(const task& t, const report_ptr& report) {
  auto& stage = setting_.services->stage;
  if (!stage)
    return;
  auto& result = *report->result;
  past_task_end before;
  before.where = place_of(next_ - 1);
  before.for_all = scope_->gated && is_for_all(placed(t));
  before.failed = result.counts_as_failed()
                  && result.why_skipped != skip_reason::elsewhere
                  && (result.unreachable || !has_rescue());
  if (!before.for_all && !before.failed)
    return;
  host_task_end out{setting_.services->ctx->own_name(), report};
  out.fatal = before.failed && ends_all_hosts(t);
  out.before = std::move(before);
  self_->send(stage, ended_atom_v,
              std::make_shared<const host_task_end>(std::move(out)));
}

lost_block_ptr lost_with(const block_setting& setting, const caf::error& why) {
  auto out = std::make_shared<lost_block>();
  out->block = setting.what->id;
  out->why = fmt::format("internal error: {}", words_of(why));
  out->included_by = setting.services->ctx->included_by;
  auto add = [&](const task& t) {
    auto result = unended(t, setting);
    result->status = task_status::cancelled;
    result->reason = "not run: " + out->why;
    out->tasks.push_back(std::move(result));
  };
  for_each_task(*setting.what, add);
  for_each_block(*setting.what, [&](const block& b) {
    for (size_t i = 0; b.streamed && i < b.streamed->size(); ++i) {
      auto t = b.streamed->at(i);
      if (!t) {
        // It is counted even if its name is not known.
        t = task{};
        t->id = t->name = b.streamed->pointer_at(i);
      }
      add(*t);
    }
  });
  return out;
}

void block_runner_state::fail_child(const std::string& id, std::string msg,
                                    bool fatal) {
  task unknown;
  unknown.id = unknown.name = id;
  const task* which = &unknown;
  // People know it by its name. The tasks of a streamed plan are not at hand.
  for (auto& each : *nodes_)
    if (auto* known = std::get_if<task>(&each.what); known && known->id == id)
      which = known;
  auto result = unended(*which, setting_);
  result->status = task_status::failed;
  result->error = to_string(errc::system);
  result->msg = std::move(msg);
  result->has_rescue = has_rescue();
  auto report = std::make_shared<task_report>();
  report->result = std::move(result);
  report->fatal = fatal;
  auto me = caf::actor_cast<ending_listener>(self_);
  // The others wait for what it was to do for all, or end with it.
  if (setting_.services->stage)
    self_->send(state(), ended_atom_v,
                std::make_shared<const host_task_end>(
                  host_task_end{setting_.services->ctx->own_name(),
                                std::move(report), ends_all_hosts(*which)}),
                me);
  else
    self_->send(state(), ended_atom_v, report_ptr{std::move(report)}, me);
}

} // namespace troupe
