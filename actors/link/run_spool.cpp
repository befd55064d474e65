#include "actors/link/run_spool.hpp"

#include "platform/files.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

std::string place_of(const std::string& folder, size_t number) {
  return fmt::format("{}/runs/{}", folder, number);
}

bool is_there(host& machine, const std::string& path) {
  auto found = machine.files().status(path, false);
  return found && *found;
}

/// Null when another process has it.
result<std::unique_ptr<file_lock>> lock_of(const std::string& place) {
  return file_lock::take(place + ".lock", {0, "a run that tells a controller"});
}

} // namespace

result<run_spool> take_run_spool(host& machine, const std::string& folder) {
  if (auto made = make_private_folders(machine.files(), folder + "/runs");
      !made)
    return made.why();
  for (size_t i = 0; i < run_spools_most; ++i) {
    auto place = place_of(folder, i);
    auto lock = lock_of(place);
    if (!lock && lock.why().code == errc::exhausted)
      continue;
    if (!lock)
      return lock.why();
    auto path = place + ".spool";
    auto kept = spool::open(machine.files(), path);
    if (!kept)
      return kept.why();
    run_spool out{std::move(*lock), std::move(path), std::move(*kept)};
    gather_run_spools(machine, folder, *out.kept);
    return out;
  }
  return error{errc::exhausted,
               fmt::format("{} runs of this host tell a controller already",
                           run_spools_most)};
}

size_t gather_run_spools(host& machine, const std::string& folder, spool& to) {
  size_t out = 0;
  for (size_t i = 0; i < run_spools_most; ++i) {
    auto place = place_of(folder, i);
    auto path = place + ".spool";
    if (!is_there(machine, path))
      continue;
    auto lock = lock_of(place);
    // Between the two its owner may have given it back.
    if (!lock || !is_there(machine, path))
      continue;
    auto from = spool::open(machine.files(), path);
    if (!from || !to.take_over(**from))
      continue;
    from->reset();
    if (machine.files().remove(path))
      ++out;
  }
  return out;
}

void give_back(host& machine, run_spool what) {
  bool empty = what.kept->events() == 0;
  what.kept.reset();
  // What is left of it is found by the file.
  if (empty)
    static_cast<void>(machine.files().remove(what.path));
}

} // namespace troupe
