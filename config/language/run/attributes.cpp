#include "config/language/language.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/python/operators.hpp"
#include "config/language/python/unicode.hpp"
#include "config/language/run/evaluator.hpp"
#include "config/language/run/objects.hpp"

#include <unordered_map>

namespace troupe {

namespace {

using method_map = std::unordered_map<std::string_view, const method_row*>;

method_map gather(std::initializer_list<std::span<const method_row>> tables) {
  method_map out;
  for (auto& rows : tables)
    for (auto& row : rows)
      out.emplace(row.name, &row);
  return out;
}

const method_row* find_in(const method_map& map, std::string_view name) {
  auto i = map.find(name);
  return i == map.end() ? nullptr : i->second;
}

std::string shown_type(const value& x) {
  if (x.is_null())
    return "None";
  return fmt::format("{} object", python_type(x));
}

value no_attribute(const value& x, std::string_view name) {
  std::string message{"'"};
  message.append(shown_type(x)).append("' has no attribute '");
  return value::undefined(message.append(name).append("'"));
}

value no_item(const value& x, const value& key) {
  if (key.is_text())
    return no_attribute(x, key.as_string());
  return value::undefined(
    fmt::format("{} has no element {}", shown_type(x), to_repr(key)));
}

/// The element of a sequence, or nothing.
std::optional<value> element(const value& x, int64_t i) {
  auto counted = [&](int64_t size) -> std::optional<size_t> {
    auto at = i < 0 ? i + size : i;
    if (at < 0 || at >= size)
      return std::nullopt;
    return static_cast<size_t>(at);
  };
  if (x.is_list()) {
    auto& items = x.as_list();
    if (items.kind != list::form::list && items.kind != list::form::tuple)
      return std::nullopt;
    if (auto at = counted(static_cast<int64_t>(items.size())))
      return items.items[*at];
    return std::nullopt;
  }
  if (x.is_text()) {
    auto& bytes = x.as_string();
    if (auto at = counted(static_cast<int64_t>(count_points(bytes)))) {
      auto from = offset_of_point(bytes, *at);
      auto end = from;
      next_point(bytes, end);
      return value{text{bytes.substr(from, end - from), x.as_text().unsafe}};
    }
    return std::nullopt;
  }
  if (x.is_object())
    if (auto* range = dynamic_cast<const range_object*>(x.as_object().get()))
      if (auto at = counted(static_cast<int64_t>(range->size())))
        return value{range->at(*at)};
  return std::nullopt;
}

/// What Python's `x[key]` gives, or nothing.
std::optional<value> item(const value& x, const value& key) {
  if (x.is_dict()) {
    if (auto* found = x.as_dict().find(key))
      return *found;
    return std::nullopt;
  }
  if (auto i = as_index(key))
    return element(x, *i);
  return std::nullopt;
}

/// What Python's `getattr(x, name)` gives, or nothing. Methods that change
/// their object are only reached by a direct call, which is seen when the
/// template is parsed.
std::optional<value> attribute(const value& x, const std::string& name) {
  if (x.is_object()) {
    if (auto found = x.as_object()->attribute(name))
      return found;
  } else if (auto* row = find_method(x, name)) {
    return make_object<method_object>(x, *row);
  }
  // The pairs of `groupby` have names for their two halves.
  if (x.is_list() && x.as_list().kind == list::form::tuple
      && x.as_list().size() == 2) {
    if (name == "grouper")
      return x.as_list().items[0];
    if (name == "list")
      return x.as_list().items[1];
  }
  if (name == "__class__")
    return make_object<class_object>(python_type(x));
  if ((x.is_integer() || x.is_bool())
      && (name == "real" || name == "numerator"))
    return x;
  return std::nullopt;
}

} // namespace

const method_row* find_method(const value& x, std::string_view name) {
  static const auto texts = gather({text_methods(), text_is_methods()});
  static const auto lists = gather({list_methods()});
  static const auto dicts = gather({dict_methods()});
  if (x.is_dict())
    return find_in(dicts, name);
  if (x.is_text())
    return find_in(texts, name);
  static const auto integers = gather({integer_methods()});
  static const auto reals = gather({real_methods()});
  if (x.is_integer() || x.is_bool())
    return find_in(integers, name);
  if (x.is_real())
    return find_in(reals, name);
  if (!x.is_list())
    return nullptr;
  auto* row = find_in(lists, name);
  auto kind = x.as_list().kind;
  if (!row || kind == list::form::list)
    return row;
  // Views of dicts have none of these.
  auto asks = row->kind == method_kind::asks_tuples;
  return kind == list::form::tuple && asks ? row : nullptr;
}

result<value> get_attribute(evaluator&, const value& x,
                            const std::string& name) {
  if (x.is_undefined())
    return is_strict_undefined(x) ? x : result<value>{undefined_error(x)};
  if (auto found = attribute(x, name))
    return *found;
  if (x.is_dict())
    if (auto* found = x.as_dict().find(name))
      return *found;
  return no_attribute(x, name);
}

result<value> get_item(evaluator&, const value& x, const value& key) {
  if (x.is_undefined())
    return is_strict_undefined(x) ? x : result<value>{undefined_error(x)};
  if (is_strict_undefined(key)) {
    // Only a dict looks at the key before anything can fail quietly.
    if (x.is_dict())
      return undefined_error(key);
    return key;
  }
  if (auto found = item(x, key))
    return *found;
  if (key.is_text() && !is_changing_method(key.as_string()))
    if (auto found = attribute(x, key.as_string()))
      return *found;
  return no_item(x, key);
}

} // namespace troupe
