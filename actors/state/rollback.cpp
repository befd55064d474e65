#include "actors/state/rollback.hpp"

#include "actors/state/run_past.hpp"
#include "actors/state/undo.hpp"
#include "actors/state/undo_recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace troupe {

namespace {

class undo_module final : public task_module {
public:
  explicit undo_module(std::string run_folder)
      : run_folder_{std::move(run_folder)} {
  }

  const module_spec& spec() const override {
    static const module_spec instance{
      .name = undo_module_name,
      .summary = "Undoes what a task of this run changed in files.",
      .arguments
      = {{.name = "task", .summary = "The id of the task.", .required = true}},
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto past = run_past::look_at(run_folder_ + "/journal");
    if (!past)
      return module_result::failure(past.why());
    auto changes = (*past)->changes();
    auto task = args.text("task");
    std::erase_if(changes,
                  [&](const undo_entry& each) { return each.task != task; });
    module_result out;
    list steps;
    std::string first;
    // What others have changed meanwhile is no reason to leave a play half
    // done; it is kept.
    undo_terms terms{run_folder_ + "/undo", ctx.check_mode, true};
    for (auto& step : undo_changes(changes, ctx.machine, terms)) {
      out.changed = out.changed || !step.failed;
      if (step.failed && first.empty())
        first = step.path + ": " + step.what;
      steps.push_back(dict{
        {"path", step.path}, {"what", step.what}, {"failed", step.failed}});
    }
    out.data.set("steps", std::move(steps));
    if (!first.empty()) {
      out.failed = true;
      out.why = errc::runtime;
      out.msg = "not everything could be undone; " + first;
    }
    return out;
  }

private:
  std::string run_folder_;
};

task undo_task(const task& of) {
  task out;
  out.id = rollback_prefix + of.id;
  out.name = fmt::format("undo {}", of.name);
  out.module = undo_module_name;
  out.args = std::make_shared<const dict>(dict{{"task", of.id}});
  return out;
}

void add_steps(const task& of, bool has_changes, block& out) {
  auto add = [&](task step) {
    // What cannot be taken back is no reason to leave the rest.
    step.on_failure = failure_policy::proceed;
    out.body.push_back(node{std::move(step)});
  };
  for (auto& each : of.rollback) {
    auto step = each;
    step.id = fmt::format("{}{}:{}", rollback_prefix, of.id, each.id);
    step.dependencies.clear();
    add(std::move(step));
  }
  if (has_changes)
    add(undo_task(of));
}

} // namespace

block rollback_steps(const play& what, const run_snapshot& now,
                     const run_context& ctx) {
  std::unordered_map<std::string, const task*> mine;
  auto note = [&](const task& t) { mine.emplace(t.id, &t); };
  for_each_task(what.body, note);
  for_each_task(what.handlers, note);
  auto changed = ctx.undo ? ctx.undo->tasks() : std::set<std::string>{};
  if (ctx.past)
    for (auto& each : ctx.past->changes())
      changed.insert(each.task);
  // In the order in which they ended; one that failed half-way is the last.
  auto order = now.changed;
  for (auto& id : now.failed)
    if (std::find(order.begin(), order.end(), id) == order.end())
      order.push_back(id);
  block out;
  out.id = "rollback:" + what.id;
  out.name = "rollback";
  for (auto i = order.rbegin(); i != order.rend(); ++i) {
    if (auto at = mine.find(*i); at != mine.end()) {
      add_steps(*at->second, changed.contains(*i), out);
      continue;
    }
    task included;
    included.id = included.name = *i;
    // Streamed tasks are those of the only play, and have no steps of their
    // own: their ids are all it takes.
    auto by = now.included_by.find(*i);
    if (what.body.streamed
        || (by != now.included_by.end() && mine.contains(by->second)))
      add_steps(included, changed.contains(*i), out);
  }
  return out;
}

std::shared_ptr<const task_module> make_undo_module(std::string run_folder) {
  return std::make_shared<undo_module>(std::move(run_folder));
}

} // namespace troupe
