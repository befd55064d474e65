#include "actors/run/block_runner.hpp"
#include "actors/supervision.hpp"
#include "config/plan/task_source.hpp"

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
  out->start = out->end = setting.services->ctx->machine->clock().now();
  return out;
}

} // namespace

void block_runner_state::note_rescued(const node& child) {
  if (auto* t = std::get_if<task>(&child.what))
    report_.rescued.push_back(t->id);
  else
    for_each_task(std::get<block>(child.what),
                  [this](const task& t) { report_.rescued.push_back(t.id); });
}

void block_runner_state::give_up(const node& child, cancel_reason reason) {
  if (auto* t = std::get_if<task>(&child.what)) {
    give_up(*t, reason);
    return;
  }
  auto& b = std::get<block>(child.what);
  for (auto* nodes : {&b.body, &b.rescue, &b.always})
    for (auto& inner : *nodes)
      give_up(inner, reason);
  block_report report{b.id, false, false, report_.blocked, report_.culprit, {}};
  self_->send(state(), ended_atom_v, std::move(report),
              caf::actor_cast<ending_listener>(self_));
}

void block_runner_state::give_up(const task& t, cancel_reason reason) {
  auto result = unended(t, setting_);
  auto report = std::make_shared<task_report>();
  if (report_.blocked) {
    result->status = task_status::skipped;
    result->why_skipped = skip_reason::dependency;
    result->failed_dependency = report_.culprit;
    result->reason = fmt::format("dependency failed: {}", report_.culprit);
    report->blocked = true;
  } else if (part_ == part::body && !part_end_.failed && !part_end_.fatal
             && !cancelled_) {
    result->status = task_status::skipped;
    result->why_skipped = skip_reason::condition;
    result->reason = "nothing failed in the block";
  } else if (reason == cancel_reason::play_ended) {
    result->status = task_status::skipped;
    result->why_skipped = skip_reason::play_ended;
    result->reason = "the play was ended";
  } else {
    result->status = task_status::cancelled;
    result->reason
      = reason == cancel_reason::failed
          ? fmt::format("not run: task '{}' failed", part_end_.culprit)
        : reason == cancel_reason::timeout
          ? "not run: the time for the whole run was over"
          : "not run: the run was cancelled";
  }
  report->result = std::move(result);
  self_->send(state(), ended_atom_v, report_ptr{std::move(report)},
              caf::actor_cast<ending_listener>(self_));
}

lost_block_ptr lost_with(const block_setting& setting, const caf::error& why) {
  auto out = std::make_shared<lost_block>();
  out->block = setting.what->id;
  out->why = fmt::format("internal error: {}", words_of(why));
  auto add = [&](const task& t) {
    auto result = unended(t, setting);
    result->status = task_status::cancelled;
    result->reason = "not run: " + out->why;
    out->tasks.push_back(std::move(result));
  };
  for_each_task(*setting.what, add);
  for_each_block(*setting.what, [&](const block& b) {
    for (size_t i = 0; b.streamed && i < b.streamed->size(); ++i)
      if (auto t = b.streamed->at(i))
        add(*t);
  });
  return out;
}

void block_runner_state::fail_child(const std::string& id, std::string msg,
                                    bool fatal) {
  task unknown;
  unknown.id = unknown.name = id;
  auto result = unended(unknown, setting_);
  result->status = task_status::failed;
  result->error = to_string(errc::system);
  result->msg = std::move(msg);
  auto report = std::make_shared<task_report>();
  report->result = std::move(result);
  report->fatal = fatal;
  self_->send(state(), ended_atom_v, report_ptr{std::move(report)},
              caf::actor_cast<ending_listener>(self_));
}

} // namespace troupe
