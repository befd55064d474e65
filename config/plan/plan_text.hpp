#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A short form of a wrong value for a message.
std::string excerpt_of(const value& x);

/// "expected WHAT, found X".
error expected(std::string_view what, const value& x);

/// Without blanks and line ends around it.
std::string_view trimmed(std::string_view text);

/// The parts between `separator`, trimmed, without those that are empty.
std::vector<std::string> parts_of(std::string_view text, char separator);

/// What Ansible takes for a bool; nothing for all else.
std::optional<bool> as_flag(const value& x);

} // namespace troupe
