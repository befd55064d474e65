#include "modules/support/files/diff.hpp"

#include "config/value/utf8.hpp"
#include "modules/support/files/text_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace troupe {

namespace {

constexpr size_t context_lines = 3;

// Beyond this many edits the rest is shown as replaced altogether: the search
// for the shortest way grows with the square of the edits.
constexpr int most_edits = 2000;

enum class edit : uint8_t { keep, remove, add };

struct step {
  edit kind;
  size_t before;
  size_t after;
};

/// Myers' greedy search: `trace[d]` holds how far each diagonal got with d
/// edits, from which the way is read backwards.
class comparison {
public:
  comparison(const std::vector<std::string_view>& a,
             const std::vector<std::string_view>& b)
      : a_{numbered(a)}, b_{numbered(b)} {
  }

  std::vector<step> steps() {
    auto n = static_cast<int>(a_.size());
    auto m = static_cast<int>(b_.size());
    auto most = std::min(n + m, most_edits);
    std::vector<int> reach(2 * static_cast<size_t>(most) + 3, 0);
    auto at = [&](int k) -> int& {
      auto place = k + most + 1;
      return reach[static_cast<size_t>(place)];
    };
    for (auto d = 0; d <= most; ++d) {
      trace_.emplace_back(reach.begin() + (most + 1 - d - 1),
                          reach.begin() + (most + 1 + d + 2));
      for (auto k = -d; k <= d; k += 2) {
        auto down = k == -d || (k != d && at(k - 1) < at(k + 1));
        auto x = down ? at(k + 1) : at(k - 1) + 1;
        while (x < n && x - k < m && x - k >= 0 && same(x, x - k))
          ++x;
        at(k) = x;
        if (x >= n && x - k >= m)
          return way_back(d, n, m);
      }
    }
    return replaced_altogether();
  }

private:
  /// Equal lines get equal numbers, so that comparing them is cheap.
  std::vector<int> numbered(const std::vector<std::string_view>& lines) {
    std::vector<int> out;
    out.reserve(lines.size());
    for (auto line : lines)
      out.push_back(
        numbers_.try_emplace(line, static_cast<int>(numbers_.size()))
          .first->second);
    return out;
  }

  bool same(int x, int y) const {
    return a_[static_cast<size_t>(x)] == b_[static_cast<size_t>(y)];
  }

  static step make(edit kind, int x, int y) {
    return {kind, static_cast<size_t>(x), static_cast<size_t>(y)};
  }

  std::vector<step> way_back(int d, int x, int y) const {
    std::vector<step> out;
    for (; d > 0; --d) {
      auto& row = trace_[static_cast<size_t>(d)];
      auto at = [&](int k) {
        auto place = k + d + 1;
        return row[static_cast<size_t>(place)];
      };
      auto k = x - y;
      auto down = k == -d || (k != d && at(k - 1) < at(k + 1));
      auto from_x = down ? at(k + 1) : at(k - 1);
      auto from_y = from_x - (down ? k + 1 : k - 1);
      while (x > from_x + (down ? 0 : 1) || y > from_y + (down ? 1 : 0))
        out.push_back(make(edit::keep, --x, --y));
      if (down)
        out.push_back(make(edit::add, x, --y));
      else
        out.push_back(make(edit::remove, --x, y));
    }
    while (x > 0 && y > 0)
      out.push_back(make(edit::keep, --x, --y));
    std::reverse(out.begin(), out.end());
    return out;
  }

  std::vector<step> replaced_altogether() const {
    std::vector<step> out;
    for (size_t x = 0; x < a_.size(); ++x)
      out.push_back({edit::remove, x, 0});
    for (size_t y = 0; y < b_.size(); ++y)
      out.push_back({edit::add, a_.size(), y});
    return out;
  }

  std::unordered_map<std::string_view, int> numbers_;
  std::vector<int> a_;
  std::vector<int> b_;
  std::vector<std::vector<int>> trace_;
};

void append_line(std::string& out, char mark, std::string_view line) {
  out += mark;
  out += line;
  if (!line.ends_with("\n"))
    out += "\n\\ No newline at end of file\n";
}

/// "3,7" or "3": where a side of a hunk begins and how long it is.
std::string range_of(size_t begin, size_t count) {
  if (count == 1)
    return std::to_string(begin + 1);
  return fmt::format("{},{}", count == 0 ? begin : begin + 1, count);
}

} // namespace

std::string unified_diff(std::string_view before, std::string_view after,
                         std::string_view before_name,
                         std::string_view after_name) {
  if (before == after)
    return {};
  auto a = lines_with_ends(before);
  auto b = lines_with_ends(after);
  auto steps = comparison{a, b}.steps();
  // What ends a line in a name would forge the next one.
  auto out = fmt::format("--- {}\n+++ {}\n", terminal_line(before_name),
                         terminal_line(after_name));
  for (size_t i = 0; i < steps.size();) {
    if (steps[i].kind == edit::keep) {
      ++i;
      continue;
    }
    // A hunk goes on as long as changes are closer than their contexts.
    auto begin = i - std::min(i, context_lines);
    auto last = i;
    for (auto k = i; k < steps.size() && k <= last + 2 * context_lines; ++k)
      if (steps[k].kind != edit::keep)
        last = k;
    auto end = std::min(last + 1 + context_lines, steps.size());
    size_t removed = 0;
    size_t added = 0;
    std::string body;
    for (auto k = begin; k < end; ++k) {
      auto& one = steps[k];
      removed += one.kind != edit::add ? 1 : 0;
      added += one.kind != edit::remove ? 1 : 0;
      if (one.kind == edit::add)
        append_line(body, '+', b[one.after]);
      else
        append_line(body, one.kind == edit::keep ? ' ' : '-', a[one.before]);
    }
    out
      += fmt::format("@@ -{} +{} @@\n", range_of(steps[begin].before, removed),
                     range_of(steps[begin].after, added));
    out += body;
    i = end;
  }
  return out;
}

} // namespace troupe
