#include "actors/cli/doc_page.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// Takes the next line off a text.
std::string_view take_line(std::string_view& text) {
  auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

/// The lines below a heading, up to the next.
std::string_view section_of(std::string_view page, std::string_view heading) {
  auto begin = page.find("\n" + std::string{heading} + "\n");
  if (begin == std::string_view::npos)
    return {};
  auto rest = page.substr(begin + heading.size() + 2);
  return rest.substr(0, rest.find("\n## "));
}

/// The text of a cell or a sentence as people read it at a terminal.
std::string without_marks(std::string_view text) {
  std::string out;
  for (auto c : text)
    if (c != '`')
      out += c;
  auto begin = out.find_first_not_of(' ');
  auto end = out.find_last_not_of(' ');
  return begin == std::string::npos ? std::string{}
                                    : out.substr(begin, end + 1 - begin);
}

/// A row of the table of values, or a line of what stands around it.
void read_returned(std::string_view line, module_remarks& out) {
  if (!line.starts_with("| ")) {
    if (!line.empty() && line != "None." && !line.starts_with("|-"))
      out.about_returned
        += (out.about_returned.empty() ? "" : " ") + without_marks(line);
    return;
  }
  auto middle = line.find(" | ");
  if (middle == std::string_view::npos || line.starts_with("| value |"))
    return;
  auto meaning = line.substr(middle + 3);
  out.returned.emplace_back(
    without_marks(line.substr(2, middle - 2)),
    without_marks(meaning.substr(0, meaning.rfind('|'))));
}

} // namespace

const doc_page* find_page(std::span<const doc_page> pages,
                          std::string_view name) {
  auto at = std::find_if(pages.begin(), pages.end(),
                         [&](auto& each) { return each.name == name; });
  return at == pages.end() ? nullptr : &*at;
}

module_remarks read_remarks(std::string_view page) {
  module_remarks out;
  auto returned = section_of(page, "## Returned values");
  while (!returned.empty())
    read_returned(take_line(returned), out);
  auto points = section_of(page, "## Differences from Ansible");
  while (!points.empty()) {
    auto line = take_line(points);
    if (line.starts_with("- "))
      out.differences.push_back(without_marks(line.substr(2)));
    else if (line.starts_with("  ") && !out.differences.empty())
      out.differences.back() += " " + without_marks(line);
  }
  return out;
}

} // namespace troupe
