#include "modules/support/files/text_lines.hpp"

namespace troupe {

std::vector<std::string_view> lines_with_ends(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    auto end = text.find('\n');
    auto length = end == text.npos ? text.size() : end + 1;
    out.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return out;
}

std::string_view without_line_end(std::string_view line) {
  auto last = line.find_last_not_of("\r\n");
  return last == line.npos ? std::string_view{} : line.substr(0, last + 1);
}

bool ends_its_line(std::string_view text) {
  return text.empty() || text.back() == '\n' || text.back() == '\r';
}

} // namespace troupe
