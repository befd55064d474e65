#pragma once

#include <optional>
#include <string>

namespace troupe {

/// What the command line says of how hosts are reached. Inventories, plays and
/// tasks win over it.
struct connection_choice {
  /// "local": every host is this one. Empty: by ssh.
  std::string kind;
  std::string user;
  std::string key_file;
  /// Empty: as ssh has it.
  std::string port;
  /// Words for ssh, as a shell reads them.
  std::string ssh_args;
  std::string common_args;
  std::string extra_args;
  /// Another ssh.
  std::string program;
  /// The folder of hosts that keeps the engine; empty: ~/.cache/troupe.
  std::string folder;
  /// Seconds until a host has to have answered; absent: 10.
  std::optional<unsigned> timeout;
  /// For ssh; empty: keys are used.
  std::string password;
  /// For sudo.
  std::string become_password;
  /// Hosts whose keys nobody knows are refused, as ssh is set up.
  bool checks_keys = true;
};

} // namespace troupe
