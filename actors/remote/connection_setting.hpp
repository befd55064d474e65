#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace troupe {

/// How an engine on another host, or of another user, is started and talked to.
struct connection_setting {
  enum class carriers : uint8_t {
    /// The system's OpenSSH client.
    ssh,
    /// `docker exec`, `podman exec`.
    docker,
    podman,
    /// This host, as another user: see `become`.
    sudo,
  };

  carriers carrier = carriers::ssh;
  /// The host's name in the inventory, for messages.
  std::string name;
  /// The address that is dialled, or the name of a container; of `sudo` the
  /// user.
  std::string address;
  /// All empty: as ssh has it.
  std::string port;
  std::string user;
  std::string key_file;
  /// Words as a shell reads them.
  std::string ssh_args;
  std::string common_args;
  std::string extra_args;
  /// The program; empty: that of the carrier's name.
  std::string program;
  /// The folder that keeps the engine there; empty: ~/.cache/troupe.
  std::string folder;
  /// For ssh, or for sudo; empty: none is given.
  std::string password;
  /// Hosts whose keys nobody knows are refused, as ssh is set up.
  bool checks_keys = true;
  /// Seconds until the host has to have answered.
  uint32_t timeout = 10;

  // NOLINTNEXTLINE(modernize-use-nullptr): what the compiler makes of it.
  auto operator<=>(const connection_setting&) const = default;
};

} // namespace troupe
