#include "actors/cli/member_folder.hpp"

#include "actors/state/state_directory.hpp"

namespace troupe {

std::string full_path(host& machine, const std::string& path) {
  return path.starts_with('/') ? path
                               : machine.files().working_folder() + "/" + path;
}

std::string member_folder(host& machine, const std::string& given,
                          const std::string& usual) {
  if (!given.empty())
    return full_path(machine, given);
  auto told = machine.variable("TROUPE_STATE_DIR").value_or("");
  auto state = told.empty() ? state_directory::default_path(machine)
                            : full_path(machine, told);
  return state + "/" + usual;
}

} // namespace troupe
