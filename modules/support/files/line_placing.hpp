#pragma once

#include "modules/module.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// A text with a line put in its place, and what that was.
struct placed_line {
  std::string text;
  std::string_view msg;
};

/// What `lineinfile` with `state: present` makes of `content`; absent: nothing
/// has to change.
result<std::optional<placed_line>> place_line(std::string_view content,
                                              const arguments& args,
                                              const module_context& ctx);

} // namespace troupe
