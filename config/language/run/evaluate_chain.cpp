#include "config/language/library/tables.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/run/evaluator.hpp"

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

} // namespace

result<void> evaluator::find_chain(const chain_node& x, operand& at) {
  size_t known = 0;
  auto hosts = x.head && x.head->kind == expression_kind::name
               && is_hostvars(static_cast<const name_node&>(*x.head));
  if (hosts) {
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

/// Takes the steps from number `from` on up to number `to`.
result<void> evaluator::follow(const chain_node& x, size_t from, size_t to,
                               operand& at) {
  for (auto i = from; i < to; ++i) {
    auto& step = *x.steps[i];
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
      return placed(ok.why(), place_of_failure(x, i, at));
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
