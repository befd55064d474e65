#include "config/language/python/convert.hpp"
#include "config/language/run/evaluator.hpp"
#include "config/language/run/objects.hpp"

namespace troupe {

/// A macro that sees the names of this function and of those around it.
value evaluator::make_macro(const macro_syntax& macro) {
  for (auto frame = frame_; frame; frame = frame->outer)
    run_.forget_later(frame);
  run_.forget_later(context_);
  return make_object<macro_object>(macro, home_, context_, frame_);
}

result<void> evaluator::run_macro(const macro_node& x) {
  auto macro = make_macro(x.macro);
  slot(x.ref) = macro;
  if (x.exported)
    export_name(x.macro.name, macro);
  return {};
}

result<void> evaluator::run_call_block(const call_block_node& x,
                                       printed_output& out) {
  auto& chain = static_cast<const chain_node&>(*x.call);
  auto& last = static_cast<const call_step&>(*chain.steps.back());
  operand callee{run_.left()};
  if (auto ok = find(*chain.head, callee); !ok)
    return ok;
  if (auto ok = follow(chain, 0, chain.steps.size() - 1, callee); !ok)
    return ok;
  callee.hold();
  auto given = evaluate_arguments(last.arguments);
  if (!given)
    return placed(given.why(), last.at);
  given->named.emplace_back("caller", make_macro(x.macro));
  auto y = call(*callee, std::move(*given));
  if (!y)
    return placed(y.why(), last.at);
  if (parent_)
    return {};
  return show(*y, out);
}

namespace {

value taken(call_arguments& from, std::string_view name) {
  for (auto i = from.named.begin(); i != from.named.end(); ++i)
    if (i->first == name) {
      auto x = std::move(i->second);
      from.named.erase(i);
      return x;
    }
  return missing_value();
}

} // namespace

/// Gives the parameters of a macro, and the names it has for all other
/// arguments, what a call hands over.
result<void> evaluator::take_arguments(const macro_syntax& macro,
                                       call_arguments given) {
  auto& slots = frame_->slots;
  auto count = macro.parameters.size();
  for (size_t i = 0; i < count && i < given.positional.size(); ++i)
    slots[macro.parameter_slots[i]] = given.positional[i];
  for (auto i = given.positional.size(); i < count; ++i)
    slots[macro.parameter_slots[i]] = taken(given, macro.parameters[i]);
  if (macro.takes_caller) {
    auto caller = taken(given, "caller");
    slots[macro.caller_slot]
      = is_missing(caller) ? value::undefined("No caller defined") : caller;
  }
  if (macro.takes_named) {
    dict rest;
    for (auto& [name, x] : given.named)
      rest.set(name, x);
    slots[macro.named_slot] = value{std::move(rest)};
  } else if (!given.named.empty()) {
    auto& name = given.named.front().first;
    if (name == "caller")
      return failure(errc::type,
                     "macro '{}' was invoked with two values for the special "
                     "caller argument. This is most likely a bug.",
                     macro.name);
    return failure(errc::type, "macro '{}' takes no keyword argument '{}'",
                   macro.name, name);
  }
  std::vector<value> rest;
  if (given.positional.size() > count)
    rest.assign(given.positional.begin() + static_cast<ptrdiff_t>(count),
                given.positional.end());
  if (macro.takes_rest)
    slots[macro.rest_slot] = tuple_of(std::move(rest));
  else if (!rest.empty())
    return failure(errc::type, "macro '{}' takes not more than {} argument(s)",
                   macro.name, count);
  return {};
}

/// Gives the parameters that were not handed over what stands for them.
result<void> evaluator::take_defaults(const macro_syntax& macro) {
  auto& slots = frame_->slots;
  auto first = macro.parameters.size() - macro.defaults.size();
  for (size_t i = 0; i < macro.parameters.size(); ++i) {
    if (!is_missing(slots[macro.parameter_slots[i]]))
      continue;
    auto x = i < first ? value::undefined(fmt::format(
               "parameter '{}' was not provided", macro.parameters[i]))
                       : evaluate(*macro.defaults[i - first]);
    if (!x)
      return x.why();
    slots[macro.parameter_slots[i]] = std::move(*x);
  }
  return {};
}

result<value> evaluator::invoke(const macro_syntax& macro,
                                call_arguments given) {
  auto ok = take_arguments(macro, std::move(given));
  if (ok)
    ok = enter(macro.function.scope);
  if (ok)
    ok = take_defaults(macro);
  return ok ? render_body(macro.body) : ok.why();
}

} // namespace troupe
