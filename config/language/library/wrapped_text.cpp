#include "config/language/library/text_tools.hpp"
#include "config/language/python/regex.hpp"
#include "config/language/python/unicode.hpp"

namespace troupe {

namespace {

bool is_gap(std::string_view x) {
  return x.find_first_not_of(" \t\n\v\f\r") == x.npos;
}

/// Cuts a line into words and the gaps between them; hyphenated words are cut
/// behind the hyphen when `hyphens`.
std::vector<std::string> chunks_of(std::string_view x, bool hyphens) {
  std::vector<std::string> out;
  auto letter = [&](size_t i) {
    if (i >= x.size())
      return false;
    size_t k = i;
    return is_letter(next_point(x, k)) || x[i] == '_';
  };
  for (size_t i = 0; i < x.size();) {
    auto from = i;
    auto gap = is_gap(x.substr(i, 1));
    while (i < x.size() && is_gap(x.substr(i, 1)) == gap) {
      ++i;
      auto hyphen = !gap && hyphens && x[i - 1] == '-' && i >= from + 2;
      if (hyphen && letter(i - 2) && letter(i) && i - from > 2)
        break;
    }
    out.emplace_back(x.substr(from, i - from));
  }
  return out;
}

void wrap_line(std::string_view line, size_t width, bool break_long,
               bool hyphens, std::vector<std::string>& out) {
  auto chunks = chunks_of(line, hyphens);
  size_t at = 0;
  while (at < chunks.size()) {
    if (is_gap(chunks[at]) && !out.empty() && at > 0)
      ++at;
    std::string now;
    size_t size = 0;
    while (at < chunks.size() && size + count_points(chunks[at]) <= width) {
      size += count_points(chunks[at]);
      now += chunks[at++];
    }
    if (at < chunks.size() && count_points(chunks[at]) > width) {
      if (break_long) {
        auto cut = offset_of_point(chunks[at], width - size);
        now += chunks[at].substr(0, cut);
        chunks[at].erase(0, cut);
      } else if (now.empty()) {
        now += chunks[at++];
      }
    }
    while (!now.empty() && is_gap(now.substr(now.size() - 1)))
      now.pop_back();
    if (!now.empty())
      out.push_back(std::move(now));
  }
}

} // namespace

std::string wrap_text(std::string_view x, size_t width, bool break_long,
                      std::string_view newline, bool break_hyphens) {
  std::string out;
  bool begun = false;
  for (auto& line : split_lines(x, false)) {
    std::vector<std::string> wrapped;
    wrap_line(line, width, break_long, break_hyphens, wrapped);
    std::string shown;
    for (size_t i = 0; i < wrapped.size(); ++i) {
      if (i > 0)
        shown += newline;
      shown += wrapped[i];
    }
    if (begun)
      out += newline;
    begun = true;
    out += shown;
  }
  return out;
}

} // namespace troupe
