#pragma once

#include "modules/support/accounts/account_tools.hpp"

#include <optional>
#include <string>

namespace troupe {

/// Whether a text can be a hash of crypt(3), or one of the marks that let
/// nobody in.
bool looks_hashed(std::string_view password);

/// Days since 1970 of a moment in seconds, and their date: "2024-01-31". An
/// error when it is beyond the year 9999.
result<int64_t> day_of(double seconds);
std::string date_of_day(int64_t day);

/// Makes a home that is missing: a copy of `skeleton` (empty: /etc/skel) that
/// belongs to the user, with the mode that UMASK of /etc/login.defs leaves.
/// Whoever owns a folder gets it last, so that nobody can put a link in the
/// way. 100,000 entries at most.
result<void> make_home(const std::string& path, const std::string& skeleton,
                       uint32_t uid, uint32_t gid, const module_context& ctx);

/// Generates the key that a task of `user` wants, and reports it: `changed`,
/// `ssh_key_file`, `ssh_public_key`, `ssh_fingerprint`.
result<void> ensure_user_key(const user_account& user, const arguments& args,
                             const module_context& ctx, module_result& out);

} // namespace troupe
