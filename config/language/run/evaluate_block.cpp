#include "config/language/python/convert.hpp"
#include "config/language/run/evaluator.hpp"
#include "config/language/run/objects.hpp"

namespace troupe {

result<void> evaluator::run_template(printed_output& out) {
  auto& tree = home_;
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

result<void> evaluator::run_block(const block_node& x, printed_output& out) {
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
  evaluator inner{run_, *source.tree, std::move(context),
                  std::make_shared<activation>()};
  inner.frame_->slots.assign(source.node->function.slots, missing_value());
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

result<value>
evaluator::render_block(const template_context::block_source& source,
                        const std::string& name, size_t depth) {
  frame_->slots.assign(source.node->function.slots, missing_value());
  if (auto ok = enter_block(source, name, depth); !ok)
    return ok.why();
  return render_body(source.node->body);
}

} // namespace troupe
