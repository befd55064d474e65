#include "config/language/language.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/run/containment.hpp"
#include "config/language/run/evaluator.hpp"
#include "config/language/run/objects.hpp"
#include "config/value/nearest.hpp"

namespace troupe {

/// Runs what most statements are, at once: template text, and printing text or
/// a number that a name or an attribute stands for. False when it is not that;
/// then nothing was done. Within `run`: the compiler would call it, and with it
/// all that it puts.
[[gnu::always_inline]] inline bool evaluator::run_plain(const statement& x,
                                                        printed_output& out) {
  // Behind `extends` only the parent prints.
  if (parent_)
    return false;
  if (x.kind == statement_kind::data)
    return out.put_plain_text(static_cast<const data_node&>(x).bytes);
  if (x.kind != statement_kind::output)
    return false;
  auto& shown = *static_cast<const output_node&>(x).shown;
  if (shown.kind == expression_kind::name)
    return out.put_plain(named(static_cast<const name_node&>(shown)));
  if (shown.kind != expression_kind::chain)
    return false;
  auto* kept = find_kept(static_cast<const chain_node&>(shown));
  return kept && out.put_plain(*kept);
}

/// What of a branch is to be run where flags alone decide on it, as they mostly
/// do; null when `x` is anything else.
inline const statement_body*
evaluator::chosen_by_flags(const statement& x) const {
  if (x.kind != statement_kind::branch)
    return nullptr;
  auto& branch = static_cast<const branch_node&>(x);
  for (auto& [test, body] : branch.branches) {
    auto* y = flag(*test);
    if (!y)
      return nullptr;
    if (y->as_bool())
      return &body;
  }
  return &branch.otherwise;
}

result<void> evaluator::run(const statement_body& body, printed_output& out) {
  if (auto ok = run_.check_stack(); !ok)
    return ok;
  for (auto& x : body) {
    if (run_plain(*x, out))
      continue;
    auto* chosen = chosen_by_flags(*x);
    if (chosen && chosen->empty())
      continue;
    if (auto ok = chosen ? run(*chosen, out) : run_one(*x, out); !ok)
      return ok;
  }
  return {};
}

result<void> evaluator::run_one(const statement& x, printed_output& out) {
  using kind = statement_kind;
  switch (x.kind) {
  case kind::data:
    return run_data(static_cast<const data_node&>(x), out);
  case kind::output:
    return run_output(static_cast<const output_node&>(x), out);
  case kind::branch:
    return run_branch(static_cast<const branch_node&>(x), out);
  case kind::loop:
    return run_loop(static_cast<const loop_node&>(x), out);
  case kind::assign:
    return run_assign(static_cast<const assign_node&>(x));
  case kind::assign_block:
    return run_assign_block(static_cast<const assign_block_node&>(x));
  case kind::macro:
    return run_macro(static_cast<const macro_node&>(x));
  case kind::call_block:
    return run_call_block(static_cast<const call_block_node&>(x), out);
  case kind::filter_block:
    return run_filter_block(static_cast<const filter_block_node&>(x), out);
  case kind::include:
    return run_include(static_cast<const include_node&>(x), out);
  case kind::import:
    return run_import(static_cast<const import_node&>(x));
  case kind::from_import:
    return run_from_import(static_cast<const from_import_node&>(x));
  case kind::extends:
    return run_extends(static_cast<const extends_node&>(x));
  case kind::block:
    return run_block(static_cast<const block_node&>(x), out);
  case kind::with:
    return run_with(static_cast<const with_node&>(x), out);
  case kind::scope: {
    auto& node = static_cast<const scope_node&>(x);
    if (auto ok = enter(node.scope); !ok)
      return ok;
    return run(node.body, out);
  }
  }
  return {};
}

namespace {

/// The undefined value that printing `x` stumbles over, or null.
const value* find_undefined(const value& x) {
  if (x.is_undefined())
    return is_strict_undefined(x) ? &x : nullptr;
  if (x.is_list()) {
    if (!work_meter::visit(x.as_list().size() / 8 + 1))
      return nullptr;
    for (auto& y : x.as_list())
      if (auto* found = find_undefined(y))
        return found;
  } else if (x.is_dict()) {
    if (!work_meter::visit(x.as_dict().size() / 8 + 1))
      return nullptr;
    for (auto& [key, y] : x.as_dict())
      if (auto* found = find_undefined(y))
        return found;
  }
  return nullptr;
}

/// Views of dicts and ranges are printed as lists; a loop is run to its end.
std::optional<std::vector<value>> unrolled(const value& x) {
  if (x.is_list() && x.as_list().kind > list::form::tuple)
    return x.as_list().items;
  if (!x.is_object())
    return std::nullopt;
  if (auto* range = dynamic_cast<const range_object*>(x.as_object().get()))
    return range->items();
  if (auto* loop = dynamic_cast<loop_object*>(x.as_object().get()))
    return loop->take_rest(x);
  return std::nullopt;
}

} // namespace

result<void> evaluator::show(const value& x, printed_output& out) {
  // What nearly everything is: nothing to look into.
  if (x.is_text() || x.is_integer() || x.is_bool())
    return out.put(x);
  if (auto items = unrolled(x))
    return show(list_of(std::move(*items)), out);
  if (auto* bad = find_undefined(x))
    return undefined_error(*bad);
  if (x.is_null() || x.is_undefined())
    return out.put(value{""});
  return out.put(x);
}

result<void> evaluator::run_data(const data_node& x, printed_output& out) {
  return parent_ ? result<void>{} : out.put(value{x.bytes});
}

result<void> evaluator::run_output(const output_node& x, printed_output& out) {
  if (parent_)
    return {};
  auto& shown = *x.shown;
  if (shown.kind == expression_kind::chain
      && static_cast<const chain_node&>(shown).steps.back()->kind
           == step_kind::attribute)
    return run_attribute(static_cast<const chain_node&>(shown), out);
  operand y{run_.left()};
  if (auto ok = find(shown, y); !ok)
    return ok;
  if (out.put_plain(*y))
    return {};
  auto ok = show(*y, out);
  return ok ? ok : placed(hinted(ok.why(), shown), shown.at);
}

/// Prints an attribute; when there is none, names the nearest that there is.
result<void> evaluator::run_attribute(const chain_node& x,
                                      printed_output& out) {
  auto last = x.steps.size() - 1;
  operand of{run_.left()};
  if (auto ok = find(*x.head, of); !ok)
    return ok;
  if (auto ok = follow(x, 0, last, of); !ok)
    return ok;
  operand y{run_.left()};
  y.refer(*of);
  if (auto ok = follow(x, last, last + 1, y); !ok)
    return ok;
  if (out.put_plain(*y))
    return {};
  auto ok = show(*y, out);
  if (ok)
    return ok;
  auto problem = ok.why();
  if (auto near = hinted(problem, x); near.message != problem.message)
    return placed(near, x.at);
  if (of->is_dict() && problem.code == errc::undefined) {
    std::vector<std::string> keys;
    for (auto& [key, entry] : of->as_dict())
      keys.push_back(to_display(key));
    problem.message += did_you_mean(
      static_cast<const attribute_step&>(*x.steps[last]).name, keys);
  }
  return placed(problem, x.at);
}

result<void> evaluator::run_branch(const branch_node& x, printed_output& out) {
  for (auto& [test, body] : x.branches) {
    auto yes = is_true(*test);
    if (!yes)
      return yes.why();
    if (*yes)
      return run(body, out);
  }
  return run(x.otherwise, out);
}

result<void> evaluator::run_assign(const assign_node& x) {
  operand y{run_.left()};
  if (auto ok = find(*x.x, y); !ok)
    return ok;
  // What was there before is nested as deep as it was.
  if (y.is_made())
    if (auto ok = check_nesting(*y); !ok)
      return placed(ok.why(), x.at);
  return store(x.target, y.take(), x.exported);
}

result<value> evaluator::render_body(const statement_body& body) {
  printed_output out{run_, context_->outcome};
  // What is printed here is no part of the template that extends another.
  auto parent = std::exchange(parent_, nullptr);
  auto ok = run(body, out);
  if (parent)
    parent_ = std::move(parent);
  return ok ? out.take() : ok.why();
}

/// What the filters of a block make of its text.
result<value> evaluator::apply_filters(const expression_ptr& chain,
                                       value input) {
  auto& filters = static_cast<const chain_node&>(*chain);
  operand y{run_.left()};
  y.keep(std::move(input));
  if (auto ok = follow(filters, 0, filters.steps.size(), y); !ok)
    return ok.why();
  return y.take();
}

result<void> evaluator::run_assign_block(const assign_block_node& x) {
  if (auto ok = enter(x.scope); !ok)
    return ok;
  auto y = render_body(x.body);
  if (y)
    if (auto ok = run_.left().made(*y); !ok)
      return ok;
  if (y && x.filter)
    y = apply_filters(x.filter, std::move(*y));
  if (!y)
    return y.why();
  return store(x.target, *y, x.exported);
}

result<void> evaluator::run_filter_block(const filter_block_node& x,
                                         printed_output& out) {
  if (auto ok = enter(x.scope); !ok)
    return ok;
  auto y = render_body(x.body);
  if (y)
    if (auto ok = run_.left().made(*y); !ok)
      return ok;
  if (y)
    y = apply_filters(x.filter, std::move(*y));
  if (!y)
    return y.why();
  if (parent_)
    return {};
  auto ok = show(*y, out);
  run_.left().drop(*y);
  return ok;
}

result<void> evaluator::run_with(const with_node& x, printed_output& out) {
  std::vector<value> given;
  for (auto& [target, node] : x.names) {
    auto y = evaluate(*node);
    if (!y)
      return y.why();
    given.push_back(std::move(*y));
  }
  if (auto ok = enter(x.scope); !ok)
    return ok;
  for (size_t i = 0; i < given.size(); ++i)
    if (auto ok = store(x.names[i].first, given[i], false); !ok)
      return ok;
  return run(x.body, out);
}

} // namespace troupe
