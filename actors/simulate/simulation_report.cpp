#include "actors/simulate/simulation_report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr size_t shown_failures = 20;
constexpr size_t shown_unknown = 20;
constexpr size_t shown_batches = 10;
constexpr size_t longest_name = 60;

std::string counted(uint64_t n, const char* what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

std::string cut(std::string text) {
  for (auto& c : text)
    c = c == '\n' ? ' ' : c;
  if (text.size() <= longest_name)
    return text;
  size_t end = longest_name - 3;
  // Not in the middle of a character.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  return text.substr(0, end) + "...";
}

std::string name_of(const simulation_tally::task& task) {
  auto& name = task.name.empty() ? task.id : task.name;
  auto place = to_string(task.place);
  return cut(name) + (place.empty() ? "" : fmt::format(" ({})", place))
         + (task.handler ? " [handler]" : "");
}

/// A text of several lines, all of them further in.
std::string indented(const std::string& text) {
  std::string out;
  for (auto c : text.substr(0, text.find_last_not_of("\n ") + 1))
    out += c == '\n' ? std::string{"\n      "} : std::string{c};
  return out;
}

/// How many hosts so many of the simulated ones stand for.
uint64_t scaled(const simulation_end& end, uint64_t n) {
  return end.simulated == 0 ? n : n * end.hosts / end.simulated;
}

std::string by_profile(const simulation_end& end,
                       const std::map<std::string, uint64_t>& counts) {
  std::string out;
  for (auto& [profile, n] : counts)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", profile,
                       scaled(end, n));
  return out;
}

std::string head_of(const simulation_end& end) {
  auto out = fmt::format("{} on {}, seed {}\n", end.plan,
                         counted(end.hosts, "simulated host"), end.seed);
  if (end.simulated < end.hosts)
    out += fmt::format(
      "  {} of them were simulated, each for {:.4g}\n", end.simulated,
      static_cast<double>(end.hosts) / static_cast<double>(end.simulated));
  for (auto& [profile, n] : end.tally->hosts())
    out += fmt::format("  {:<10} {:>7}: {} changed, {} failed, {} out of "
                       "reach\n",
                       profile, scaled(end, n.all), scaled(end, n.changed),
                       scaled(end, n.failed), scaled(end, n.unreachable));
  return out;
}

std::string batch_line(const simulation_end& end,
                       const simulation_tally::batch& batch) {
  return fmt::format("{} from {} on{}",
                     counted(scaled(end, batch.hosts), "host"),
                     describe_time(batch.begins),
                     batch.ended_early ? ", ended early by what failed" : "");
}

std::string plays_of(const simulation_end& end) {
  std::string out = "\nORDER\n";
  for (auto& play : end.tally->plays()) {
    auto& all = play.batches;
    out += fmt::format("  {}: ", cut(play.name));
    if (all.empty())
      out += "no host plays\n";
    else if (all.size() == 1)
      out += batch_line(end, all[0]) + "\n";
    else
      out += fmt::format("{} batches\n", all.size());
    for (size_t i = 0; all.size() > 1 && i < all.size(); ++i)
      if (i < shown_batches || all[i].ended_early)
        out += fmt::format("    {:>3}: {}\n", i + 1, batch_line(end, all[i]));
    if (all.size() > shown_batches)
      out += fmt::format("    ... {} in all\n", all.size());
  }
  return out;
}

std::string changes_of(const simulation_end& end) {
  auto profiles = end.tally->hosts();
  std::string lines;
  for (auto& task : end.tally->tasks()) {
    auto all = task.all();
    if (all.changed == 0)
      continue;
    std::map<std::string, uint64_t> counts;
    for (auto& [profile, each] : task.by_profile)
      if (each.changed > 0)
        counts[profile] = each.changed;
    bool everywhere
      = counts.size() == profiles.size()
        && std::all_of(profiles.begin(), profiles.end(), [&](auto& each) {
             return counts[each.first] == each.second.all;
           });
    lines += fmt::format("  {}: {}\n", name_of(task),
                         everywhere ? "all hosts" : by_profile(end, counts));
  }
  return "\nWHAT WOULD CHANGE\n" + (lines.empty() ? "  nothing\n" : lines);
}

std::string failures_of(const simulation_end& end) {
  auto all = end.tally->failures();
  if (all.empty())
    return {};
  std::string out = "\nWHERE IT BREAKS\n";
  auto& tasks = end.tally->tasks();
  for (size_t i = 0; i < std::min(all.size(), shown_failures); ++i) {
    auto& each = all[i];
    auto task = std::find_if(tasks.begin(), tasks.end(),
                             [&](auto& x) { return x.id == each.task; });
    out += fmt::format("  {}: {} ({}), as {}\n    {}\n",
                       task == tasks.end() ? each.task : name_of(*task),
                       counted(scaled(end, each.hosts), "host"),
                       by_profile(end, each.by_profile), each.examples.front(),
                       indented(each.msg));
  }
  if (auto more = all.size() - std::min(all.size(), shown_failures); more > 0)
    out += fmt::format("  ... and {} more\n", counted(more, "reason"));
  return out;
}

std::string unknown_of(const simulation_end& end) {
  auto& all = *end.unknown;
  if (all.empty())
    return {};
  auto out = fmt::format("\nNOT KNOWN TO THE SIMULATION, TAKEN FOR {}\n",
                         end.unknown_fails ? "FAILING" : "SUCCEEDING");
  for (size_t i = 0; i < std::min(all.size(), shown_unknown); ++i)
    out += fmt::format("  {}: {}, first in '{}' on {}\n",
                       all[i].what.empty() ? "others" : all[i].what,
                       counted(scaled(end, all[i].times), "time"),
                       cut(all[i].task), all[i].host);
  if (all.size() > shown_unknown)
    out += fmt::format("  ... and {} more: --output json has them all\n",
                       all.size() - shown_unknown);
  return out;
}

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

/// A count of hosts, as data.
int64_t count(const simulation_end& end, uint64_t n) {
  return static_cast<int64_t>(scaled(end, n));
}

value task_value(const simulation_end& end,
                 const simulation_tally::task& task) {
  dict hosts;
  for (auto& [profile, n] : task.by_profile)
    hosts.set(profile, dict{{"hosts", count(end, n.hosts)},
                            {"ok", count(end, n.ok)},
                            {"changed", count(end, n.changed)},
                            {"failed", count(end, n.failed)},
                            {"ignored", count(end, n.ignored)},
                            {"skipped", count(end, n.skipped)},
                            {"cancelled", count(end, n.cancelled)}});
  return dict{{"task", task.id},
              {"name", task.name},
              {"module", task.module},
              {"play", task.play},
              {"handler", task.handler},
              {"place", to_string(task.place)},
              {"longest_seconds", seconds(task.longest)},
              {"slowest_host", task.slowest},
              {"profiles", std::move(hosts)}};
}

value failure_value(const simulation_end& end, const failure_group& from) {
  dict counts;
  for (auto& [profile, n] : from.by_profile)
    counts.set(profile, count(end, n));
  list examples;
  for (auto& each : from.examples)
    examples.push_back(each);
  return dict{{"task", from.task},
              {"msg", from.msg},
              {"unreachable", from.unreachable},
              {"hosts", count(end, from.hosts)},
              {"profiles", std::move(counts)},
              {"examples", std::move(examples)}};
}

value play_value(const simulation_end& end,
                 const simulation_tally::play& from) {
  list batches;
  for (auto& each : from.batches)
    batches.push_back(dict{{"begins_seconds", seconds(each.begins)},
                           {"hosts", count(end, each.hosts)},
                           {"ended_early", each.ended_early}});
  return dict{{"play", from.name}, {"batches", std::move(batches)}};
}

} // namespace

std::string describe_time(std::chrono::nanoseconds time) {
  auto all = seconds(time);
  auto whole = static_cast<int64_t>(all);
  if (all < 60)
    return fmt::format("{:.1f} s", all);
  if (all < 3600)
    return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

std::string describe(const simulation_end& end) {
  auto out = head_of(end) + plays_of(end) + changes_of(end) + failures_of(end)
             + unknown_of(end);
  for (auto& each : end.tally->warnings())
    out += fmt::format("\nwarning: {}", each);
  return out
         + fmt::format("\n{} It took {} of virtual time.\n",
                       end.outcome.sentence,
                       describe_time(end.outcome.duration));
}

value to_value(const simulation_end& end) {
  auto& tally = *end.tally;
  dict hosts;
  for (auto& [profile, n] : tally.hosts())
    hosts.set(profile, dict{{"hosts", count(end, n.all)},
                            {"changed", count(end, n.changed)},
                            {"failed", count(end, n.failed)},
                            {"unreachable", count(end, n.unreachable)}});
  list plays;
  for (auto& each : tally.plays())
    plays.push_back(play_value(end, each));
  list tasks;
  for (auto& each : tally.tasks())
    tasks.push_back(task_value(end, each));
  list failures;
  for (auto& each : tally.failures())
    failures.push_back(failure_value(end, each));
  list unknown;
  for (auto& each : *end.unknown)
    unknown.push_back(dict{{"what", each.what},
                           {"times", count(end, each.times)},
                           {"host", each.host},
                           {"task", each.task}});
  list warnings;
  for (auto& each : tally.warnings())
    warnings.push_back(each);
  return dict{
    {"version", 1},
    {"plan", end.plan},
    {"seed", std::to_string(end.seed)},
    {"hosts", static_cast<int64_t>(end.hosts)},
    {"simulated", static_cast<int64_t>(end.simulated)},
    {"profiles", std::move(hosts)},
    {"plays", std::move(plays)},
    {"tasks", std::move(tasks)},
    {"failures", std::move(failures)},
    {"more_failures", static_cast<int64_t>(tally.more_failures())},
    {"unknown", std::move(unknown)},
    {"unknown_taken_for", end.unknown_fails ? "failing" : "succeeding"},
    {"warnings", std::move(warnings)},
    {"outcome", end.outcome.sentence},
    {"exit_code", end.code},
    {"seconds", seconds(end.outcome.duration)}};
}

} // namespace troupe
