#include "actors/cli/fleet/simulate_options.hpp"
#include "actors/cli/plan_listing.hpp"
#include "config/plan/task_choice.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// A task as `--fail` may name it.
struct called_task {
  std::string id;
  std::string name;
  std::string module;

  called_task(const std::string& id, const std::string& name,
              const std::string& of)
      : id{id}, name{name}, module{of.substr(of.rfind('.') + 1)} {
  }

  bool is(const std::string& wanted) const {
    return module == wanted || is_start(id, name, wanted);
  }
};

/// Names of `--fail` that no task has, each as a message: nothing would be made
/// to fail by them.
std::vector<std::string> unknown_fates(const simulate_options& given,
                                       const std::vector<called_task>& tasks) {
  std::vector<std::string> out;
  for (auto& each : given.fails) {
    auto mark = each.rfind('=');
    if (mark == std::string::npos)
      continue;
    auto name = each.substr(0, mark);
    if (std::any_of(tasks.begin(), tasks.end(),
                    [&](auto& one) { return one.is(name); }))
      continue;
    std::vector<std::string> known;
    for (auto& one : tasks)
      known.insert(known.end(),
                   {one.id, std::string{name_in_role(one.name)}, one.module});
    out.push_back(fmt::format("--fail: no task and no module is called '{}'{}",
                              name, did_you_mean(name, known)));
  }
  return out;
}

} // namespace

bool read_fates(const simulate_options& given, fleet_setting& to,
                command_line& line) {
  auto refuse = [&](const char* option, const error& why) {
    line.fail(exit_code::usage, fmt::format("{}: {}", option, why.message));
    return false;
  };
  for (auto& each : given.fails) {
    auto mark = each.rfind('=');
    auto part
      = parse_share(mark == std::string::npos ? each : each.substr(mark + 1));
    if (!part)
      return refuse("--fail", part.why());
    if (mark == std::string::npos)
      to.fails = *part;
    else
      to.task_fails.emplace_back(each.substr(0, mark), *part);
  }
  if (!given.unreachable.empty()) {
    auto part = parse_share(given.unreachable);
    if (!part)
      return refuse("--unreachable", part.why());
    to.unreachable = *part;
  }
  if (!given.latency.empty()) {
    auto range = parse_time_range(given.latency);
    if (!range)
      return refuse("--latency", range.why());
    to.latency = *range;
  }
  to.unknown_fails = given.unknown == "fail";
  return true;
}

bool has_known_fates(const simulate_options& given, const plan& p,
                     command_line& line) {
  if (given.fails.empty() || has_open_tasks(p))
    return true;
  std::vector<called_task> all;
  for (auto& each : p.plays)
    for (auto* nodes : {&each.body.body, &each.handlers})
      for_each_task(*nodes, [&](const task& t) {
        all.emplace_back(t.id, t.name, t.module);
      });
  auto wrong = unknown_fates(given, all);
  for (auto& each : wrong)
    line.fail(exit_code::usage, each);
  return wrong.empty();
}

void warn_of_fates(const simulate_options& given, const simulation_tally& tally,
                   command_line& line) {
  std::vector<called_task> all;
  for (auto& each : tally.tasks())
    all.emplace_back(each.id, each.name, each.module);
  for (auto& each : unknown_fates(given, all))
    line.warn(each);
}

} // namespace troupe
