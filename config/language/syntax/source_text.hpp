#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace troupe {

/// The text of a template, and what its writer sees of it: places are those in
/// what he sees.
struct source_text {
  template <class Text>
  requires std::convertible_to<const Text&, std::string_view>
  source_text(const Text& all) : parsed{all}, shown{all} {
  }

  source_text(std::string_view parsed, std::string_view shown)
      : parsed{parsed}, shown{shown} {
  }

  std::string_view parsed;
  std::string_view shown;
  /// Lines of `shown` before `parsed`.
  uint32_t lines_before = 0;
  /// Columns at the front of `parsed` that are not shown.
  uint32_t hidden_columns = 0;
  /// Bytes at the end of `parsed` that are not shown.
  size_t hidden_end = 0;
  /// Backslashes in the string literals of `{{ }}` stand for themselves, as
  /// Ansible has it in plans.
  bool plain_backslashes = false;
};

} // namespace troupe
