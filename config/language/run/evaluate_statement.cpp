#include "config/language/language.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/run/containment.hpp"
#include "config/language/run/evaluator.hpp"
#include "config/language/run/objects.hpp"
#include "config/value/nearest.hpp"

namespace troupe {

/// The branch of `x` to run, when the conditions up to there are flags, as
/// most are; otherwise, and when `x` is no branch, null.
inline const statement_body* evaluator::peek_branch(const statement& x) const {
  if (x.kind != statement_kind::branch)
    return nullptr;
  auto& node = static_cast<const branch_node&>(x);
  for (auto& [test, body] : node.branches) {
    auto* flag = test->kind == expression_kind::name ? peek(*test) : nullptr;
    if (!flag || !flag->is_bool())
      return nullptr;
    if (flag->as_bool())
      return &body;
  }
  return &node.otherwise;
}

/// Runs what most statements are, at once: template text, and printing what is
/// kept as text or a number. False when it is not that; then nothing was done.
inline bool evaluator::run_plain(const statement& x, printed_output& out) {
  // Behind `extends` only the parent prints.
  if (parent_)
    return false;
  if (x.kind == statement_kind::data)
    return out.put_plain_text(static_cast<const data_node&>(x).bytes);
  if (x.kind != statement_kind::output)
    return false;
  auto* kept = peek(*static_cast<const output_node&>(x).shown);
  return kept && out.put_plain(*kept);
}

result<void> evaluator::run(const statement_body& body, printed_output& out) {
  for (auto& each : body) {
    auto* x = each.get();
    while (!run_plain(*x, out)) {
      auto* chosen = peek_branch(*x);
      if (chosen && chosen->size() == 1) {
        x = chosen->front().get();
        continue;
      }
      if (auto ok = chosen ? run(*chosen, out) : run_one(*x, out); !ok)
        return ok;
      break;
    }
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
    for (auto& y : x.as_list())
      if (auto* found = find_undefined(y))
        return found;
  } else if (x.is_dict()) {
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

/// The error of a missing key with the nearest key that there is.
error evaluator::with_hint(error problem, const expression& shown) {
  if (problem.code != errc::undefined
      || shown.kind != expression_kind::attribute)
    return problem;
  auto& node = static_cast<const attribute_node&>(shown);
  auto object = evaluate(*node.object);
  if (!object || !object->is_dict())
    return problem;
  std::vector<std::string> keys;
  for (auto& [key, x] : object->as_dict())
    keys.push_back(to_display(key));
  problem.message += did_you_mean(node.name, keys);
  return problem;
}

result<void> evaluator::run_data(const data_node& x, printed_output& out) {
  return parent_ ? result<void>{} : out.put(value{x.bytes});
}

result<void> evaluator::run_output(const output_node& x, printed_output& out) {
  if (parent_)
    return {};
  auto y = evaluate(*x.shown);
  if (!y)
    return y.why();
  if (out.put_plain(*y))
    return {};
  if (auto ok = show(*y, out); !ok)
    return placed(with_hint(ok.why(), *x.shown), x.shown->at);
  return {};
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
  // What is there already is nested as deep as it was.
  if (auto* kept = peek(*x.x))
    return store(x.target, *kept, x.exported);
  auto y = evaluate(*x.x);
  if (!y)
    return y.why();
  if (auto ok = check_nesting(*y); !ok)
    return placed(ok.why(), x.at);
  return store(x.target, std::move(*y), x.exported);
}

result<value> evaluator::render_body(const statement_body& body) {
  printed_output out{run_, context_->outcome};
  if (auto ok = run(body, out); !ok)
    return ok.why();
  return out.take();
}

result<void> evaluator::run_assign_block(const assign_block_node& x) {
  if (auto ok = enter(x.scope); !ok)
    return ok;
  auto y = render_body(x.body);
  if (y && x.filter)
    y = apply_filters(*x.filter, *y);
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
    y = apply_filters(*x.filter, *y);
  if (!y)
    return y.why();
  if (parent_)
    return {};
  return show(*y, out);
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
