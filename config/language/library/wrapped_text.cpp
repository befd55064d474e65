#include "config/language/library/text_tools.hpp"
#include "config/language/python/regex.hpp"
#include "config/language/python/unicode.hpp"
#include "config/value/work_meter.hpp"

namespace troupe {

namespace {

bool is_gap(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Chunks are gaps or words as a whole.
bool is_gap(std::string_view chunk) {
  return chunk.empty() || is_gap(chunk.front());
}

// What a line takes beside its bytes, with what becomes of it.
constexpr size_t line_weight = 64;

/// Where the first `count` characters of `x` end.
size_t end_of_points(std::string_view x, size_t count) {
  size_t i = 0;
  while (i < x.size() && count-- > 0)
    next_point(x, i);
  return i;
}

/// Whether `x` has no more than `most` characters; looks no further than that.
bool fits(std::string_view x, size_t most) {
  return x.size() <= most || end_of_points(x, most) == x.size();
}

/// Cuts a line into words and the gaps between them; hyphenated words are cut
/// behind the hyphen when `hyphens`.
std::vector<std::string_view> chunks_of(std::string_view x, bool hyphens) {
  std::vector<std::string_view> out;
  auto letter = [&](size_t i) {
    if (i >= x.size())
      return false;
    size_t k = i;
    return is_letter(next_point(x, k)) || x[i] == '_';
  };
  for (size_t i = 0; i < x.size();) {
    auto from = i;
    auto gap = is_gap(x[i]);
    while (i < x.size() && is_gap(x[i]) == gap) {
      ++i;
      auto hyphen = !gap && hyphens && x[i - 1] == '-' && i >= from + 2;
      if (hyphen && letter(i - 2) && letter(i) && i - from > 2)
        break;
    }
    if (!work_meter::make(sizeof(std::string_view)))
      return out;
    out.push_back(x.substr(from, i - from));
  }
  return out;
}

void wrap_line(std::string_view line, size_t width, bool break_long,
               bool hyphens, std::vector<std::string_view>& out) {
  auto chunks = chunks_of(line, hyphens);
  size_t at = 0;
  while (at < chunks.size()) {
    if (is_gap(chunks[at]) && !out.empty() && at > 0)
      ++at;
    // Chunks that follow each other are one piece of the line.
    std::string_view now;
    auto take = [&](std::string_view more) {
      now = {now.empty() ? more.data() : now.data(), now.size() + more.size()};
    };
    size_t size = 0;
    while (at < chunks.size() && fits(chunks[at], width - size)) {
      size += count_points(chunks[at]);
      take(chunks[at++]);
    }
    if (at < chunks.size() && !fits(chunks[at], width)) {
      if (break_long) {
        auto cut = end_of_points(chunks[at], width - size);
        take(chunks[at].substr(0, cut));
        chunks[at].remove_prefix(cut);
      } else if (now.empty()) {
        take(chunks[at++]);
      }
    }
    while (!now.empty() && is_gap(now.back()))
      now.remove_suffix(1);
    if (!work_meter::make(line_weight + now.size()))
      return;
    if (!now.empty())
      out.push_back(now);
  }
}

} // namespace

std::string wrap_text(std::string_view x, size_t width, bool break_long,
                      std::string_view newline, bool break_hyphens) {
  std::string out;
  bool begun = false;
  for (auto& line : split_lines(x, false)) {
    std::vector<std::string_view> wrapped;
    wrap_line(line, width, break_long, break_hyphens, wrapped);
    std::string shown;
    for (size_t i = 0; i < wrapped.size() && work_meter::may_grow(shown.size());
         ++i) {
      if (i > 0)
        shown += newline;
      shown += wrapped[i];
    }
    if (begun)
      out += newline;
    begun = true;
    out += shown;
    if (!work_meter::may_grow(out.size()))
      return out;
  }
  return out;
}

} // namespace troupe
