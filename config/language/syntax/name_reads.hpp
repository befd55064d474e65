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

/// Those of `each_part` that name another template.
template <class Visitor>
void each_reference(const statement& x, Visitor& to) {
  using kind = statement_kind;
  switch (x.kind) {
  case kind::include:
    return to.read(static_cast<const include_node&>(x).name);
  case kind::extends:
    return to.read(static_cast<const extends_node&>(x).name);
  case kind::import:
    to.read(static_cast<const import_node&>(x).name);
    return to.assign(static_cast<const import_node&>(x).target);
  case kind::from_import:
    to.read(static_cast<const from_import_node&>(x).name);
    for (auto& [name, target] : static_cast<const from_import_node&>(x).names)
      to.assign(target);
    return;
  default:
    return;
  }
}

/// Shows a visitor what is directly below a statement, in the order in which it
/// comes to pass: `read(expression_ptr)`, `assign(target_syntax)`,
/// `body(statement_body)`, `define(macro_syntax)`, `call(macro_syntax)` for
/// what a call block brings along, and `block(block_node)`.
template <class Visitor>
void each_part(const statement& x, Visitor& to) {
  using kind = statement_kind;
  switch (x.kind) {
  case kind::output:
    return to.read(static_cast<const output_node&>(x).shown);
  case kind::branch:
    for (auto& [test, inner] : static_cast<const branch_node&>(x).branches) {
      to.read(test);
      to.body(inner);
    }
    return to.body(static_cast<const branch_node&>(x).otherwise);
  case kind::loop: {
    auto& loop = static_cast<const loop_node&>(x);
    to.assign(loop.target);
    to.read(loop.over);
    to.body(loop.body);
    to.body(loop.otherwise);
    to.assign(loop.test_target);
    return to.read(loop.test);
  }
  case kind::assign:
    to.assign(static_cast<const assign_node&>(x).target);
    return to.read(static_cast<const assign_node&>(x).x);
  case kind::assign_block:
    to.assign(static_cast<const assign_block_node&>(x).target);
    to.read(static_cast<const assign_block_node&>(x).filter);
    return to.body(static_cast<const assign_block_node&>(x).body);
  case kind::macro:
    return to.define(static_cast<const macro_node&>(x).macro);
  case kind::call_block:
    to.read(static_cast<const call_block_node&>(x).call);
    return to.call(static_cast<const call_block_node&>(x).macro);
  case kind::filter_block:
    to.body(static_cast<const filter_block_node&>(x).body);
    return to.read(static_cast<const filter_block_node&>(x).filter);
  case kind::with:
    for (auto& [target, y] : static_cast<const with_node&>(x).names) {
      to.assign(target);
      to.read(y);
    }
    return to.body(static_cast<const with_node&>(x).body);
  case kind::scope:
    return to.body(static_cast<const scope_node&>(x).body);
  case kind::block:
    return to.block(static_cast<const block_node&>(x));
  default:
    return each_reference(x, to);
  }
}

/// Whether `body` reads `name` before it assigns to it. Blocks are left out:
/// they are functions of their own.
bool reads_name(const statement_body& body, std::string_view name);

} // namespace troupe
