#pragma once

#include "actors/remote/connection_setting.hpp"
#include "platform/process.hpp"
#include "platform/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// The engine that is sent to where there is none.
struct sent_engine {
  std::string bytes;
  /// SHA-256 in hex.
  std::string digest;
  /// As `uname -m` has it.
  std::string architecture;
};

// What is said before the first message, each on a line of its own.

/// The engine is not there: its bytes are to be sent.
inline constexpr std::string_view asks_for_engine = "TROUPE-SENDS";
/// The machine is another one; its architecture follows.
inline constexpr std::string_view is_other_machine = "TROUPE-NEEDS ";
/// The engine that was sent could not be kept.
inline constexpr std::string_view cannot_keep_engine_word = "TROUPE-FAILS";
/// What sudo says on standard error when it asks for a password.
inline constexpr std::string_view asks_for_password = "TROUPE-PASSWORD:";

/// The program whose standard streams lead to an engine that serves calls.
/// An error when the arguments of the setting cannot be read.
result<process_spec> carrier_program(const connection_setting& to,
                                     const sent_engine& engine);

/// A sudo and its flags as a shell reads them, without those that say whether
/// and where it asks for a password; empty: `sudo -H`.
result<std::vector<std::string>> sudo_words(const std::string& program,
                                            const std::string& flags);

/// The same for an engine of this host, as another user; `extra_args` stand
/// instead of the usual -H.
result<process_spec> sudo_program(const connection_setting& to,
                                  const std::string& engine);

} // namespace troupe
