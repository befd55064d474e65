#include "actors/cli/undo_tasks.hpp"

#include "actors/cli/kept_command.hpp"
#include "actors/cli/run_plan.hpp"
#include "actors/state/plan_task.hpp"
#include "config/plan/tags.hpp"
#include "config/plan/task_choice.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <unordered_set>

namespace troupe {

namespace {

bool opens_vault(const dict& command) {
  auto* opened = command.find("opens_vault");
  return opened && *opened == value{true};
}

bool has_secrets(const dict& command) {
  return opens_vault(command) || !from_command(command).choice.secrets.empty();
}

/// The ids of tasks that have this name or id, and have changed something or
/// at least ended.
std::set<std::string> tasks_called(const run_past& past, undo_tasks& tasks,
                                   const std::vector<undo_entry>& changes,
                                   const std::string& name) {
  std::set<std::string> out;
  if (past.ended(name))
    out.insert(name);
  std::unordered_set<std::string_view> seen;
  for (auto& each : changes) {
    if (!seen.insert(each.task).second)
      continue;
    auto& own = tasks.plan_id_of(each.task);
    if (each.task == name || own == name || without_count(own) == name
        || is_start(own, tasks.name_of(each.task), name))
      out.insert(each.task);
  }
  return out;
}

/// The tasks that changed something, for people.
std::vector<std::string>
names_of_tasks(undo_tasks& tasks, const std::vector<undo_entry>& changes) {
  std::vector<std::string> out;
  std::unordered_set<std::string_view> seen;
  for (auto& each : changes)
    if (auto& name = tasks.name_of(each.task); seen.insert(name).second)
      out.push_back(name);
  return out;
}

} // namespace

const undo_tasks::task& undo_tasks::known(const std::string& id) {
  auto [at, fresh] = tasks_.try_emplace(id);
  auto& out = at->second;
  if (!fresh)
    return out;
  report_ptr report;
  out.plan_id = task_of(id, [&](const std::string& each) {
    report = past_.ended(each);
    return report != nullptr;
  });
  out.name = out.plan_id;
  if (!report || !report->result)
    return out;
  if (!report->result->name.empty())
    out.name = report->result->name;
  out.ended = true;
  out.censored = report->result->censored;
  // The task that has left a job ends before that.
  if (auto job = past_.background().find(id);
      job != past_.background().end() && out.plan_id != id) {
    out.ended = job->second.has_value();
    out.censored = out.censored || (job->second && job->second->censored);
  }
  return out;
}

bool undo_tasks::may_show(const std::string& id) {
  auto& who = known(id);
  return who.ended && !who.censored && !has_secrets(past_.header().options);
}

std::string undo_tasks::why_hidden(const std::string& id) {
  auto& who = known(id);
  if (who.censored)
    return {};
  auto& command = past_.header().options;
  if (opens_vault(command))
    return "the run could open encrypted variables, and nobody knows any more "
           "what was in them";
  if (has_secrets(command))
    return "the run had secrets, and nobody knows them any more";
  return who.plan_id == id ? "its task never ended"
                           : "its job in the background never ended";
}

result<void> choose_changes(const std::vector<std::string>& wanted,
                            const run_past& past, undo_tasks& tasks,
                            std::vector<undo_entry>& changes) {
  if (wanted.empty())
    return {};
  std::set<std::string> ids;
  for (auto& name : wanted) {
    auto found = tasks_called(past, tasks, changes, name);
    if (found.empty()) {
      auto names = names_of_tasks(tasks, changes);
      return error{
        errc::invalid_argument,
        fmt::format("run {} has no task '{}'{}; these have changed "
                    "something: {}",
                    past.header().run, name, did_you_mean(name, names),
                    names.empty() ? "none"
                                  : fmt::format("{}", fmt::join(names, ", ")))};
    }
    ids.merge(found);
  }
  std::erase_if(
    changes, [&](const undo_entry& each) { return !ids.contains(each.task); });
  return {};
}

} // namespace troupe
