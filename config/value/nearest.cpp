#include "config/value/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace troupe {

namespace {

/// Fewer letters are the beginning of too much.
constexpr size_t shortest_beginning = 4;

std::string folded(std::string_view name) {
  std::string out;
  for (auto c : name)
    out += c == '-'
             ? '_'
             : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

} // namespace

size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      auto change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

namespace {

/// How far `name` is from what was meant: typing errors, and one more when only
/// its beginning was written.
size_t distance(std::string_view wanted, std::string_view name) {
  auto out = edits_between(wanted, name);
  if (wanted.size() < shortest_beginning || name.size() <= wanted.size())
    return out;
  auto begun = edits_between(wanted, name.substr(0, wanted.size()));
  auto longer = edits_between(wanted, name.substr(0, wanted.size() + 1));
  return std::min(out, std::min(begun, longer) + 1);
}

/// How well two names agree that are equally far: whether they have the same
/// letters, whether they agree as a whole rather than by the beginning of the
/// other, then how much of their beginnings and ends, and of their beginnings.
std::array<size_t, 4> agreement(const std::string& a, const std::string& b,
                                size_t far) {
  auto begun = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
  auto ended = std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend()).first;
  auto beginning = static_cast<size_t>(begun - a.begin());
  auto end = static_cast<size_t>(ended - a.rbegin());
  bool swapped = std::is_permutation(a.begin(), a.end(), b.begin(), b.end());
  size_t whole = edits_between(a, b) == far ? 1 : 0;
  return {swapped ? size_t{1} : 0, whole, beginning + end, beginning};
}

} // namespace

std::string nearest_name(std::string_view given,
                         const std::vector<std::string>& known) {
  auto wanted = folded(given);
  std::string best;
  // A single letter is near to every other.
  auto most
    = wanted.size() < 2 ? size_t{0} : std::max<size_t>(1, wanted.size() / 3);
  auto best_distance = most + 1;
  std::array<size_t, 4> best_agreement{};
  // A name of hundreds of bytes is no typing error.
  if (wanted.size() > 100)
    return best;
  for (auto& name : known) {
    if (name.size() > 100)
      continue;
    auto plain = folded(name);
    auto d = distance(wanted, plain);
    auto agrees = agreement(wanted, plain, d);
    if (d < best_distance
        || (d == best_distance && !best.empty() && agrees > best_agreement)) {
      best_distance = d;
      best_agreement = agrees;
      best = name;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view given,
                         const std::vector<std::string>& known) {
  auto name = nearest_name(given, known);
  return name.empty() ? name : fmt::format("; did you mean '{}'?", name);
}

std::string unknown_name(std::string_view what, std::string_view given,
                         const std::vector<std::string>& known) {
  return fmt::format("no {} named '{}'{}", what, given,
                     did_you_mean(given, known));
}

} // namespace troupe
