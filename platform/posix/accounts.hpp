#pragma once

#include "platform/accounts.hpp"
#include "platform/process.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace troupe {

/// The accounts of this machine: `users` and `groups` are read once and again
/// when they change; `getent` (run by `processes`) knows the others. What it
/// said holds for so long; what it could not say is asked again.
std::unique_ptr<account_database> make_posix_accounts(
  process_runner& processes, std::string users = "/etc/passwd",
  std::string groups = "/etc/group",
  std::chrono::nanoseconds answers_hold = std::chrono::seconds{10});

/// One line of a passwd file.
std::optional<user_account> parse_user(std::string_view line);

/// One line of a group file.
std::optional<group_account> parse_group(std::string_view line);

} // namespace troupe
