#include "actors/state/rollback.hpp"

#include "actors/state/plan_task.hpp"
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
  undo_module(std::string run_folder, bool again)
      : run_folder_{std::move(run_folder)}, again_{again} {
  }

  const module_spec& spec() const override {
    static const module_spec instance{
      .name = undo_module_name,
      .summary = "Undoes what a task of this run changed in files.",
      .arguments
      = {{.name = "task", .summary = "The id of the task.", .required = true}},
      // What a run knows of its changes is here, whatever host it is about.
      .at_home = true,
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto past = run_past::look_to_undo(run_folder_ + "/journal");
    if (!past)
      return module_result::failure(past.why());
    auto changes = (*past)->changes();
    auto task = args.text("task");
    auto known
      = [&](const std::string& id) { return id == task || (*past)->ended(id); };
    std::erase_if(changes, [&](const undo_entry& each) {
      return task_of(each.task, known) != task;
    });
    size_t reached = 0;
    bool cut_off = false;
    undo_terms terms{
      .folder = run_folder_ + "/undo",
      .check_mode = ctx.check_mode,
      // What others have changed meanwhile is no reason to leave a play half
      // done; it is kept.
      .force = true,
      .again = again_,
      .stops =
        [&] {
          cut_off = !ctx.wait({});
          reached += cut_off ? 0 : 1;
          return cut_off;
        },
    };
    auto out = told(undo_changes(changes, ctx.machine, terms));
    if (cut_off) {
      auto why = ctx.must_end();
      out.failed = true;
      out.why = why.code;
      out.msg
        = fmt::format("{} of {} changes are left as they are: {}",
                      changes.size() - reached, changes.size(), why.message);
    }
    return out;
  }

private:
  std::string run_folder_;
  // An undo before this one may have been cut off.
  bool again_;

  static module_result told(const std::vector<undo_step>& done) {
    module_result out;
    list steps;
    std::string first;
    for (auto& step : done) {
      out.changed = out.changed || step.has_undone() || step.touched;
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
};

task undo_task(const task& of) {
  task out;
  out.id = rollback_prefix + of.id;
  out.name = fmt::format("undo {}", of.name);
  out.module = undo_module_name;
  out.args = std::make_shared<const dict>(dict{{"task", of.id}});
  // It comes to its end, however long tasks may take here.
  auto timeout = static_cast<uint8_t>(keyword_of<>{"timeout"}.number());
  out.said.say({value{0}, timeout, false});
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

play_tasks::play_tasks(const play& what) : what_{what} {
  auto note = [&](const task& t) { mine_.emplace(t.id, &t); };
  for_each_task(what.body, note);
  for_each_task(what.handlers, note);
}

const task* play_tasks::find(const std::string& id) const {
  auto at = mine_.find(id);
  if (at == mine_.end())
    at = mine_.find(std::string{without_count(id)});
  return at == mine_.end() ? nullptr : at->second;
}

bool play_tasks::has_left(const std::string& job) const {
  auto known = [&](const std::string& id) { return find(id) != nullptr; };
  // Streamed tasks are those of the only play.
  if (what_.body.streamed || known(task_of(job, known)))
    return true;
  // The id of an included task begins with that of the one that included it.
  for (auto end = job.find(':'); end != std::string::npos;
       end = job.find(':', end + 1))
    if (known(job.substr(0, end)))
      return true;
  return false;
}

block rollback_steps(const play& what, const run_snapshot& now,
                     const run_context& ctx) {
  play_tasks mine{what};
  // In the order in which they ended; one that failed half-way is the last.
  auto order = now.changed;
  for (auto& id : now.failed)
    if (std::find(order.begin(), order.end(), id) == order.end())
      order.push_back(id);
  std::set<std::string> ended{order.begin(), order.end()};
  auto has_ended = [&](const std::string& id) { return ended.contains(id); };
  std::set<std::string> changed;
  if (ctx.undo)
    for (auto& each : ctx.undo->tasks())
      changed.insert(task_of(each, has_ended));
  if (ctx.past)
    for (auto& each : ctx.past->changes())
      changed.insert(task_of(each.task, has_ended));
  block out;
  out.id = "rollback:" + what.id;
  out.name = "rollback";
  for (auto i = order.rbegin(); i != order.rend(); ++i) {
    task one;
    one.id = one.name = *i;
    // Streamed and included tasks have no steps of their own: their ids are all
    // it takes.
    auto by = now.included_by.find(*i);
    if (auto* own = mine.find(*i)) {
      one.name = own->name;
      one.rollback = own->rollback;
    } else if (!what.body.streamed
               && (by == now.included_by.end() || !mine.find(by->second))) {
      continue;
    }
    add_steps(one, changed.contains(*i), out);
  }
  return out;
}

std::shared_ptr<const task_module> make_undo_module(std::string run_folder,
                                                    bool again) {
  return std::make_shared<undo_module>(std::move(run_folder), again);
}

} // namespace troupe
