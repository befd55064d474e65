#include "config/value/line_breaks.hpp"

#include "config/value/utf8.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// Writes words into lines.
class word_lines {
public:
  word_lines(std::string& to, size_t columns) : to_{to}, columns_{columns} {
  }

  /// The words of `text`: the first line is set in by `first`, those behind it
  /// by `rest`.
  void write(std::string_view text, size_t first, size_t rest) {
    to_.append(first, ' ');
    auto used = first;
    bool begun = false;
    while (!text.empty()) {
      auto end = std::min(text.find(' '), text.size());
      auto word = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (word.empty())
        continue;
      auto wide = columns_of(word);
      if (begun && used + 1 + wide > columns_) {
        to_ += '\n';
        to_.append(rest, ' ');
        used = rest;
      } else if (begun) {
        to_ += ' ';
        ++used;
      }
      to_ += word;
      used += wide;
      begun = true;
    }
  }

private:
  std::string& to_;
  size_t columns_;
};

void add_line(std::string& to, std::string_view line, size_t columns) {
  constexpr size_t step = 2;
  // What stands far to the right would have no room there.
  constexpr size_t most_in = 6;
  if (columns_of(line) <= columns) {
    to += line;
    return;
  }
  auto lead = std::min(line.find_first_not_of(' '), line.size());
  auto words = line.substr(lead);
  auto gap = words.find("  ");
  word_lines lines{to, columns};
  if (lead >= most_in)
    return lines.write(words, most_in, most_in);
  if (gap == std::string_view::npos)
    return lines.write(words, lead, lead + step);
  lines.write(words.substr(0, gap), lead, lead + step);
  to += '\n';
  lines.write(words.substr(gap), lead + 2 * step, lead + 2 * step);
}

/// `text` with each line as `add` writes it.
template <class Add>
std::string line_by_line(std::string_view text, Add add) {
  std::string out;
  while (!text.empty()) {
    auto end = text.find('\n');
    add(out, text.substr(0, end));
    if (end == std::string_view::npos)
      break;
    out += '\n';
    text.remove_prefix(end + 1);
  }
  return out;
}

} // namespace

std::string in_columns(std::string_view text, size_t columns) {
  return line_by_line(text, [&](std::string& to, std::string_view line) {
    add_line(to, line, columns);
  });
}

std::string sentences_in_columns(std::string_view text, size_t columns) {
  return line_by_line(text, [&](std::string& to, std::string_view line) {
    if (line.starts_with(' ') || line.ends_with(' '))
      to += line;
    else
      add_line(to, line, columns);
  });
}

} // namespace troupe
