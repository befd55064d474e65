#include "actors/report/diff_text.hpp"

#include "config/language/language.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"
#include "modules/support/files/diff.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

std::string side_text(const value& side) {
  if (side.is_text())
    return side.as_string();
  return to_json(side, {.indent = 4, .sort_keys = true}) + "\n";
}

std::string side_name(const value& diff, const std::string& side) {
  auto* header = diff.find(side + "_header");
  return header ? side + ": " + terminal_line(to_display(*header)) : side;
}

/// Why there is nothing to compare, one line a reason; Ansible's words.
std::string obstacles(const value& diff) {
  std::string out;
  for (auto [key, name] :
       {std::pair{"dst", "destination"}, {"src", "source"}}) {
    if (diff.find(fmt::format("{}_binary", key)))
      out += fmt::format("diff skipped: {} file appears to be binary\n", name);
    if (auto* size = diff.find(fmt::format("{}_larger", key)))
      out += fmt::format("diff skipped: {} file size is greater than {}\n",
                         name, to_display(*size));
  }
  return out;
}

std::string painted(std::string_view text, const palette& colours) {
  std::string out;
  while (!text.empty()) {
    auto end = text.find('\n');
    auto line = terminal_safe(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    out += line.starts_with('+')   ? colours.green(line)
           : line.starts_with('-') ? colours.red(line)
           : line.starts_with("@") ? colours.cyan(line)
                                   : line;
    out += '\n';
  }
  return out;
}

} // namespace

std::string describe_diff(const value& diff, const palette& colours) {
  std::string out;
  if (diff.is_list()) {
    for (auto& each : diff.as_list())
      out += describe_diff(each, colours);
    return out;
  }
  if (auto why = obstacles(diff); !why.empty())
    return painted(why, colours);
  if (auto* prepared = diff.find("prepared"); prepared && prepared->is_text())
    out += painted(prepared->as_string(), colours);
  auto* before = diff.find("before");
  auto* after = diff.find("after");
  if (before && after)
    out += painted(unified_diff(side_text(*before), side_text(*after),
                                side_name(diff, "before"),
                                side_name(diff, "after")),
                   colours);
  return out;
}

} // namespace troupe
