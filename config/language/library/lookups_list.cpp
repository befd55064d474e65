#include "config/language/language.hpp"
#include "config/language/library/selection.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/language/python/format.hpp"
#include "config/language/python/mersenne.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/regex.hpp"
#include "config/language/run/run_lookup.hpp"
#include "config/value/weight.hpp"
#include "config/value/work_meter.hpp"

namespace troupe {

namespace {

using values = std::vector<value>;

/// Text is a list of one to most lookups.
values as_items(const value& x) {
  if (x.is_list())
    return x.as_list().items;
  if (x.is_dict()) {
    values keys;
    for (auto& [key, y] : x.as_dict())
      keys.push_back(key);
    return keys;
  }
  if (x.is_text())
    return {value{text{strip(x.as_string(), std::nullopt, true, true),
                       x.as_text().unsafe}}};
  return {x};
}

result<values> items(evaluator&, const values& terms, const bound_arguments&) {
  return opened(terms);
}

result<values> list_lookup(evaluator&, const values& terms,
                           const bound_arguments&) {
  return terms;
}

result<values> dict_lookup(evaluator&, const values& terms,
                           const bound_arguments&) {
  values out;
  for (auto& term : terms) {
    if (!term.is_dict())
      return lookup_failure("with_dict expects a dict");
    for (auto& [key, x] : term.as_dict())
      out.emplace_back(dict{{"key", key}, {"value", x}});
  }
  return out;
}

result<values> indexed(evaluator&, const values& terms,
                       const bound_arguments&) {
  values out;
  for (auto& x : opened(terms))
    out.push_back(tuple_of({value{out.size()}, x}));
  return out;
}

result<values> together(evaluator&, const values& terms,
                        const bound_arguments&) {
  if (terms.empty())
    return lookup_failure("with_together requires at least one element in each "
                          "list");
  std::vector<values> lists;
  size_t size = 0;
  for (auto& term : terms) {
    lists.push_back(as_items(term));
    size = std::max(size, lists.back().size());
  }
  values out;
  for (size_t i = 0; i < size && may_make_row(lists.size()); ++i) {
    values row;
    for (auto& all : lists)
      row.push_back(i < all.size() ? all[i] : value{});
    out.push_back(list_of(opened(row)));
  }
  return out;
}

result<values> nested(evaluator& e, const values& terms,
                      const bound_arguments&) {
  if (terms.empty())
    return lookup_failure("with_nested requires at least one element in the "
                          "nested list");
  auto list_lookup_rows = as_items(terms[0]);
  for (size_t i = 1; i < terms.size(); ++i) {
    values next;
    for (auto& row : list_lookup_rows)
      for (auto& x : as_items(terms[i])) {
        if (auto ok = e.run_state().spend(); !ok)
          return ok.why();
        if (!may_make_row(i + 1))
          return values{};
        next.push_back(list_of(opened({row, x})));
      }
    list_lookup_rows = std::move(next);
  }
  values out;
  for (auto& row : list_lookup_rows)
    out.push_back(
      list_of(row.is_list() ? opened(row.as_list().items) : values{row}));
  return out;
}

result<values> random_choice(evaluator&, const values& terms,
                             const bound_arguments&) {
  if (terms.empty())
    return values{};
  return values{terms[mersenne::unseeded().below(terms.size())]};
}

// -- subelements --------------------------------------------------------------

bool was_skipped(const value& x) {
  auto* flag = x.find("skipped");
  return flag && !(*flag == value{false});
}

/// The list that `path` leads to inside `item`; its key falls out of the
/// innermost dict, which is what the results show.
result<std::optional<value>> take_inner(value& item,
                                        const std::vector<std::string>& path,
                                        bool skip_missing) {
  auto* at = &item;
  for (size_t i = 0; i < path.size(); ++i) {
    auto* found = at->is_dict() ? at->as_dict().find(path[i]) : nullptr;
    auto last = i + 1 == path.size();
    auto fits = found && (last ? found->is_list() : found->is_dict());
    if (!fits && skip_missing && !(found && last))
      return std::optional<value>{};
    if (!found)
      return lookup_failure("could not find '{}' key in iterated item '{}'",
                            path[i], to_repr(*at));
    if (!fits)
      return lookup_failure("the key {} should point to a {}, got '{}'",
                            path[i], last ? "list" : "dictionary",
                            to_repr(*found));
    if (last) {
      auto out = *found;
      at->as_dict().erase(path[i]);
      return std::optional{out};
    }
    at = found;
  }
  return std::optional<value>{};
}

result<values> subelements(evaluator&, const values& terms,
                           const bound_arguments&) {
  constexpr auto wanted
    = "subelements lookup expects a list of two or three items, ";
  if (terms.size() < 2 || terms.size() > 3)
    return lookup_failure("{}", wanted);
  // One thing alone is a list of it.
  auto whole = terms[0].is_list() || terms[0].is_dict()
                 ? terms[0]
                 : list_of(values{terms[0]});
  if (!terms[1].is_text())
    return lookup_failure("{}first a dict or a list, second a string pointing "
                          "to the subkey",
                          wanted);
  if (terms.size() == 3 && !terms[2].is_dict())
    return lookup_failure("{}the optional third item must be a dict with flags "
                          "skip_missing",
                          wanted);
  std::vector<std::string> path;
  std::string_view rest = terms[1].as_string();
  for (;;) {
    auto end = std::min(rest.find('.'), rest.size());
    path.emplace_back(rest.substr(0, end));
    if (end == rest.size())
      break;
    rest.remove_prefix(end + 1);
  }
  auto skip_missing = false;
  if (terms.size() == 3)
    if (auto* flag = terms[2].find("skip_missing"))
      skip_missing = truthy(*flag);
  values all;
  if (whole.is_dict()) {
    if (was_skipped(whole))
      return values{};
    for (auto& [key, x] : whole.as_dict())
      all.push_back(x);
  } else {
    all = whole.as_list().items;
  }
  values out;
  for (auto& x : all) {
    if (!x.is_dict())
      return lookup_failure("subelements lookup expects a dictionary, got '{}'",
                            to_display(x));
    if (was_skipped(x))
      continue;
    auto item = x.deep_copy();
    auto inner = take_inner(item, path, skip_missing);
    if (!inner)
      return inner.why();
    if (*inner)
      for (auto& y : (*inner)->as_list())
        if (may_make_row(2))
          out.push_back(tuple_of({item, y}));
  }
  return out;
}

// -- sequence -----------------------------------------------------------------

struct sequence_plan {
  int64_t start = 1;
  int64_t stride = 1;
  std::optional<int64_t> end;
  std::optional<int64_t> count;
  std::string format = "%d";
};

result<int64_t> number_of(std::string_view name, std::string_view x) {
  auto n = parse_integer(x, 0);
  if (!n || !n->to_int())
    return lookup_failure("can't parse {}={} as integer", name, x);
  return *n->to_int();
}

result<bool> read_short(std::string_view term, sequence_plan& out) {
  auto pattern = regex::get("((0?x?[0-9a-f]+)-)?(0?x?[0-9a-f]+)"
                            "(/(0?x?[0-9a-f]+))?(:(.+))?$",
                            {true, false});
  if (!pattern)
    return pattern.why();
  auto found = (*pattern)->find(term, 0, true);
  if (!found)
    return found.why();
  if (!*found)
    return false;
  auto& groups = (*found)->groups;
  if (groups[2]) {
    auto n = number_of("start", *groups[2]);
    if (!n)
      return n.why();
    out.start = *n;
  }
  auto end = number_of("end", *groups[3]);
  if (!end)
    return end.why();
  out.end = *end;
  if (groups[5]) {
    auto n = number_of("stride", *groups[5]);
    if (!n)
      return n.why();
    out.stride = *n;
  }
  if (groups[7])
    out.format = *groups[7];
  return true;
}

result<void> read_words(std::string_view term, sequence_plan& out) {
  for (auto& [key, x] : key_value_words(term)) {
    auto name = key.as_string();
    if (name == "format") {
      out.format = x.as_string();
      continue;
    }
    if (name != "start" && name != "end" && name != "count" && name != "stride")
      return lookup_failure("unrecognized arguments to with_sequence: {}",
                            to_repr(value{list{value{name}}}));
    auto n = number_of(name, x.as_string());
    if (!n)
      return n.why();
    if (name == "start")
      out.start = *n;
    else if (name == "end")
      out.end = *n;
    else if (name == "count")
      out.count = *n;
    else
      out.stride = *n;
  }
  return {};
}

result<void> check(sequence_plan& plan) {
  if (!plan.count && !plan.end)
    return lookup_failure("must specify count or end in with_sequence");
  if (plan.count && plan.end)
    return lookup_failure("can't specify both count and end in with_sequence");
  if (plan.count && *plan.count == 0)
    plan.start = plan.stride = 0;
  if (plan.count) {
    int64_t width = 0;
    if (__builtin_mul_overflow(*plan.count, plan.stride, &width)
        || width > INT64_MAX / 2 || width < INT64_MIN / 2)
      return lookup_failure("the sequence is too long");
    plan.end = *plan.count == 0 ? 0 : plan.start + width - 1;
  }
  if (plan.stride > 0 && *plan.end < plan.start)
    return lookup_failure("to count backwards make stride negative");
  if (plan.stride < 0 && *plan.end > plan.start)
    return lookup_failure("to count forward don't make stride negative");
  if (std::count(plan.format.begin(), plan.format.end(), '%') != 1)
    return lookup_failure("bad formatting string: {}", plan.format);
  return {};
}

result<values> sequence(evaluator& e, const values& terms,
                        const bound_arguments&) {
  values out;
  for (auto& term : terms) {
    auto text = term_text(term);
    if (!text)
      return text.why();
    sequence_plan plan;
    auto brief = read_short(*text, plan);
    if (!brief)
      return brief.why();
    if (!*brief)
      if (auto ok = read_words(*text, plan); !ok)
        return ok.why();
    if (auto ok = check(plan); !ok)
      return ok.why();
    if (plan.stride == 0)
      continue;
    for (auto n = plan.start; plan.stride > 0 ? n <= *plan.end : n >= *plan.end;
         n += plan.stride) {
      if (auto ok = e.run_state().spend(); !ok)
        return ok.why();
      auto shown = percent_format(plan.format, value{n});
      if (!shown)
        return lookup_failure("problem formatting {} with '{}'", n,
                              plan.format);
      if (!work_meter::make(weight(*shown)))
        return out;
      out.push_back(std::move(*shown));
    }
  }
  return out;
}

constexpr lookup_row list_lookup_rows[] = {
  {"items", "**named", items},
  {"list", "**named", list_lookup},
  {"dict", "**named", dict_lookup},
  {"indexed_items", "**named", indexed},
  {"together", "**named", together},
  {"nested", "**named", nested},
  {"random_choice", "**named", random_choice},
  {"subelements", "**named", subelements},
  {"sequence", "**named", sequence},
};

} // namespace

std::span<const lookup_row> list_lookups() {
  return list_lookup_rows;
}

} // namespace troupe
