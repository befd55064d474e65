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

/// Something that a run did was taken back.
constexpr const char* undone_mark = "/undone";
/// An undo has begun, and has not come to its end.
constexpr const char* undoing_mark = "/undoing";

std::string mark_of(const std::string& path, const std::string& run,
                    const char* mark) {
  return state_directory::runs_folder(path) + "/" + run + mark;
}

result<std::string> journal_of(const std::string& path,
                               const std::string& run) {
  // A name from the command line must not lead out of the folder.
  if (run.empty() || run.front() == '.' || run.find('/') != std::string::npos)
    return error{errc::invalid_argument,
                 fmt::format("'{}' is no id of a run", run)};
  return state_directory::runs_folder(path) + "/" + run + "/journal";
}

} // namespace

bool taken_back(host& machine, const std::string& path, const run_past& past) {
  // One that died on the way back, or was cut off there, has a rest to take
  // back.
  auto& ending = past.ending();
  if (ending
      && (ending->rolled_back ? *ending->rolled_back
                              : has_rolled_back(machine, path, past)))
    return true;
  auto& run = past.header().run;
  return machine.files().access(mark_of(path, run, undone_mark), "")
         || is_half_undone(machine, path, run);
}

std::string why_not_to_go_on(host& machine, const std::string& path,
                             const run_past& past,
                             const std::string& state_argument) {
  auto& header = past.header();
  if (is_half_undone(machine, path, header.run))
    return fmt::format("an undo of run {0} has begun and was cut off: 'troupe "
                       "undo {0}{1}' takes back the rest; then start {2} anew",
                       header.run, state_argument, header.source);
  return taken_back(machine, path, past)
           ? fmt::format("what run {} did was taken back: start {} anew",
                         header.run, header.source)
           : std::string{};
}

bool is_half_undone(host& machine, const std::string& path,
                    const std::string& run) {
  return machine.files().access(mark_of(path, run, undoing_mark), "");
}

result<void> begin_undo(host& machine, const std::string& path,
                        const std::string& run) {
  // A machine that loses its power knows of it, too.
  auto at = mark_of(path, run, undoing_mark);
  auto safe = machine.durable();
  auto& files = safe ? safe->files() : machine.files();
  return files.replace(at, "", {.mode = 0600});
}

result<void> give_up_undo(host& machine, const std::string& path,
                          const std::string& run) {
  return machine.files().remove(mark_of(path, run, undoing_mark));
}

result<void> end_undo(host& machine, const std::string& path,
                      const std::string& run) {
  auto done = machine.files().replace(mark_of(path, run, undone_mark), "",
                                      {.mode = 0600});
  return done && is_half_undone(machine, path, run)
           ? give_up_undo(machine, path, run)
           : done;
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
  constexpr size_t most_named = 5;
  if (meant.size() > most_named)
    return error{
      errc::not_found,
      fmt::format("{} runs begin with '{}', the newest of them {} (troupe runs "
                  "lists all)",
                  meant.size(), named,
                  fmt::join(meant.end() - most_named, meant.end(), ", "))};
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

bool has_rolled_back(host& machine, const std::string& path,
                     const run_past& past) {
  bool out = false;
  for_each_journal(machine, path, past,
                   [&](auto& each) { out = out || each.rolled_back(); });
  return out;
}

void for_each_journal(host& machine, const std::string& path,
                      const run_past& past,
                      const std::function<void(const run_past&)>& take,
                      bool to_undo) {
  take(past);
  auto folder = hosts_of(path, past);
  auto names = machine.files().list(folder);
  if (!names)
    return;
  std::sort(names->begin(), names->end());
  for (auto& each : *names) {
    auto journal = fmt::format("{}/{}/journal", folder, each);
    if (auto there = to_undo ? run_past::look_to_undo(journal)
                             : run_past::look_at(journal))
      take(**there);
  }
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
  auto journal = journal_of(path, run);
  return journal ? run_past::look_at(*journal) : journal.why();
}

result<std::shared_ptr<run_past>> look_to_undo(const std::string& path,
                                               const std::string& run) {
  auto journal = journal_of(path, run);
  return journal ? run_past::look_to_undo(*journal) : journal.why();
}

bool has_journal(host& machine, const std::string& folder) {
  return machine.files().access(folder + "/journal", "");
}

std::vector<std::string> list_runs(host& machine, const std::string& path) {
  auto folder = state_directory::runs_folder(path);
  auto names = machine.files().list(folder);
  if (!names)
    return {};
  std::erase_if(*names, [&](auto& each) {
    return !has_journal(machine, folder + '/' + each);
  });
  return std::move(*names);
}

} // namespace troupe
