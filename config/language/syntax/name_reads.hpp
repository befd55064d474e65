#pragma once

#include "config/language/syntax/syntax.hpp"

namespace troupe {

/// Calls `see(name_node&)` for every name that `x` reads.
template <class F>
void each_name(expression* x, F& see);

template <class F>
void each_name(arguments_syntax& x, F& see) {
  for (auto& y : x.positional)
    each_name(y.get(), see);
  for (auto& [name, y] : x.named)
    each_name(y.get(), see);
  each_name(x.star.get(), see);
  each_name(x.double_star.get(), see);
}

/// Calls `see(node)` for every node directly below `x`.
template <class F>
void each_child(expression& x, F&& see) {
  using kind = expression_kind;
  switch (x.kind) {
  case kind::constant:
  case kind::name:
    return;
  case kind::sequence:
    for (auto& y : static_cast<sequence_node&>(x).items)
      see(y.get());
    return;
  case kind::dictionary:
    for (auto& [key, y] : static_cast<dictionary_node&>(x).entries) {
      see(key.get());
      see(y.get());
    }
    return;
  case kind::negate:
  case kind::plus:
  case kind::invert:
    return see(static_cast<unary_node&>(x).operand.get());
  case kind::arithmetic:
  case kind::both:
  case kind::either:
    see(static_cast<binary_node&>(x).left.get());
    return see(static_cast<binary_node&>(x).right.get());
  case kind::compare:
    see(static_cast<compare_node&>(x).first.get());
    for (auto& [op, y] : static_cast<compare_node&>(x).rest)
      see(y.get());
    return;
  case kind::concat:
    for (auto& y : static_cast<concat_node&>(x).items)
      see(y.get());
    return;
  case kind::choice:
    see(static_cast<choice_node&>(x).test.get());
    see(static_cast<choice_node&>(x).then.get());
    return see(static_cast<choice_node&>(x).otherwise.get());
  case kind::attribute:
    return see(static_cast<attribute_node&>(x).object.get());
  case kind::item:
    see(static_cast<item_node&>(x).object.get());
    return see(static_cast<item_node&>(x).index.get());
  case kind::slice:
    see(static_cast<slice_node&>(x).from.get());
    see(static_cast<slice_node&>(x).to.get());
    return see(static_cast<slice_node&>(x).step.get());
  case kind::call:
    return see(static_cast<call_node&>(x).callee.get());
  case kind::filter:
    return see(static_cast<filter_node&>(x).input.get());
  case kind::test:
    return see(static_cast<test_node&>(x).input.get());
  }
}

template <class F>
void each_name(expression* x, F& see) {
  if (!x)
    return;
  if (x->kind == expression_kind::name)
    return see(static_cast<name_node&>(*x));
  each_child(*x, [&](expression* y) { each_name(y, see); });
  if (x->kind == expression_kind::call)
    each_name(static_cast<call_node&>(*x).arguments, see);
  else if (x->kind == expression_kind::filter)
    each_name(static_cast<filter_node&>(*x).arguments, see);
  else if (x->kind == expression_kind::test)
    each_name(static_cast<test_node&>(*x).arguments, see);
}

/// Whether `body` reads `name` before it assigns to it. Blocks are left out:
/// they are functions of their own.
bool reads_name(const statement_body& body, std::string_view name);

} // namespace troupe
