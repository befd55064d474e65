#pragma once

#include "config/plan/plan_reader.hpp"
#include "config/plan/problems.hpp"
#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

class file_system;
class vault;

/// Reads a text that was encrypted, as `parse_plan` does; null for an empty
/// one. The error has the place of what is wrong and no word of the text.
result<value> parse_opened(std::string_view plain, const std::string& path,
                           const plan_limits& limits);

/// The same for the text of a file, which may be encrypted or not. `secrets`
/// opens it; null: there are no passwords.
result<value> parse_file_text(std::string_view text, const std::string& path,
                              plan_limits limits, const vault* secrets);

/// Keeps in mind the texts and numbers in variables that were encrypted, for
/// `vault::known_secrets`: those of at least 8 bytes. What is shorter stands
/// everywhere, as the name of an account does.
void remember_values(const value& in, const vault& secrets);

/// Puts stars in place of texts and numbers of encrypted files in the problems
/// with these files, which are read from `files`. `secrets` opens them; null:
/// none of them is encrypted.
void hide_opened(problems& found, const vault* secrets, file_system& files);

} // namespace troupe
