#pragma once

#include "config/value/value.hpp"

#include <optional>
#include <string_view>

namespace troupe {

enum class diff_side : uint8_t { before, after };

/// Longer contents are not shown in a diff, as in Ansible.
inline constexpr size_t longest_diff = 104'448;

/// Puts a content into a result's diff: its text, or a word about why there is
/// none, which is that it is no text or too long (as is what is absent).
void show_side(dict& diff, diff_side side,
               std::optional<std::string_view> content);

} // namespace troupe
