#include "modules/support/packages/repo_file.hpp"

#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

std::string small_letters(std::string text) {
  for (auto& c : text)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return text;
}

} // namespace

result<std::vector<repo_section>> read_repo_file(std::string_view text) {
  std::vector<repo_section> out;
  auto goes_on = false;
  size_t number = 0;
  for (auto& line : split_text(text, '\n')) {
    ++number;
    auto plain = trimmed_text(line);
    if (plain.empty() || plain[0] == '#' || plain[0] == ';') {
      goes_on = goes_on && !plain.empty();
      continue;
    }
    if (goes_on && (line[0] == ' ' || line[0] == '\t')) {
      out.back().options.back().second.append("\n").append(plain);
      continue;
    }
    if (plain[0] == '[' && plain.ends_with(']')) {
      out.push_back({plain.substr(1, plain.size() - 2), {}});
      goes_on = false;
      continue;
    }
    auto mark = plain.find_first_of("=:");
    if (mark == std::string::npos || mark == 0 || out.empty())
      return error{errc::invalid_argument,
                   fmt::format("line {} is neither a section nor an option in "
                               "one: '{}'",
                               number, plain)};
    out.back().options.emplace_back(
      small_letters(trimmed_text(plain.substr(0, mark))),
      trimmed_text(plain.substr(mark + 1)));
    goes_on = true;
  }
  return out;
}

std::string write_repo_file(const std::vector<repo_section>& sections) {
  std::string out;
  for (auto& section : sections) {
    out.append("[").append(section.name).append("]\n");
    for (auto& [key, text] : section.options) {
      out.append(key).append(" = ");
      for (auto c : text)
        out += c == '\n' ? std::string{"\n\t"} : std::string(1, c);
      out += "\n";
    }
    out += "\n";
  }
  return out;
}

} // namespace troupe
