#include "config/language/language.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/python/operators.hpp"
#include "config/language/run/containment.hpp"
#include "config/value/work_meter.hpp"

namespace troupe {

namespace {

/// The first argument, which must be fit to be a key.
result<void> check_key(const value& key) {
  if (is_strict_undefined(key))
    return undefined_error(key);
  if (!hashable(key))
    return failure(errc::type, "unhashable type: '{}'", operand_type(key));
  return {};
}

/// Counts what it takes to go through a dict once.
bool count_entries(const value& self) {
  return work_meter::visit(self.as_dict().size() / 4 + 1);
}

result<value> keys_of(evaluator&, value& self, const bound_arguments&) {
  count_entries(self);
  std::vector<value> out;
  for (auto& [key, x] : self.as_dict())
    out.push_back(key);
  return value{list{std::move(out), list::form::dict_keys}};
}

result<value> values_of(evaluator&, value& self, const bound_arguments&) {
  count_entries(self);
  std::vector<value> out;
  for (auto& [key, x] : self.as_dict())
    out.push_back(x);
  return value{list{std::move(out), list::form::dict_values}};
}

result<value> items(evaluator&, value& self, const bound_arguments&) {
  count_entries(self);
  std::vector<value> out;
  for (auto& [key, x] : self.as_dict())
    out.push_back(tuple_of({key, x}));
  return value{list{std::move(out), list::form::dict_items}};
}

result<value> get(evaluator&, value& self, const bound_arguments& with) {
  if (auto ok = check_key(with[0]); !ok)
    return ok.why();
  if (auto* found = self.as_dict().find(with[0]))
    return *found;
  return with.has(1) ? with[1] : value{};
}

result<value> pop_key(evaluator&, value& self, const bound_arguments& with) {
  if (auto ok = check_key(with[0]); !ok)
    return ok.why();
  auto& all = self.as_dict();
  if (auto* found = all.find(with[0])) {
    auto out = *found;
    // All behind it move up.
    work_meter::visit(all.size());
    all.erase(with[0]);
    return out;
  }
  if (with.has(1))
    return with[1];
  return failure(errc::runtime, "{}", to_repr(with[0]));
}

result<value> pop_item(evaluator&, value& self, const bound_arguments&) {
  auto& all = self.as_dict();
  if (all.empty())
    return failure(errc::runtime, "popitem(): dictionary is empty");
  auto last = all.at_index(all.size() - 1);
  all.erase(last.first);
  return tuple_of({last.first, last.second});
}

result<void> put(value& self, const value& key, const value& x) {
  if (auto ok = check_key(key); !ok)
    return ok;
  if (auto ok = take_in(self, x); !ok)
    return ok;
  self.as_dict().set(key, x);
  return {};
}

result<value> update(evaluator&, value& self, const bound_arguments& with) {
  if (with.has(0) && with[0].is_dict()) {
    auto given = with[0].as_dict();
    for (auto& [key, x] : given)
      if (auto ok = put(self, key, x); !ok)
        return ok.why();
  } else if (with.has(0)) {
    auto pairs = elements(with[0]);
    if (!pairs)
      return pairs.why();
    for (auto& pair : *pairs) {
      auto parts = elements(pair);
      if (!parts)
        return failure(errc::type, "cannot convert dictionary update sequence "
                                   "element to a sequence");
      if (parts->size() != 2)
        return failure(
          errc::runtime,
          "dictionary update sequence element has dict_length {}; 2 is "
          "required",
          parts->size());
      if (auto ok = put(self, (*parts)[0], (*parts)[1]); !ok)
        return ok.why();
    }
  }
  for (auto& [name, x] : with.named)
    if (auto ok = put(self, value{name}, x); !ok)
      return ok.why();
  return value{};
}

result<value> set_default(evaluator&, value& self,
                          const bound_arguments& with) {
  if (auto ok = check_key(with[0]); !ok)
    return ok.why();
  if (auto* found = self.as_dict().find(with[0]))
    return *found;
  auto x = with.has(1) ? with[1] : value{};
  if (auto ok = put(self, with[0], x); !ok)
    return ok.why();
  return x;
}

result<value> clear_dict(evaluator&, value& self, const bound_arguments&) {
  self.as_dict().clear();
  return value{};
}

result<value> copy_dict(evaluator&, value& self, const bound_arguments&) {
  count_entries(self);
  return value{self.as_dict()};
}

result<value> dict_length(evaluator&, value& self, const bound_arguments&) {
  return value{self.as_dict().size()};
}

result<value> set_entry(evaluator&, value& self, const bound_arguments& with) {
  if (auto ok = put(self, with[0], with[1]); !ok)
    return ok.why();
  return value{};
}

result<value> from_keys(evaluator&, value&, const bound_arguments& with) {
  auto all = elements(with[0]);
  if (!all)
    return all.why();
  dict out;
  for (auto& key : *all) {
    if (auto ok = check_key(key); !ok)
      return ok.why();
    out.set(key, with.has(1) ? with[1] : value{});
  }
  return value{std::move(out)};
}

constexpr method_row dict_method_rows[] = {
  {"keys", "", keys_of},
  {"values", "", values_of},
  {"items", "", items},
  {"get", "key default=", get},
  {"pop", "key default=", pop_key, method_kind::changes},
  {"popitem", "", pop_item, method_kind::changes},
  {"update", "other= **named", update, method_kind::changes},
  {"setdefault", "key default=", set_default, method_kind::changes},
  {"clear", "", clear_dict, method_kind::changes},
  {"copy", "", copy_dict},
  {"fromkeys", "iterable value=", from_keys},
  {"__len__", "", dict_length},
  {"__setitem__", "key value", set_entry, method_kind::changes},
};

} // namespace

std::span<const method_row> dict_methods() {
  return dict_method_rows;
}

} // namespace troupe
