#include "config/language/library/selection.hpp"

#include "config/language/language.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/operators.hpp"
#include "config/language/python/unicode.hpp"
#include "config/value/work_meter.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace troupe {

namespace {

bool all_digits(std::string_view x) {
  return !x.empty() && x.find_first_not_of("0123456789") == x.npos;
}

} // namespace

result<value> follow_path(evaluator& e, const value& x, const value& path,
                          const value& otherwise) {
  if (is_missing(path) || path.is_null())
    return x;
  auto step = [&](value& at, const value& key) -> result<void> {
    auto next = get_item(e, at, key);
    if (!next)
      return next.why();
    at = std::move(*next);
    if (at.is_undefined() && !is_missing(otherwise) && !otherwise.is_null())
      at = otherwise;
    return {};
  };
  value at = x;
  if (!path.is_text()) {
    auto done = step(at, path);
    return done ? result<value>{at} : done.why();
  }
  std::string_view rest = path.as_string();
  while (work_meter::visit()) {
    auto end = std::min(rest.find('.'), rest.size());
    auto part = rest.substr(0, end);
    auto key = all_digits(part) ? parse_integer(part, 10) : std::nullopt;
    if (auto done = step(at, key ? *key : value{part}); !done)
      return done.why();
    if (end == rest.size())
      break;
    rest.remove_prefix(end + 1);
  }
  return at;
}

value without_case(const value& x) {
  return x.is_text() ? value{to_lower(x.as_string())} : x;
}

result<void> sort_by(std::vector<value>& items, std::vector<value> keys,
                     bool reverse) {
  auto size = items.size();
  if (!work_meter::visit(size * static_cast<size_t>(std::bit_width(size))))
    return {};
  std::vector<size_t> places(size);
  std::iota(places.begin(), places.end(), size_t{0});
  std::optional<error> problem;
  auto before = [&](size_t a, size_t b) {
    if (problem)
      return false;
    auto way = reverse ? order(keys[b], keys[a]) : order(keys[a], keys[b]);
    if (!way)
      problem = way.why();
    return way && *way < 0;
  };
  std::stable_sort(places.begin(), places.end(), before);
  if (problem)
    return *problem;
  std::vector<value> sorted;
  sorted.reserve(items.size());
  for (auto i : places)
    sorted.push_back(std::move(items[i]));
  items = std::move(sorted);
  return {};
}

bool may_make_row(size_t size) {
  constexpr uint64_t row_weight = 96;
  return work_meter::visit(size / 4 + 1)
         && work_meter::make(row_weight + size * sizeof(value));
}

const value& named_argument(const bound_arguments& x, std::string_view name) {
  for (auto& [key, y] : x.named)
    if (key == name)
      return y;
  return missing_value();
}

} // namespace troupe
