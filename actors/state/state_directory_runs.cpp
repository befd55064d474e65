#include "actors/state/state_directory.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

// What is known of the runs that a state folder keeps.

namespace {

/// Where the hosts of a run have their journals.
std::string hosts_of(const std::string& path, const run_past& past) {
  return state_directory::runs_folder(path) + "/" + past.header().run
         + "/hosts";
}

} // namespace

bool taken_back(host& machine, const std::string& path, const run_past& past) {
  // One that died on the way back has a rest to take back.
  if (past.rolled_back() && past.ending())
    return true;
  return machine.files().access(state_directory::runs_folder(path) + "/"
                                  + past.header().run + "/undone",
                                "");
}

result<void> note_undone(host& machine, const std::string& path,
                         const std::string& run) {
  auto done = machine.files().replace(
    state_directory::runs_folder(path) + "/" + run + "/undone", "", {});
  return done ? result<void>{} : result<void>{done.why()};
}

result<std::string> find_run(host& machine, const std::string& path,
                             const std::string& named) {
  auto runs = list_runs(machine, path);
  if (named == "last" && !runs.empty())
    return runs.back();
  std::vector<std::string> meant;
  for (auto& each : runs)
    if (each == named)
      return each;
    else if (!named.empty() && each.starts_with(named))
      meant.push_back(each);
  if (meant.size() == 1)
    return meant.front();
  if (!meant.empty())
    return error{errc::not_found,
                 fmt::format("several runs begin with '{}': {}", named,
                             fmt::join(meant, ", "))};
  return error{errc::not_found,
               runs.empty()
                 ? fmt::format("there are no runs in '{}'", path)
                 : fmt::format("there is no run '{}' in '{}'; the last one is "
                               "{} (troupe runs lists all)",
                               named, path, runs.back())};
}

bool has_hosts(host& machine, const std::string& path, const run_past& past) {
  return machine.files().access(hosts_of(path, past), "");
}

void for_each_journal(host& machine, const std::string& path,
                      const run_past& past,
                      const std::function<void(const run_past&)>& take) {
  take(past);
  auto folder = hosts_of(path, past);
  auto names = machine.files().list(folder);
  if (!names)
    return;
  std::sort(names->begin(), names->end());
  for (auto& each : *names)
    if (auto there = run_past::look_at(folder + "/" + each + "/journal"))
      take(**there);
}

uint64_t tasks_ended_in(host& machine, const std::string& path,
                        const run_past& past) {
  if (!has_hosts(machine, path, past))
    return past.tasks_ended();
  // The run's own journal says it at its end, without reading all.
  if (auto& ending = past.ending())
    return ending->counts.ended() - ending->counts.cancelled;
  uint64_t out = 0;
  for_each_journal(machine, path, past,
                   [&](auto& each) { out += each.tasks_ended(); });
  return out;
}

result<std::shared_ptr<run_past>> look_at_run(const std::string& path,
                                              const std::string& run) {
  // A name from the command line must not lead out of the folder.
  if (run.empty() || run.front() == '.' || run.find('/') != std::string::npos)
    return error{errc::invalid_argument,
                 fmt::format("'{}' is no id of a run", run)};
  return run_past::look_at(state_directory::runs_folder(path) + "/" + run
                           + "/journal");
}

std::vector<std::string> list_runs(host& machine, const std::string& path) {
  auto names = machine.files().list(state_directory::runs_folder(path));
  return names ? std::move(*names) : std::vector<std::string>{};
}

} // namespace troupe
