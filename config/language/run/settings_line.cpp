#include "config/language/run/settings_line.hpp"

#include "config/language/python/convert.hpp"
#include "config/language/run/printed_output.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr std::string_view mark = "#jinja2:";

std::string_view trimmed(std::string_view x) {
  constexpr std::string_view blanks = " \t\n\r\f\v";
  auto from = x.find_first_not_of(blanks);
  if (from == std::string_view::npos)
    return {};
  return x.substr(from, x.find_last_not_of(blanks) - from + 1);
}

result<void> apply(std::string_view key, const value& x,
                   template_settings& out) {
  auto* place = key == "block_start_string"      ? &out.block_start
                : key == "block_end_string"      ? &out.block_end
                : key == "variable_start_string" ? &out.variable_start
                : key == "variable_end_string"   ? &out.variable_end
                : key == "comment_start_string"  ? &out.comment_start
                : key == "comment_end_string"    ? &out.comment_end
                : key == "newline_sequence"      ? &out.newline_sequence
                : key == "line_statement_prefix" ? &out.line_statement_prefix
                : key == "line_comment_prefix"   ? &out.line_comment_prefix
                                                 : nullptr;
  if (place && x.is_text() && !x.as_string().empty())
    *place = x.as_string();
  else if (place)
    return failure(errc::runtime, "'{}' in the #jinja2: line must be text",
                   key);
  else if (key == "trim_blocks")
    out.trim_blocks = truthy(x);
  else if (key == "lstrip_blocks")
    out.lstrip_blocks = truthy(x);
  return {};
}

} // namespace

bool has_settings_line(std::string_view source) {
  return source.starts_with(mark);
}

result<void> take_settings_line(std::string_view& source,
                                template_settings& out) {
  auto end = source.find('\n');
  // Without a line end Python's slice loses the last byte; so does this.
  auto line = end == std::string_view::npos
                ? source.substr(0, source.size() - 1)
                : source.substr(0, end);
  line.remove_prefix(std::min(mark.size(), line.size()));
  source.remove_prefix(end == std::string_view::npos ? 0 : end + 1);
  while (!line.empty()) {
    auto comma = std::min(line.find(','), line.size());
    auto pair = line.substr(0, comma);
    line.remove_prefix(std::min(comma + 1, line.size()));
    auto colon = pair.find(':');
    if (colon == std::string_view::npos)
      return failure(errc::runtime,
                     "'{}' in the #jinja2: line is not KEY: VALUE",
                     trimmed(pair));
    auto x = read_literal(trimmed(pair.substr(colon + 1)), false);
    if (!x)
      return failure(errc::runtime, "'{}' in the #jinja2: line is no literal",
                     trimmed(pair.substr(colon + 1)));
    if (auto ok = apply(trimmed(pair.substr(0, colon)), *x, out); !ok)
      return ok;
  }
  return {};
}

} // namespace troupe
