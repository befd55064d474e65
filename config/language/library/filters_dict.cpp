#include "config/language/language.hpp"
#include "config/language/library/selection.hpp"
#include "config/language/library/value_set.hpp"
#include "config/language/python/operators.hpp"

#include <algorithm>

namespace troupe {

namespace {

result<value> to_items(evaluator&, const value& x,
                       const bound_arguments& with) {
  if (!x.is_dict())
    return failure(errc::type, "dict2items requires a dictionary, got {}",
                   python_type(x));
  auto key_name = with.has(0) ? with[0] : value{"key"};
  auto value_name = with.has(1) ? with[1] : value{"value"};
  std::vector<value> out;
  for (auto& [key, y] : x.as_dict())
    out.emplace_back(dict{{key_name, key}, {value_name, y}});
  return list_of(std::move(out));
}

result<value> from_items(evaluator&, const value& x,
                         const bound_arguments& with) {
  if (!x.is_list())
    return failure(errc::type, "items2dict requires a list, got {}",
                   python_type(x));
  auto key_name = with.has(0) ? with[0] : value{"key"};
  auto value_name = with.has(1) ? with[1] : value{"value"};
  dict out;
  for (auto& item : x.as_list()) {
    if (is_strict_undefined(item))
      return undefined_error(item);
    if (!item.is_dict())
      return failure(errc::type,
                     "items2dict requires a list of dictionaries, got {}",
                     to_repr(x));
    auto* key = item.as_dict().find(key_name);
    auto* y = item.as_dict().find(value_name);
    if (!key || !y)
      return failure(errc::type,
                     "items2dict requires each dictionary in the list to "
                     "contain the keys '{}' and '{}', got {}",
                     to_display(key_name), to_display(value_name), to_repr(x));
    if (is_strict_undefined(*key))
      return undefined_error(*key);
    if (!hashable(*key))
      return failure(errc::type, "unhashable type: '{}'", operand_type(*key));
    out.set(*key, *y);
  }
  return value{std::move(out)};
}

result<value> items(evaluator&, const value& x, const bound_arguments&) {
  if (x.is_undefined())
    return value{list{}};
  if (!x.is_dict())
    return failure(errc::type, "Can only get item pairs from a mapping.");
  std::vector<value> out;
  for (auto& [key, y] : x.as_dict())
    out.push_back(tuple_of({key, y}));
  return list_of(std::move(out));
}

result<value> sorted(evaluator&, const value& x, const bound_arguments& with) {
  auto by = with.text(1, "key");
  if (!by)
    return by.why();
  if (*by != "key" && *by != "value")
    return failure(errc::filter,
                   "You can only sort by either \"key\" or \"value\"");
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!x.is_dict())
    return failure(errc::runtime, "'{}' object has no attribute 'items'",
                   operand_type(x));
  std::vector<value> keys;
  std::vector<value> pairs;
  for (auto& [key, y] : x.as_dict()) {
    auto& compared = *by == "key" ? key : y;
    keys.push_back(with.flag(0) ? compared : without_case(compared));
    pairs.push_back(tuple_of({key, y}));
  }
  if (auto ok = sort_by(pairs, std::move(keys), with.flag(2)); !ok)
    return ok.why();
  return list_of(std::move(pairs));
}

// -- combine ------------------------------------------------------------------

using merge_way = std::string_view;

constexpr merge_way merge_ways[]
  = {"replace", "keep", "append", "prepend", "append_rp", "prepend_rp"};

value merge_lists(const value& low, const value& high, merge_way way) {
  auto& a = low.as_list().items;
  auto& b = high.as_list().items;
  std::vector<value> out;
  auto add
    = [&](const std::vector<value>& from, const std::vector<value>* without) {
        value_set others{without ? *without : std::vector<value>{}};
        for (auto& x : from)
          if (!others.has(x))
            out.push_back(x);
      };
  if (way == "replace")
    return high;
  if (way == "keep")
    return low;
  if (way == "append") {
    add(a, nullptr);
    add(b, nullptr);
  } else if (way == "prepend") {
    add(b, nullptr);
    add(a, nullptr);
  } else if (way == "append_rp") {
    add(a, &b);
    add(b, nullptr);
  } else {
    add(b, nullptr);
    add(a, &b);
  }
  return list_of(std::move(out));
}

value merge(const value& low, const value& high, bool recursive,
            merge_way way) {
  if (low.as_dict().empty() || low == high)
    return high;
  if (!work_meter::visit(low.as_dict().size() + high.as_dict().size()))
    return high;
  auto out = low.as_dict();
  for (auto& [key, y] : high.as_dict()) {
    auto* known = out.find(key);
    if (known && recursive && known->is_dict() && y.is_dict())
      *known = merge(*known, y, recursive, way);
    else if (known && known->is_list() && y.is_list())
      *known = merge_lists(*known, y, way);
    else
      out.set(key, y);
  }
  return out;
}

const value* undefined_inside(const value& x) {
  if (x.is_undefined())
    return &x;
  if (x.is_list()) {
    if (!work_meter::visit(x.as_list().size() + 1))
      return nullptr;
    for (auto& y : x.as_list())
      if (auto* found = undefined_inside(y))
        return found;
  } else if (x.is_dict()) {
    if (!work_meter::visit(x.as_dict().size() + 1))
      return nullptr;
    for (auto& [key, y] : x.as_dict())
      if (auto* found = undefined_inside(y))
        return found;
  }
  return nullptr;
}

result<value> combine(evaluator&, const value& x, const bound_arguments& with) {
  bool recursive = false;
  std::string way = "replace";
  for (auto& [name, y] : with.named) {
    if (name == "recursive")
      recursive = truthy(y);
    else if (name == "list_merge")
      way = to_display(y);
    else
      return failure(errc::filter, "'recursive' and 'list_merge' are the only "
                                   "valid keyword arguments");
  }
  std::vector<value> dicts;
  auto add = [&](const value& y) {
    auto empty
      = y.is_null() || y.text_or("") == "None" || y.text_or("") == "null";
    if (empty)
      return;
    if (!y.is_list())
      return dicts.push_back(y);
    for (auto& z : y.as_list())
      if (!z.is_null())
        dicts.push_back(z);
  };
  add(x);
  for (auto& y : with.rest)
    add(y);
  for (auto& y : dicts)
    if (auto* found = undefined_inside(y))
      return undefined_error(*found);
  if (dicts.empty())
    return value{dict{}};
  if (dicts.size() == 1)
    return dicts[0];
  if (std::find(std::begin(merge_ways), std::end(merge_ways), way)
      == std::end(merge_ways))
    return failure(errc::runtime,
                   "merge_hash: 'list_merge' argument can only be equal to "
                   "'replace', 'keep', 'append', 'prepend', 'append_rp' or "
                   "'prepend_rp'");
  auto out = dicts.back();
  for (auto i = dicts.size() - 1; i-- > 0;) {
    for (auto* y : {&dicts[i], &out})
      if (!y->is_dict())
        return failure(errc::runtime,
                       "failed to combine variables, expected dicts but got a "
                       "'{}'",
                       operand_type(*y));
    out = merge(dicts[i], out, recursive, way);
  }
  return out;
}

// -- others -------------------------------------------------------------------

result<value> extract(evaluator& e, const value& x,
                      const bound_arguments& with) {
  std::vector<value> keys{x};
  if (with.has(1) && with[1].is_list())
    keys.insert(keys.end(), with[1].as_list().begin(), with[1].as_list().end());
  else if (with.has(1) && !with[1].is_null())
    keys.push_back(with[1]);
  auto out = with[0];
  for (auto& key : keys) {
    auto next = get_item(e, out, key);
    if (!next)
      return next;
    out = std::move(*next);
  }
  return out;
}

result<std::vector<value>> subelement_path(const value& x) {
  std::vector<value> out;
  if (x.is_list())
    return x.as_list().items;
  if (!x.is_text())
    return failure(errc::type, "subelements must be a list or a string");
  std::string_view rest = x.as_string();
  for (;;) {
    auto end = std::min(rest.find('.'), rest.size());
    out.emplace_back(rest.substr(0, end));
    if (end == rest.size())
      return out;
    rest.remove_prefix(end + 1);
  }
}

result<value> subelements(evaluator&, const value& x,
                          const bound_arguments& with) {
  std::vector<value> all;
  if (x.is_dict())
    for (auto& [key, y] : x.as_dict())
      all.push_back(y);
  else if (x.is_list() && x.as_list().kind == list::form::list)
    all = x.as_list().items;
  else
    return failure(errc::filter, "obj must be a list of dicts or a nested "
                                 "dict");
  auto path = subelement_path(with[0]);
  if (!path)
    return path.why();
  std::vector<value> out;
  for (auto& item : all) {
    value at = item;
    bool skipped = false;
    for (auto& key : *path) {
      if (is_strict_undefined(at))
        return undefined_error(at);
      if (!at.is_dict())
        return failure(errc::type,
                       "the key {} should point to a dictionary, got '{}'",
                       to_display(key), to_display(at));
      auto* found = at.as_dict().find(key);
      if (!found && with.flag(1)) {
        skipped = true;
        break;
      }
      if (!found)
        return failure(errc::filter,
                       "could not find {} key in iterated item {}",
                       to_repr(key), to_repr(at));
      at = value{*found};
    }
    if (skipped)
      continue;
    if (!at.is_list())
      return failure(errc::type, "the key {} should point to a list, got {}",
                     to_repr(path->back()), to_repr(at));
    for (auto& y : at.as_list()) {
      if (!may_make_row(2))
        return value{};
      out.push_back(tuple_of({item, y}));
    }
  }
  return list_of(std::move(out));
}

result<value> rekey(evaluator&, const value& x, const bound_arguments& with) {
  auto twice = with.text(1, "error");
  if (!twice)
    return twice.why();
  if (*twice != "error" && *twice != "overwrite")
    return failure(errc::filter,
                   "duplicates parameter to rekey_on_member has unknown value: "
                   "{}",
                   *twice);
  for (auto* y : {&x, &with[0]})
    if (is_strict_undefined(*y))
      return undefined_error(*y);
  std::vector<value> all;
  if (x.is_dict())
    for (auto& [key, y] : x.as_dict())
      all.push_back(y);
  else if (x.is_list())
    all = x.as_list().items;
  else
    return failure(errc::type, "Type is not a valid list, set, or dict");
  dict out;
  for (auto& item : all) {
    if (!item.is_dict())
      return failure(errc::type, "List item is not a valid dict");
    auto* key = item.as_dict().find(with[0]);
    if (!key)
      return failure(errc::filter, "Key {} was not found", to_display(with[0]));
    if (!hashable(*key))
      return failure(errc::type, "unhashable type: '{}'", operand_type(*key));
    if (*twice == "error" && out.find(*key))
      return failure(errc::filter,
                     "Key {} is not unique, cannot correctly turn into dict",
                     to_display(*key));
    out.set(*key, item);
  }
  return value{std::move(out)};
}

constexpr filter_row dict_filter_rows[] = {
  {"dict2items", "key_name= value_name=", to_items},
  {"items2dict", "key_name= value_name=", from_items},
  {"items", "", items},
  {"dictsort", "case_sensitive= by= reverse=", sorted},
  {"combine", "*args **named", combine},
  {"extract", "container morekeys=", extract},
  {"subelements", "subelements skip_missing=", subelements},
  {"rekey_on_member", "key duplicates=", rekey},
};

} // namespace

std::span<const filter_row> dict_filters() {
  return dict_filter_rows;
}

} // namespace troupe
