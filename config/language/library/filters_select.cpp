#include "config/language/language.hpp"
#include "config/language/library/selection.hpp"
#include "config/language/library/unknown_plugin.hpp"
#include "config/value/weight.hpp"
#include "config/value/work_meter.hpp"

#include <algorithm>
#include <cctype>

namespace troupe {

namespace {

/// Arguments behind the name of a filter or test that `map` or `select` got.
call_arguments behind(const bound_arguments& with, size_t skip) {
  call_arguments out;
  for (auto i = skip; i < with.rest.size(); ++i)
    out.positional.push_back(with.rest[i]);
  out.named = with.named;
  return out;
}

/// A name that is computed may be none that anything can have.
error no_such(std::string_view what, const std::string& name,
              const std::vector<std::string>& known) {
  auto fits = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.';
  };
  if (!name.empty() && std::all_of(name.begin(), name.end(), fits))
    return failure(errc::syntax, "{}", unknown_plugin(what, name, known));
  return failure(errc::syntax,
                 "TemplateSyntaxError: Could not load \"{0}\": 'invalid plugin "
                 "name: ansible.builtin.{0}'",
                 name);
}

result<value> map_attribute(evaluator& e, const std::vector<value>& items,
                            const bound_arguments& with) {
  for (auto& [name, x] : with.named)
    if (name != "attribute" && name != "default")
      return failure(errc::filter, "Unexpected keyword argument '{}'", name);
  auto& path = named_argument(with, "attribute");
  auto& otherwise = named_argument(with, "default");
  std::vector<value> out;
  for (auto& item : items) {
    auto y = follow_path(e, item, path, otherwise);
    if (!y)
      return y;
    out.push_back(std::move(*y));
  }
  return list_of(std::move(out));
}

/// The elements of `x`; nothing when it is false in Python's sense.
result<std::optional<std::vector<value>>> items_if_true(const value& x) {
  auto yes = truth(x);
  if (!yes)
    return yes.why();
  if (!*yes)
    return std::optional<std::vector<value>>{};
  auto items = elements(x);
  if (!items)
    return items.why();
  return std::optional{std::move(*items)};
}

result<value> map(evaluator& e, const value& x, const bound_arguments& with) {
  auto yes = truth(x);
  if (!yes)
    return yes.why();
  auto& path = named_argument(with, "attribute");
  if (*yes && with.rest.empty() && is_missing(path))
    return failure(errc::filter, "map requires a filter argument");
  auto items = items_if_true(x);
  if (!items)
    return items.why();
  if (!*items)
    return value{list{}};
  if (with.rest.empty())
    return map_attribute(e, **items, with);
  auto name = as_display(with.rest[0]);
  if (!name)
    return name.why();
  auto* row = find_filter(*name);
  if (!row)
    return no_such("filter", *name, filter_names());
  std::vector<value> out;
  out.reserve((*items)->size());
  for (auto& item : **items) {
    auto y = e.filter(*row, item, behind(with, 1));
    if (!y)
      return y;
    if (!work_meter::make(weight(*y)))
      break;
    out.push_back(std::move(*y));
  }
  return list_of(std::move(out));
}

struct selection {
  bool by_attribute;
  bool wanted;
};

result<value> choose(evaluator& e, const value& x, const bound_arguments& with,
                     selection how) {
  auto items = items_if_true(x);
  if (!items)
    return items.why();
  std::vector<value> out;
  if (!*items)
    return list_of(std::move(out));
  size_t at = how.by_attribute ? 1 : 0;
  if (with.rest.size() < at)
    return failure(errc::filter, "Missing parameter for attribute name");
  const test_row* row = nullptr;
  if (with.rest.size() > at) {
    auto name = as_display(with.rest[at]);
    if (!name)
      return name.why();
    row = find_test(*name);
    if (!row)
      return no_such("test", *name, test_names());
  }
  for (auto& item : **items) {
    if (!work_meter::visit())
      break;
    value seen = item;
    if (how.by_attribute) {
      auto y = follow_path(e, item, with.rest[0], missing_value());
      if (!y)
        return y;
      seen = std::move(*y);
    }
    auto yes = row ? e.test(*row, seen, behind(with, at + 1)) : truth(seen);
    if (!yes)
      return yes.why();
    if (*yes == how.wanted)
      out.push_back(item);
  }
  return list_of(std::move(out));
}

result<value> select(evaluator& e, const value& x,
                     const bound_arguments& with) {
  return choose(e, x, with, {false, true});
}

result<value> reject(evaluator& e, const value& x,
                     const bound_arguments& with) {
  return choose(e, x, with, {false, false});
}

result<value> select_attribute(evaluator& e, const value& x,
                               const bound_arguments& with) {
  return choose(e, x, with, {true, true});
}

result<value> reject_attribute(evaluator& e, const value& x,
                               const bound_arguments& with) {
  return choose(e, x, with, {true, false});
}

constexpr filter_row select_filter_rows[] = {
  {"map", "*args **named", map},
  {"select", "*args **named", select},
  {"reject", "*args **named", reject},
  {"selectattr", "*args **named", select_attribute},
  {"rejectattr", "*args **named", reject_attribute},
};

} // namespace

std::span<const filter_row> select_filters() {
  return select_filter_rows;
}

} // namespace troupe
