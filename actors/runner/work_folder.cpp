#include "actors/runner/work_folder.hpp"

#include "platform/input.hpp"

#include <fmt/format.h>

namespace troupe {

result<std::unique_ptr<work_folder>>
work_folder::make(host& machine, const std::string& base) {
  if (auto made = make_state_folders(machine, base); !made)
    return made.why();
  // The form of the engine's own folders: see clear_leftovers.
  auto path = fmt::format("{}/troupe-{}-payload.tmp", base, process_id());
  // A process of the same number may have been killed here before.
  if (auto gone = machine.files().remove_all(path); !gone)
    return gone.why();
  if (auto made = machine.files().make_directory(path, 0700); !made)
    return made.why();
  return std::unique_ptr<work_folder>{new work_folder{machine, path}};
}

work_folder::~work_folder() {
  // What cannot be removed now is cleared by the next start.
  static_cast<void>(machine_.files().remove_all(path_));
}

std::string default_state_folder(host& machine) {
  if (machine.accounts().effective_uid() == 0)
    return "/var/lib/troupe";
  auto base = machine.variable("XDG_STATE_HOME").value_or("");
  if (base.starts_with('/'))
    return base + "/troupe";
  auto home = machine.variable("HOME").value_or("");
  return home.starts_with('/') ? home + "/.local/state/troupe" : "/tmp";
}

result<void> make_state_folders(host& machine, const std::string& path) {
  auto there = machine.files().status(path, true);
  if (!there)
    return there.why();
  if (*there && (*there)->kind != file_kind::directory)
    return error{errc::invalid_argument, path + " is not a folder"};
  if (*there)
    return {};
  auto slash = path.rfind('/');
  if (slash != std::string::npos && slash > 0)
    if (auto made = make_state_folders(machine, path.substr(0, slash)); !made)
      return made;
  return machine.files().make_directory(path, 0700);
}

} // namespace troupe
