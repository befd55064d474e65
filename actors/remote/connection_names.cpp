#include "actors/remote/connection_names.hpp"

#include <algorithm>
#include <iterator>

namespace troupe {

namespace {

constexpr std::string_view names[] = {
  "ansible_connection",
  "ansible_delegated_vars",
  "ansible_host",
  "ansible_host_key_checking",
  "ansible_module_compression",
  "ansible_password",
  "ansible_pipelining",
  "ansible_port",
  "ansible_private_key_file",
  "ansible_remote_tmp",
  "ansible_remote_user",
  "ansible_rsync_path",
  "ansible_shell_executable",
  "ansible_shell_type",
  "ansible_timeout",
  "ansible_user",
};

constexpr std::string_view beginnings[] = {
  "ansible_become", "ansible_docker_", "ansible_podman_", "ansible_ssh_",
  "ansible_su_",    "ansible_sudo",    "ansible_winrm_",  "ansible_paramiko_",
};

// Facts of `setup`.
constexpr std::string_view keys_of_host = "ansible_ssh_host_key_";
constexpr std::string_view interpreters = "_interpreter";
// Who looks for interpreters says what they are.
constexpr std::string_view found_interpreters = "discovered_interpreter_";

} // namespace

bool is_connection_name(std::string_view name) {
  if (!name.starts_with("ansible_") || name.starts_with(keys_of_host))
    return false;
  return name.ends_with(interpreters)
         || std::find(std::begin(names), std::end(names), name)
              != std::end(names)
         || std::any_of(
           std::begin(beginnings), std::end(beginnings),
           [&](std::string_view each) { return name.starts_with(each); });
}

void drop_connection_names(dict& facts) {
  dict kept;
  bool any = false;
  for (auto& [key, x] : facts) {
    auto name = key.text_or("");
    if (is_connection_name(name) || name.starts_with(found_interpreters)
        || name.starts_with("ansible_discovered_interpreter_"))
      any = true;
    else
      kept.set(key, x);
  }
  if (any)
    facts = std::move(kept);
}

} // namespace troupe
