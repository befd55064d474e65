#include "config/language/library/ini_file.hpp"

#include "config/language/library/text_tools.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/regex.hpp"
#include "config/language/python/unicode.hpp"

namespace troupe {

namespace {

struct ini_entry {
  std::string section;
  std::string key;
  std::string text;
};

result<std::vector<ini_entry>> read_ini(std::string_view text,
                                        const ini_question& ask) {
  std::vector<ini_entry> out;
  std::string section = ask.properties ? ask.section : "";
  for (auto& line : split_lines(text, false)) {
    auto body = strip(line, std::nullopt, true, true);
    if (body.empty() || body[0] == '#' || body[0] == ';')
      continue;
    auto indented = line[0] == ' ' || line[0] == '\t';
    if (indented && !out.empty() && out.back().section == section) {
      out.back().text += "\n" + body;
      continue;
    }
    if (body[0] == '[' && body.find(']') != body.npos && !ask.properties) {
      section = body.substr(1, body.find(']') - 1);
      continue;
    }
    if (section.empty())
      return failure(errc::runtime, "File contains no section headers: {}",
                     body);
    auto sign = body.find_first_of("=:");
    auto key = strip(body.substr(0, sign), std::nullopt, true, true);
    auto x = sign == body.npos
               ? ""
               : strip(body.substr(sign + 1), std::nullopt, true, true);
    out.push_back({section, ask.keep_case ? key : to_lower(key), x});
  }
  return out;
}

} // namespace

result<std::vector<std::string>> ini_values(std::string_view text,
                                            const ini_question& ask) {
  auto entries = read_ini(text, ask);
  if (!entries)
    return entries.why();
  std::vector<std::string> out;
  std::shared_ptr<const regex> pattern;
  if (ask.by_pattern) {
    auto compiled = regex::get(ask.key, {});
    if (!compiled)
      return compiled.why();
    pattern = std::move(*compiled);
  }
  auto wanted = ask.keep_case ? ask.key : to_lower(ask.key);
  for (auto& entry : *entries) {
    if (entry.section != ask.section)
      continue;
    if (pattern) {
      auto found = pattern->find(entry.key, 0, true);
      if (!found)
        return found.why();
      if (*found)
        out.push_back(entry.text);
    } else if (entry.key == wanted) {
      // The last of several counts.
      out.assign(1, entry.text);
    }
  }
  return out;
}

namespace {

/// One row of CSV; moves `i` behind it.
std::vector<std::string> csv_row(std::string_view x, size_t& i,
                                 char delimiter) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (; i < x.size(); ++i) {
    auto c = x[i];
    if (quoted) {
      if (c != '"')
        out.back() += c;
      else if (i + 1 < x.size() && x[i + 1] == '"')
        out.back() += x[++i];
      else
        quoted = false;
    } else if (c == '"' && out.back().empty()) {
      quoted = true;
    } else if (c == delimiter) {
      out.emplace_back();
    } else if (c == '\n') {
      ++i;
      break;
    } else if (c != '\r') {
      out.back() += c;
    }
  }
  return out;
}

} // namespace

result<std::optional<std::string>> csv_value(std::string_view text,
                                             std::string_view key,
                                             char delimiter,
                                             const std::string& column) {
  auto number = parse_integer(column, 10);
  auto n = number ? number->to_int() : std::nullopt;
  if (!n)
    return failure(errc::runtime, "csvfile: '{}' is no column", column);
  for (size_t i = 0; i < text.size();) {
    auto row = csv_row(text, i, delimiter);
    if (row.front() != key)
      continue;
    auto at = *n < 0 ? *n + static_cast<int64_t>(row.size()) : *n;
    if (at < 0 || at >= static_cast<int64_t>(row.size()))
      return failure(errc::runtime, "csvfile: list index out of range");
    return std::optional{row[static_cast<size_t>(at)]};
  }
  return std::optional<std::string>{};
}

} // namespace troupe
