#include "actors/state/run_folder.hpp"

#include "platform/input.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

namespace troupe {

namespace {

// PREFIX, number of the process, run, ENDING.
constexpr std::string_view run_folder_prefix = "troupe-";
constexpr std::string_view run_folder_ending = ".tmp";

/// The process whose run left this folder behind; 0 when it is none of ours.
int owner_of_leftover(std::string_view name) {
  if (!name.starts_with(run_folder_prefix)
      || !name.ends_with(run_folder_ending))
    return 0;
  name.remove_prefix(run_folder_prefix.size());
  int number = 0;
  auto got = std::from_chars(name.data(), name.data() + name.size(), number);
  return got.ec == std::errc{} && got.ptr != name.data() + name.size()
             && *got.ptr == '-'
           ? number
           : 0;
}

/// Removes what runs left behind that were killed.
void clear_leftovers(host& machine, const std::string& base) {
  auto& files = machine.files();
  auto names = files.list(base);
  if (!names)
    return;
  for (auto& name : *names) {
    auto owner = owner_of_leftover(name);
    if (owner == 0 || process_exists(owner))
      continue;
    auto path = fmt::format("{}/{}", base, name);
    auto found = files.status(path, false);
    bool ours = found && *found && (*found)->kind == file_kind::directory
                && (*found)->uid == machine.accounts().effective_uid();
    // One that cannot be removed stays for the next start.
    if (ours)
      static_cast<void>(files.remove_all(path));
  }
}

} // namespace

std::string run_folder_path(const std::string& base, const std::string& run) {
  return fmt::format("{}/{}{}-{}{}", base, run_folder_prefix, process_id(), run,
                     run_folder_ending);
}

run_folder::run_folder(host& machine, std::string path)
    : machine_{machine}, path_{std::move(path)} {
  clear_leftovers(machine_, path_.substr(0, path_.rfind('/')));
  made_ = machine_.files().make_directory(path_, 0700);
}

run_folder::~run_folder() {
  // A moment without descriptors or memory passes; what cannot be removed
  // then is cleared by the next start.
  for (int tries = 0; tries < 3; ++tries)
    if (machine_.files().remove_all(path_))
      return;
}

} // namespace troupe
