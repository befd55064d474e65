#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <functional>
#include <optional>
#include <string>

namespace troupe {

/// How `to_yaml` and `to_nice_yaml` write; PyYAML's own defaults.
struct yaml_style {
  int64_t indent = 2;
  int64_t width = 80;
  bool sort_keys = true;
  /// Escape what is not ASCII.
  bool ascii = false;
  /// True: everything in one line; false: nothing; unset: only the leaves.
  std::optional<bool> flow;
  /// Quote or block style for all text: ' " | or >.
  char style = 0;
  /// What is written as a block of lines for a text; nothing: it is written as
  /// `style` says. Empty: no text is.
  std::function<std::optional<std::string>(const std::string&)> block = {};
  bool explicit_start = false;
  bool explicit_end = false;
};

/// Writes `x` byte for byte as PyYAML does.
result<std::string> emit_yaml(const value& x, const yaml_style& style);

} // namespace troupe
