#include "config/language/containment.hpp"
#include "config/language/convert.hpp"
#include "config/language/evaluator.hpp"
#include "config/language/language.hpp"
#include "config/language/objects.hpp"
#include "config/nearest.hpp"

namespace troupe {

// -- names --------------------------------------------------------------------

result<value> evaluator::resolve(const std::string& name) {
  if (auto* x = context_->exported.find(name))
    return *x;
  if (context_->locals)
    if (auto* x = context_->locals->find(name)) {
      run_.unsafe |= holds_unsafe(*x);
      return *x;
    }
  if (context_->sees_variables) {
    auto found = run_.variable(name, context_->tree->changes_values);
    if (!found)
      return found.why();
    if (*found)
      return std::move(**found);
  }
  return find_global(name);
}

result<void> evaluator::enter(const scope_syntax& scope) {
  for (auto& load : scope.loads) {
    auto& place = frame_->slots[load.slot];
    switch (load.kind) {
    case slot_load::how::clear:
      place = missing_value();
      break;
    case slot_load::how::alias:
      place = slot(load.from);
      break;
    case slot_load::how::resolve: {
      auto x = resolve(load.name);
      if (!x)
        return x.why();
      place = std::move(*x);
      break;
    }
    }
  }
  return {};
}

void evaluator::export_name(const std::string& name, const value& x) {
  // A list may hold a macro, which knows this context.
  if (x.is_object() || x.is_list() || x.is_dict())
    run_.forget_later(context_);
  context_->exported.set(name, x);
}

result<void> evaluator::store(const target_syntax& target, const value& x,
                              bool exported) {
  using form = target_syntax::form;
  if (target.kind == form::name) {
    slot(target.ref) = x;
    if (exported)
      export_name(target.name, x);
    return {};
  }
  if (target.kind == form::member) {
    auto& place = slot(target.ref);
    if (auto ok = may_hold(place, x); !ok)
      return placed(ok.why(), target.at);
    if (!place.is_object() || !place.as_object()->assign(target.member, x))
      return placed(failure(errc::runtime,
                            "cannot assign attribute on non-namespace object"),
                    target.at);
    return {};
  }
  auto items = elements(x);
  if (!items)
    return placed(items.why(), target.at);
  if (items->size() != target.parts.size()) {
    auto many = items->size() > target.parts.size();
    return placed(failure(errc::runtime,
                          "{} values to unpack (expected {}, got {})",
                          many ? "too many" : "not enough", target.parts.size(),
                          items->size()),
                  target.at);
  }
  for (size_t i = 0; i < items->size(); ++i)
    if (auto ok = store(target.parts[i], (*items)[i], exported); !ok)
      return ok;
  return {};
}

std::shared_ptr<dict>
evaluator::visible(const std::vector<visible_name>& names) const {
  auto out = std::make_shared<dict>();
  if (context_->locals)
    *out = *context_->locals;
  for (auto& [name, x] : context_->exported)
    out->set(name, x);
  for (auto& [name, ref] : names)
    if (auto& x = slot(ref); !is_missing(x))
      out->set(name, x);
  return out;
}

// -- running ------------------------------------------------------------------

result<void> evaluator::run_template(output& out) {
  auto& tree = *context_->tree;
  for (auto& [name, node] : tree.blocks)
    context_->blocks[name].push_back({context_->tree, node});
  frame_->slots.assign(tree.function.slots, missing_value());
  for (auto& [name, slot] : tree.function.specials)
    frame_->slots[slot] = make_object<block_object>(context_, "", 0);
  if (auto ok = enter(tree.function.scope); !ok)
    return ok;
  if (auto ok = run(tree.body, out); !ok)
    return ok;
  if (!parent_)
    return {};
  templar::level deeper{run_};
  if (auto ok = deeper.check(); !ok)
    return ok;
  auto child = context_->tree;
  context_->tree = parent_;
  evaluator above{run_, context_, std::make_shared<activation>()};
  auto done = above.run_template(out);
  context_->tree = std::move(child);
  return done;
}

result<void> evaluator::run(const statement_body& body, output& out) {
  for (auto& x : body)
    if (auto ok = run_one(*x, out); !ok)
      return ok;
  return {};
}

result<void> evaluator::run_one(const statement& x, output& out) {
  using kind = statement_kind;
  switch (x.kind) {
  case kind::data:
    // Behind `extends` only the parent prints.
    if (parent_)
      return {};
    return out.put_data(static_cast<const data_node&>(x).bytes);
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

result<void> evaluator::show(const value& x, output& out) {
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

result<void> evaluator::run_output(const output_node& x, output& out) {
  if (parent_)
    return {};
  // The value of a name is printed where it is, without a copy.
  if (x.shown->kind == expression_kind::name) {
    auto& place = slot(static_cast<const name_node&>(*x.shown).ref);
    if (place.is_text() || place.is_integer())
      return out.put(place);
  }
  auto y = evaluate(*x.shown);
  if (!y)
    return y.why();
  if (auto ok = show(*y, out); !ok)
    return placed(with_hint(ok.why(), *x.shown), x.shown->at);
  return {};
}

result<void> evaluator::run_branch(const branch_node& x, output& out) {
  for (auto& [test, body] : x.branches) {
    auto y = evaluate(*test);
    if (!y)
      return y.why();
    auto yes = truth(*y);
    if (!yes)
      return placed(yes.why(), test->at);
    if (*yes)
      return run(body, out);
  }
  return run(x.otherwise, out);
}

result<void> evaluator::run_assign(const assign_node& x) {
  auto y = evaluate(*x.x);
  if (!y)
    return y.why();
  if (auto ok = check_nesting(*y); !ok)
    return placed(ok.why(), x.at);
  return store(x.target, *y, x.exported);
}

result<value> evaluator::render_body(const statement_body& body) {
  output out{run_, context_->outcome};
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
                                         output& out) {
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

result<void> evaluator::run_with(const with_node& x, output& out) {
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

// -- macros -------------------------------------------------------------------

/// A macro that sees the names of this function and of those around it.
value evaluator::make_macro(const macro_syntax& macro) {
  for (auto frame = frame_; frame; frame = frame->outer)
    run_.forget_later(frame);
  run_.forget_later(context_);
  return make_object<macro_object>(macro, context_, frame_);
}

result<void> evaluator::run_macro(const macro_node& x) {
  auto macro = make_macro(x.macro);
  slot(x.ref) = macro;
  if (x.exported)
    export_name(x.macro.name, macro);
  return {};
}

result<void> evaluator::run_call_block(const call_block_node& x, output& out) {
  auto& node = static_cast<const call_node&>(*x.call);
  auto callee = evaluate(*node.callee);
  if (!callee)
    return callee.why();
  auto given = evaluate_arguments(node.arguments);
  if (!given)
    return placed(given.why(), node.at);
  given->named.emplace_back("caller", make_macro(x.macro));
  auto y = call(*callee, std::move(*given));
  if (!y)
    return placed(y.why(), node.at);
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

result<value> evaluator::invoke(const macro_syntax& macro,
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
  if (auto ok = enter(macro.function.scope); !ok)
    return ok.why();
  auto first_default = count - macro.defaults.size();
  for (size_t i = 0; i < count; ++i) {
    auto& place = slots[macro.parameter_slots[i]];
    if (!is_missing(place))
      continue;
    if (i < first_default) {
      place = value::undefined(
        fmt::format("parameter '{}' was not provided", macro.parameters[i]));
      continue;
    }
    auto x = evaluate(*macro.defaults[i - first_default]);
    if (!x)
      return x;
    slots[macro.parameter_slots[i]] = std::move(*x);
  }
  return render_body(macro.body);
}

// -- blocks -------------------------------------------------------------------

result<void> evaluator::run_extends(const extends_node& x) {
  if (parent_)
    return placed(failure(errc::runtime, "extended multiple times"), x.at);
  auto name = evaluate(*x.name);
  if (!name)
    return name.why();
  auto tree = load_template(*name);
  if (!tree)
    return placed(tree.why(), x.name->at);
  parent_ = std::move(*tree);
  return {};
}

result<void> evaluator::run_block(const block_node& x, output& out) {
  if (parent_)
    return {};
  auto i = context_->blocks.find(x.name);
  if (i == context_->blocks.end() || i->second.empty())
    return {};
  auto& source = i->second.front();
  if (source.node->required && i->second.size() == 1)
    return placed(
      failure(errc::runtime, "Required block '{}' not found", x.name), x.at);
  auto context = context_;
  if (x.scoped) {
    context = std::make_shared<template_context>(*context_);
    context->locals = visible(x.locals);
    run_.forget_later(context);
    context->exported = {};
  }
  templar::level deeper{run_};
  if (auto ok = deeper.check(); !ok)
    return ok;
  evaluator inner{run_, std::move(context), nullptr};
  auto& function = source.node->function;
  inner.frame_ = std::make_shared<activation>();
  inner.frame_->slots.assign(function.slots, missing_value());
  if (auto ok = inner.enter_block(source, x.name, 0); !ok)
    return ok;
  return inner.run(source.node->body, out);
}

/// Sets the names of a block: `self`, `super` and what it reads.
result<void>
evaluator::enter_block(const template_context::block_source& source,
                       const std::string& name, size_t depth) {
  auto& all = context_->blocks[name];
  for (auto& [special, slot] : source.node->function.specials) {
    if (special == "self")
      frame_->slots[slot] = make_object<block_object>(context_, "", 0);
    else if (depth + 1 < all.size())
      frame_->slots[slot]
        = make_object<block_object>(context_, name, depth + 1);
    else
      frame_->slots[slot] = value::undefined(
        fmt::format("there is no parent block called '{}'.", name));
  }
  return enter(source.node->function.scope);
}

result<value> evaluator::render_block(const std::string& name, size_t depth) {
  auto& all = context_->blocks[name];
  if (depth >= all.size())
    return failure(errc::undefined, "there is no parent block called '{}'.",
                   name);
  auto source = all[depth];
  frame_ = std::make_shared<activation>();
  frame_->slots.assign(source.node->function.slots, missing_value());
  if (auto ok = enter_block(source, name, depth); !ok)
    return ok.why();
  return render_body(source.node->body);
}

} // namespace troupe
