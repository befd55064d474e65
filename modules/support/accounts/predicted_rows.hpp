#pragma once

#include "modules/module.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe {

inline constexpr const char* user_file = "/etc/passwd";
inline constexpr const char* shadow_file = "/etc/shadow";
inline constexpr const char* group_file = "/etc/group";

// What programs would make of the files of accounts, for tasks that come later.
// Outside check mode, and where the account that predicts may not read or write
// such a file, these do nothing.

/// The line of an account, by its fields; absent: it has none any more.
void predict_row(const std::string& path, const std::string& name,
                 std::optional<std::vector<std::string>> row,
                 const module_context& ctx);

/// One field of its line, of a user without one in a new line.
void predict_field(const std::string& path, const std::string& name,
                   size_t field, const std::string& text,
                   const module_context& ctx);

/// The groups that name the user among their members from now on, and those
/// that do no more.
void predict_members(const std::string& user,
                     const std::set<std::string>& added,
                     const std::set<std::string>& gone,
                     const module_context& ctx);

} // namespace troupe
