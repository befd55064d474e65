#include "actors/state/run_folder.hpp"

#include "platform/crypto.hpp"

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

} // namespace

void clear_leftovers(host& machine, const std::string& base) {
  auto& files = machine.files();
  auto me = machine.accounts().effective_uid();
  auto names = files.list(base);
  if (!names)
    return;
  for (auto& name : *names) {
    auto owner = owner_of_leftover(name);
    if (owner == 0 || machine.processes().exists(owner))
      continue;
    auto path = fmt::format("{}/{}", base, name);
    auto found = files.status(path, false);
    bool ours = found && *found && (*found)->kind == file_kind::directory
                && (me == 0 || (*found)->uid == me);
    // One that cannot be removed stays for the next start.
    if (ours)
      static_cast<void>(files.remove_all(path));
  }
}

std::string run_folder_path(host& machine, const std::string& base,
                            const std::string& run) {
  return fmt::format("{}/{}{}-{}{}", base, run_folder_prefix,
                     machine.processes().own_number(), run, run_folder_ending);
}

result<std::string> make_folder_in(host& machine, const std::string& base,
                                   std::string_view what) {
  result<void> made;
  // Whoever can make files there may have made one of the same name.
  for (int tries = 0; tries < 8; ++tries) {
    auto salt = random_bytes(8);
    if (!salt)
      return salt.why();
    auto path = run_folder_path(machine, base,
                                fmt::format("{}-{}", what, to_hex(*salt)));
    made = machine.files().make_directory(path, 0700);
    if (made)
      return path;
  }
  return made.why();
}

void remove_folder(host& machine, const std::string& path) {
  // A moment without descriptors or memory passes, and so do programs that
  // still put files there.
  for (int tries = 0; tries < 3; ++tries)
    if (machine.files().remove_all(path))
      return;
}

run_folder::run_folder(host& machine, std::string path)
    : machine_{machine}, path_{std::move(path)} {
  auto base = path_.substr(0, path_.rfind('/'));
  clear_leftovers(machine_, base);
  if (base != users_base)
    clear_leftovers(machine_, users_base);
  made_ = machine_.files().make_directory(path_, 0700);
}

run_folder::~run_folder() {
  remove_folder(machine_, path_);
}

} // namespace troupe
