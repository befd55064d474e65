#include "config/language/library/ini_file.hpp"

#include "config/language/library/text_tools.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/regex.hpp"
#include "config/language/python/unicode.hpp"

#include <set>

namespace troupe {

namespace {

struct ini_entry {
  std::string section;
  std::string key;
  std::string text;
  bool has_value = true;
};

struct ini_content {
  std::vector<ini_entry> entries;
  std::set<std::string> sections;
};

result<ini_content> read_ini(std::string_view text, const ini_question& ask) {
  ini_content content;
  auto& out = content.entries;
  std::set<std::string> known;
  std::string section = ask.properties ? ask.section : "";
  content.sections.insert(section);
  size_t number = 0;
  for (auto& line : split_lines(text, false)) {
    ++number;
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
      content.sections.insert(section);
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
    if (sign == body.npos && !ask.no_values)
      return failure(errc::runtime,
                     "Source contains parsing errors: '{}' [line {}]: {}",
                     ask.file, number, body);
    key = ask.keep_case ? key : to_lower(key);
    if (!known.insert(section + "]" + key).second)
      return failure(errc::lookup,
                     "Duplicate option in '{}': option '{}' in section '{}' "
                     "already exists [line {}]",
                     ask.file, key, section, number);
    out.push_back({section, key, x, sign != body.npos});
  }
  return content;
}

} // namespace

result<std::optional<std::vector<std::string>>>
ini_values(std::string_view text, const ini_question& ask) {
  auto entries = read_ini(text, ask);
  if (!entries)
    return entries.why();
  std::vector<std::string> out;
  if (!entries->sections.contains(ask.section))
    return failure(errc::lookup, "No section '{}' in {}", ask.section,
                   ask.file);
  std::shared_ptr<const regex> pattern;
  if (ask.by_pattern) {
    auto compiled = regex::get(ask.key, {});
    if (!compiled)
      return compiled.why();
    pattern = std::move(*compiled);
  }
  auto wanted = ask.keep_case ? ask.key : to_lower(ask.key);
  for (auto& entry : entries->entries) {
    if (entry.section != ask.section)
      continue;
    if (pattern) {
      auto found = pattern->find(entry.key, 0, true);
      if (!found)
        return found.why();
      if (*found)
        out.push_back(entry.text);
    } else if (entry.key == wanted) {
      return entry.has_value ? std::optional{std::vector{entry.text}}
                             : std::optional{std::vector<std::string>{}};
    }
  }
  return ask.by_pattern ? std::optional{std::move(out)} : std::nullopt;
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
  for (size_t i = 0; i < text.size();) {
    auto row = csv_row(text, i, delimiter);
    if (row.front() != key)
      continue;
    auto number = parse_integer(column, 10);
    auto n = number ? number->to_int() : std::nullopt;
    if (!n)
      return failure(errc::runtime, "csvfile: '{}' is no column", column);
    auto at = *n < 0 ? *n + static_cast<int64_t>(row.size()) : *n;
    if (at < 0 || at >= static_cast<int64_t>(row.size()))
      return failure(errc::runtime, "csvfile: list index out of range");
    return std::optional{row[static_cast<size_t>(at)]};
  }
  return std::optional<std::string>{};
}

} // namespace troupe
