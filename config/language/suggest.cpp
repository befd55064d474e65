#include "config/language/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace troupe {

namespace {

/// Edits that turn `x` into `y`; a swap of neighbours counts as one.
size_t distance(std::string_view x, std::string_view y) {
  std::vector<size_t> before(y.size() + 1);
  std::vector<size_t> last(y.size() + 1);
  std::vector<size_t> now(y.size() + 1);
  std::iota(last.begin(), last.end(), size_t{0});
  for (size_t i = 1; i <= x.size(); ++i) {
    now[0] = i;
    for (size_t j = 1; j <= y.size(); ++j) {
      auto change = last[j - 1] + (x[i - 1] == y[j - 1] ? 0 : 1);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, change});
      if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
        now[j] = std::min(now[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(now);
  }
  return last[y.size()];
}

} // namespace

std::optional<std::string> nearest(std::string_view name,
                                   const std::vector<std::string_view>& known) {
  // Longer names than anybody chooses would cost more than they give.
  if (name.size() > 64)
    return std::nullopt;
  auto best = std::min<size_t>(name.size() / 3 + 1, 3) + 1;
  std::optional<std::string> found;
  for (auto candidate : known) {
    auto gap = candidate.size() > name.size() ? candidate.size() - name.size()
                                              : name.size() - candidate.size();
    if (gap >= best)
      continue;
    if (auto edits = distance(name, candidate); edits < best) {
      best = edits;
      found = candidate;
    }
  }
  return found;
}

std::string unknown_name(std::string_view what, std::string_view name,
                         const std::vector<std::string_view>& known) {
  auto message = fmt::format("no {} named '{}'", what, name);
  if (auto near = nearest(name, known))
    message += fmt::format("; did you mean '{}'?", *near);
  return message;
}

} // namespace troupe
