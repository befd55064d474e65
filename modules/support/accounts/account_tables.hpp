#pragma once

#include "modules/module.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// The lines of a file such as /etc/passwd, each cut at its colons. An error
/// when it cannot be read.
result<std::vector<std::vector<std::string>>>
account_table(const std::string& path, const module_context& ctx);

/// The line of an account there; absent when there is none, or no such file,
/// or when it cannot be read.
std::optional<std::vector<std::string>> account_row(const std::string& path,
                                                    std::string_view name,
                                                    const module_context& ctx);

/// What /etc/shadow says of a user; -1 is an empty field.
struct shadow_entry {
  std::string password;
  int64_t least_age = -1;
  int64_t greatest_age = -1;
  /// In days since 1970.
  int64_t expires = -1;
};

/// Absent when the user is not there, and to whoever may not read it.
std::optional<shadow_entry> shadow_of(std::string_view user,
                                      const module_context& ctx);

/// The groups that name the user among their members, the first one included
/// if it does.
std::vector<std::string> groups_naming(std::string_view user,
                                       const module_context& ctx);

/// The group that a plan means: a number first, then a name.
std::optional<group_account> group_meant(const std::string& text,
                                         const module_context& ctx);

/// Refuses what no account can be called: nothing, a colon, a slash, a line end
/// or a NUL byte, a dash or blank at its beginning.
result<void> check_account_name(std::string_view kind, std::string_view name);

/// Whether files of accounts have an account of this name: what is in no file
/// but in a directory does not count. An error when there is no such file.
result<bool> is_local_account(const std::string& path, std::string_view name,
                              const module_context& ctx);

} // namespace troupe
