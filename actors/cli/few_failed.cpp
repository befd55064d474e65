#include "actors/cli/few_failed.hpp"

#include "actors/run/task_report.hpp"
#include "actors/state/state_directory.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

namespace troupe {

std::string few_failed(const run_past& past,
                       const std::vector<std::string>& tasks,
                       const std::string& state, host& machine) {
  constexpr size_t most = 3;
  std::vector<std::string> named;
  bool more = false;
  bool many = has_hosts(machine, state, past);
  // One that failed on several hosts may be there several times.
  std::set<std::string> ids{tasks.begin(), tasks.end()};
  for_each_journal(machine, state, past, [&](const run_past& each) {
    for (auto i = ids.begin(); i != ids.end() && !more; ++i) {
      auto report = each.ended(*i);
      if (!report || !report->result->counts_as_failed())
        continue;
      auto& name = report->result->name;
      more = named.size() == most;
      if (!more)
        named.push_back(fmt::format(
          "'{}'{}", terminal_line(name.empty() ? *i : name),
          many ? " on " + terminal_line(each.header().host) : std::string{}));
    }
  });
  if (named.empty())
    return {};
  return fmt::format(": {}{}", fmt::join(named, ", "),
                     more ? " and others" : "");
}

} // namespace troupe
