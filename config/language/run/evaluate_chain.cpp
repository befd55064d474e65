#include "config/language/library/tables.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/run/evaluator.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

/// What a step leads to where that is kept: an entry of a dict, an attribute
/// of an object; otherwise null.
inline const value* evaluator::peek_step(const step& x, const value& from) {
  if (x.kind == step_kind::attribute) {
    auto& member = static_cast<const attribute_step&>(x);
    if (from.is_object())
      return from.as_object()->kept_attribute(member.name);
    if (!member.plain || !from.is_dict())
      return nullptr;
    auto* found = from.as_dict().find(member.key());
    return found ? found : &member.missing;
  }
  if (x.kind != step_kind::item)
    return nullptr;
  auto& item = static_cast<const item_step&>(x);
  return item.name ? from.find(item.key()) : nullptr;
}

/// What a chain of names leads to, such as `loop.index`; null when something of
/// it has to be worked out.
const value* evaluator::find_kept(const chain_node& x) const {
  if (!x.head || x.head->kind != expression_kind::name)
    return nullptr;
  auto& head = static_cast<const name_node&>(*x.head);
  if (is_hostvars(head))
    return nullptr;
  auto* at = &named(head);
  for (auto& each : x.steps)
    if (!(at = peek_step(*each, *at)))
      return nullptr;
  return at;
}

namespace {

/// How many of the first two steps lead to what is kept in `hostvars`: a host,
/// and a name of it.
size_t steps_into_hosts(const chain_node& x) {
  constexpr size_t most = 2;
  size_t out = 0;
  while (out < most && out < x.steps.size()) {
    auto kind = x.steps[out]->kind;
    auto calls
      = out + 1 < x.steps.size() && x.steps[out + 1]->kind == step_kind::call;
    if ((kind != step_kind::attribute && kind != step_kind::item) || calls)
      break;
    ++out;
  }
  return out;
}

bool leads_to_hosts(const chain_node& x) {
  return x.head && x.head->kind == expression_kind::name
         && is_hostvars(static_cast<const name_node&>(*x.head));
}

/// This host where `hosts` has it under another one of its names; null: `name`
/// is none of those, or is there itself.
const value* other_name_of_here(const value& hosts, std::string_view name) {
  constexpr std::string_view here[] = {"localhost", "127.0.0.1", "::1"};
  if (std::find(std::begin(here), std::end(here), name) == std::end(here)
      || !hosts.is_dict() || hosts.as_dict().find(name))
    return nullptr;
  for (auto each : here)
    if (auto* found = hosts.as_dict().find(each))
      return found;
  return nullptr;
}

} // namespace

result<void> evaluator::find_chain(const chain_node& x, operand& at) {
  size_t known = 0;
  if (leads_to_hosts(x)) {
    // Only what is taken out counts, not what else is known of hosts.
    at.refer(named(static_cast<const name_node&>(*x.head)));
    known = steps_into_hosts(x);
    if (auto ok = follow(x, 0, known, at); !ok)
      return ok;
    run_.unsafe |= holds_unsafe(*at);
  } else if (auto ok = find(*x.head, at); !ok) {
    return ok;
  }
  return follow(x, known, x.steps.size(), at);
}

namespace {

/// Where step `i` of a chain has gone wrong: what is asked of a value that is
/// not there is not to blame for it, but what stands in front.
source_position place_of_failure(const chain_node& x, size_t i,
                                 const operand& at) {
  if (!at->is_undefined())
    return x.steps[i]->at;
  return i > 0 ? x.steps[i - 1]->at : x.head ? x.head->at : x.steps[i]->at;
}

/// Has the first step of a chain that leads to nothing say why, where that is
/// known of the name in front: facts that nobody has collected.
void tell_why_missing(const chain_node& x, const variables& names,
                      operand& at) {
  if (!x.head || x.head->kind != expression_kind::name)
    return;
  constexpr std::string_view facts{"ansible_facts"};
  if (static_cast<const name_node&>(*x.head).id != facts)
    return;
  auto& info = at->as_undefined();
  auto why = names.why_missing(facts);
  if (info.message.empty() || why.empty())
    return;
  at.keep(value::undefined(
    undefined_info{info.message + why, info.name, info.lenient, info.where}));
}

} // namespace

/// What a step looks up, where that can be told again without doing anything.
const value* evaluator::peek_key(const step& x) const {
  if (x.kind != step_kind::item)
    return nullptr;
  auto& index = *static_cast<const item_step&>(x).index;
  if (index.kind == expression_kind::constant)
    return &static_cast<const constant_node&>(index).x;
  if (index.kind == expression_kind::name)
    return &named(static_cast<const name_node&>(index));
  return nullptr;
}

namespace {

/// What to say of `key`, which `all` has not got; `all` is what is called
/// `name`, or empty.
std::string near_key(const dict& all, std::string_view key,
                     std::string_view name) {
  // Each of thousands of hosts may ask for another one of them.
  constexpr size_t most = 1000;
  std::vector<std::string> keys;
  if (all.size() <= most)
    for (auto& [each, x] : all)
      keys.push_back(to_display(each));
  auto out = did_you_mean(key, keys);
  if (out.empty() && name == "hostvars")
    return "; no host is called so";
  if (out.empty() && name == "groups")
    return "; no group is called so";
  if (auto* skipped = all.find("skipped");
      out.empty() && !name.empty() && skipped && *skipped == value{true})
    return fmt::format("; '{}' is what a task has registered that was skipped",
                       name);
  return out;
}

} // namespace

std::string evaluator::near_step(const expression& x, size_t count) const {
  if (x.kind != expression_kind::chain)
    return {};
  auto& chain = static_cast<const chain_node&>(x);
  if (!chain.head || chain.head->kind != expression_kind::name)
    return {};
  auto& head = static_cast<const name_node&>(*chain.head);
  auto* at = &named(head);
  std::string hint;
  for (size_t i = 0; i < count; ++i) {
    auto& each = *chain.steps[i];
    auto* key = peek_key(each);
    auto attribute = each.kind == step_kind::attribute;
    if (!attribute && !(key && key->is_text()))
      return {};
    // What follows may lead anywhere, but not away from what is missing.
    if (!at)
      continue;
    auto& name = attribute ? static_cast<const attribute_step&>(each).name
                           : key->as_string();
    if (!at->is_dict())
      return {};
    auto& all = at->as_dict();
    auto* found = all.find(name);
    // A method is no name that is missing.
    if (!found && find_method(*at, name))
      return {};
    at = found;
    if (!at)
      hint = near_key(all, name, i == 0 ? std::string_view{head.id} : "");
  }
  return hint;
}

error evaluator::hinted(error problem, const expression& x,
                        size_t count) const {
  if (problem.code == errc::undefined && problem.undefined().empty())
    problem.message += near_step(x, count);
  return problem;
}

error evaluator::hinted(error problem, const expression& x) const {
  auto chain = x.kind == expression_kind::chain;
  return hinted(std::move(problem), x,
                chain ? static_cast<const chain_node&>(x).steps.size() : 0);
}

/// Takes the steps from number `from` on up to number `to`.
result<void> evaluator::follow(const chain_node& x, size_t from, size_t to,
                               operand& at) {
  for (auto i = from; i < to; ++i) {
    auto& step = *x.steps[i];
    auto* host = i == 0 && leads_to_hosts(x) ? peek_key(step) : nullptr;
    if (host && host->is_text())
      if (auto* same = other_name_of_here(*at, host->as_string())) {
        at.refer(*same);
        continue;
      }
    if (auto* next = peek_step(step, *at)) {
      at.refer(*next);
      if (i == 0 && at->is_undefined())
        tell_why_missing(x, run_.names(), at);
      continue;
    }
    // A method is called without making an object of it first.
    auto calls = i + 1 < to && x.steps[i + 1]->kind == step_kind::call;
    auto* method
      = calls && step.kind == step_kind::attribute
          ? find_method(*at, static_cast<const attribute_step&>(step).name)
          : nullptr;
    auto y = method ? run_method(
               *method, static_cast<const call_step&>(*x.steps[++i]), at)
                    : run_step(step, at);
    auto ok = y ? run_.left().made(*y) : y.why();
    if (!ok)
      return placed(at->is_undefined() ? hinted(ok.why(), x, i) : ok.why(),
                    place_of_failure(x, i, at));
    at.keep(std::move(*y));
    if (i == 0 && at->is_undefined())
      tell_why_missing(x, run_.names(), at);
  }
  return {};
}

namespace {

/// Counts what it takes to go through `x` once.
void count_breadth(const value& x) {
  auto size = x.is_text()   ? x.as_string().size() / 16
              : x.is_list() ? x.as_list().size()
              : x.is_dict() ? x.as_dict().size()
                            : 0;
  work_meter::visit(size / 4 + 1);
}

} // namespace

result<value> evaluator::run_step(const step& x, operand& at) {
  switch (x.kind) {
  case step_kind::attribute:
    return get_attribute(*this, *at,
                         static_cast<const attribute_step&>(x).name);
  case step_kind::item:
    return run_item(*static_cast<const item_step&>(x).index, at);
  case step_kind::call: {
    at.hold();
    auto given = evaluate_arguments(static_cast<const call_step&>(x).arguments);
    return given ? call(*at, std::move(*given)) : given.why();
  }
  case step_kind::filter:
    return run_filter(static_cast<const filter_step&>(x), at);
  case step_kind::test: {
    auto yes = run_test(static_cast<const test_step&>(x), at);
    return yes ? result<value>{*yes} : yes.why();
  }
  }
  return value{};
}

result<value> evaluator::run_item(const expression& index, operand& at) {
  if (index.kind == expression_kind::constant)
    return get_item(*this, *at, static_cast<const constant_node&>(index).x);
  at.hold();
  if (index.kind == expression_kind::slice)
    return evaluate_slice(*at, static_cast<const slice_node&>(index));
  auto i = evaluate(index);
  return i ? get_item(*this, *at, *i) : i;
}

result<value> evaluator::run_method(const method_row& row, const call_step& x,
                                    operand& at) {
  auto& self = at.hold();
  bound_arguments with;
  if (auto ok = bind(row.name, parameters_of(row), x.arguments, with); !ok)
    return ok.why();
  // Those count themselves what they look at, and what they take in stays.
  auto counts = self.is_list() || self.is_dict();
  if (!counts)
    count_breadth(self);
  auto mark = run_.left().mark();
  auto y = row.run(*this, self, with);
  if (!counts)
    run_.left().settle(mark);
  drop(with);
  return y;
}

result<value> evaluator::run_filter(const filter_step& x, operand& at) {
  auto run = [&](const bound_arguments& with) {
    count_breadth(*at);
    auto mark = run_.left().mark();
    auto y = x.row->run(*this, *at, with);
    run_.left().settle(mark);
    return y;
  };
  if (x.bound)
    return run(*x.bound);
  at.hold();
  bound_arguments with;
  if (auto ok = bind(x.row->name, *x.parameters, x.arguments, with); !ok)
    return ok.why();
  auto y = run(with);
  drop(with);
  return y;
}

result<bool> evaluator::run_test(const test_step& x, operand& at) {
  auto ask = [&](const bound_arguments& with) -> result<bool> {
    work_meter::visit();
    auto yes = x.row->run(*this, *at, with);
    return yes ? result<bool>{*yes != x.negated} : yes;
  };
  if (x.bound)
    return ask(*x.bound);
  at.hold();
  bound_arguments with;
  if (auto ok = bind(x.row->name, *x.parameters, x.arguments, with); !ok)
    return ok.why();
  auto yes = ask(with);
  drop(with);
  return yes;
}

} // namespace troupe
