#pragma once

#include "config/language/syntax/syntax.hpp"

namespace troupe {

/// Calls `see(expression_ptr&)` for all arguments.
template <class F>
void each_argument(arguments_syntax& x, F& see) {
  for (auto& y : x.positional)
    see(y);
  for (auto& [name, y] : x.named)
    see(y);
  see(x.star);
  see(x.double_star);
}

/// Calls `see(expression_ptr&)` for what a step of a chain works out.
template <class F>
void each_child(step& x, F& see) {
  switch (x.kind) {
  case step_kind::attribute:
    return;
  case step_kind::item:
    return see(static_cast<item_step&>(x).index);
  case step_kind::call:
    return each_argument(static_cast<call_step&>(x).arguments, see);
  case step_kind::filter:
    return each_argument(static_cast<filter_step&>(x).arguments, see);
  case step_kind::test:
    return each_argument(static_cast<test_step&>(x).arguments, see);
  }
}

/// Calls `see(expression_ptr&)` for every node directly below `x`, also where
/// there is none.
template <class F>
void each_child(expression& x, F see) {
  using kind = expression_kind;
  switch (x.kind) {
  case kind::constant:
  case kind::name:
    return;
  case kind::sequence:
    for (auto& y : static_cast<sequence_node&>(x).items)
      see(y);
    return;
  case kind::dictionary:
    for (auto& [key, y] : static_cast<dictionary_node&>(x).entries) {
      see(key);
      see(y);
    }
    return;
  case kind::negate:
  case kind::plus:
  case kind::invert:
    return see(static_cast<unary_node&>(x).operand);
  case kind::arithmetic:
    see(static_cast<arithmetic_node&>(x).first);
    for (auto& each : static_cast<arithmetic_node&>(x).rest)
      see(each.operand);
    return;
  case kind::both:
  case kind::either:
    for (auto& y : static_cast<logic_node&>(x).items)
      see(y);
    return;
  case kind::compare:
    see(static_cast<compare_node&>(x).first);
    for (auto& [op, y] : static_cast<compare_node&>(x).rest)
      see(y);
    return;
  case kind::concat:
    for (auto& y : static_cast<concat_node&>(x).items)
      see(y);
    return;
  case kind::choice:
    for (auto& y : static_cast<choice_node&>(x).tests)
      see(y);
    see(static_cast<choice_node&>(x).then);
    return see(static_cast<choice_node&>(x).otherwise);
  case kind::chain:
    see(static_cast<chain_node&>(x).head);
    for (auto& y : static_cast<chain_node&>(x).steps)
      each_child(*y, see);
    return;
  case kind::slice:
    see(static_cast<slice_node&>(x).from);
    see(static_cast<slice_node&>(x).to);
    return see(static_cast<slice_node&>(x).step);
  }
}

/// Calls `see(name_node&)` for every name that `x` reads.
template <class F>
void each_name(expression* x, F& see) {
  if (!x)
    return;
  if (x->kind == expression_kind::name)
    return see(static_cast<name_node&>(*x));
  each_child(*x, [&](expression_ptr& y) { each_name(y.get(), see); });
}

/// Whether `body` reads `name` before it assigns to it. Blocks are left out:
/// they are functions of their own.
bool reads_name(const statement_body& body, std::string_view name);

} // namespace troupe
