#pragma once

#include "config/language/run/arguments.hpp"
#include "config/language/run/evaluation.hpp"
#include "config/language/run/operand.hpp"
#include "config/language/run/printed_output.hpp"
#include "config/language/syntax/syntax.hpp"

#include <map>
#include <memory>

namespace troupe {

struct method_row;
class loop_object;
class loop_source;

/// The slots of one running function and of the functions around it.
struct activation final : scratch {
  std::shared_ptr<activation> outer;
  boost::container::small_vector<value, 16> slots;

  void forget() override {
    outer.reset();
    slots.clear();
  }

  /// As new.
  void clear() {
    forget();
  }
};

/// A template that runs: what it exports, its blocks, what it can see.
struct template_context final : scratch {
  std::shared_ptr<const template_syntax> tree;
  // False in templates imported without context.
  bool sees_variables = true;
  templar::outcome outcome = templar::outcome::literal;
  // Names given by an including template.
  std::shared_ptr<const dict> locals;
  // Assigned at the top of this template, for blocks and other templates.
  dict exported;
  // Whether any of those may ask for them.
  bool exports = true;
  // Lists and dicts are copied before they are handed out, as something may
  // change them in place.
  bool copies = true;

  struct block_source {
    std::shared_ptr<const template_syntax> tree;
    const block_node* node;
  };

  // The child's block first, then those it overrides.
  std::map<std::string, std::vector<block_source>> blocks;

  /// Runs `alone` for itself, not for another template.
  void run(std::shared_ptr<const template_syntax> alone) {
    exports = !alone->stands_alone;
    copies = alone->changes_values;
    tree = std::move(alone);
  }

  void forget() override {
    locals.reset();
    exported.clear();
  }

  /// As new.
  void clear() {
    forget();
    tree.reset();
    sees_variables = true;
    blocks.clear();
  }
};

using context_ptr = std::shared_ptr<template_context>;

/// Runs one function of a template.
class evaluator {
public:
  /// Runs a function of the context's template.
  evaluator(templar& run, context_ptr context,
            std::shared_ptr<activation> frame)
      : run_{run}, home_{*context->tree}, context_{std::move(context)},
        frame_{std::move(frame)} {
  }

  /// Runs a function that stands in `home`: a template that extends another
  /// has its blocks and macros run in the context of that.
  evaluator(templar& run, const template_syntax& home, context_ptr context,
            std::shared_ptr<activation> frame)
      : run_{run}, home_{home}, context_{std::move(context)}, frame_{std::move(
                                                                frame)} {
  }

  evaluator(const evaluator&) = delete;
  evaluator& operator=(const evaluator&) = delete;

  ~evaluator() {
    // Nobody else knows its names: what they stand for goes with it.
    if (frame_.use_count() == 1)
      for (auto& x : frame_->slots)
        run_.left().drop(x);
  }

  // -- expressions -----------------------------------------------------------
  result<value> evaluate(const expression& x);

  /// Evaluates an expression of the context's template without running the
  /// template around it.
  result<value> evaluate_alone(const expression& x);
  result<bool> is_true_alone(const expression& x);

  /// Calls anything that can be called.
  result<value> call(const value& callee, call_arguments arguments);

  result<value> filter(const filter_row& row, const value& input,
                       call_arguments arguments);
  result<bool> test(const test_row& row, const value& input,
                    call_arguments arguments);

  // -- statements ------------------------------------------------------------

  /// Runs a whole template and the templates it extends.
  result<void> run_template(printed_output& out);

  result<void> run(const statement_body& body, printed_output& out);

  /// Calls a macro or the body of a call block.
  result<value> invoke(const macro_syntax& macro, call_arguments arguments);

  /// Renders `source`, which is level `depth` of the block `name`.
  result<value> render_block(const template_context::block_source& source,
                             const std::string& name, size_t depth);

  /// One pass of a recursive loop over `items`.
  result<value> run_recursive(const loop_node& node, const value& items,
                              size_t depth);

  // -- what is around it -----------------------------------------------------
  templar& run_state() {
    return run_;
  }

  const context_ptr& context() const {
    return context_;
  }

  /// A name that the template does not assign: from the including template,
  /// the variables or, when it is nowhere, what the language has for it.
  result<value> resolve(const slot_load& load);

private:
  templar& run_;
  // Where errors lie.
  const template_syntax& home_;
  context_ptr context_;
  std::shared_ptr<activation> frame_;

  // -- expressions -----------------------------------------------------------
  /// A flag, as most conditions are, where it stands; null when `x` is anything
  /// else.
  const value* flag(const expression& x) const {
    if (x.kind != expression_kind::name)
      return nullptr;
    auto& y = named(static_cast<const name_node&>(x));
    return y.is_bool() ? &y : nullptr;
  }

  /// Whether `x` is true, without making a value of the answer first.
  result<bool> is_true(const expression& x) {
    auto* y = flag(x);
    return y ? result<bool>{y->as_bool()} : find_truth(x);
  }

  result<bool> find_truth(const expression& x);

  /// Evaluates `x` into `out`, or says there where its value is kept.
  result<void> find(const expression& x, operand& out) {
    auto* kept = kept_here(x);
    if (!kept)
      return find_other(x, out);
    out.refer(*kept);
    return {};
  }

  /// Where the value of a name or a constant is kept; null where `x` is
  /// anything else, or where more than that is to be told of the value.
  const value* kept_here(const expression& x) const {
    using kind = expression_kind;
    if (x.kind == kind::constant)
      return &static_cast<const constant_node&>(x).x;
    if (x.kind == kind::name) {
      auto& name = static_cast<const name_node&>(x);
      return is_hostvars(name) ? nullptr : &named(name);
    }
    // Where something may change a list in place, each needs its own.
    if (x.kind != kind::sequence || context_->copies)
      return nullptr;
    auto& list = static_cast<const sequence_node&>(x).constant;
    return list.is_list() ? &list : nullptr;
  }

  result<void> find_other(const expression& x, operand& out);

  result<value> evaluate_sequence(const sequence_node& x);
  result<value> evaluate_dictionary(const dictionary_node& x);
  result<value> evaluate_unary(const unary_node& x);
  result<value> evaluate_arithmetic(const arithmetic_node& x);
  result<value> evaluate_logic(const logic_node& x);
  result<bool> evaluate_compare(const compare_node& x);
  result<bool> ends_true(const chain_node& x);
  result<value> evaluate_concat(const concat_node& x);
  result<value> evaluate_choice(const choice_node& x);
  result<value> evaluate_slice(const value& from, const slice_node& x);

  // -- chains ----------------------------------------------------------------
  static const value* peek_step(const step& x, const value& from);
  const value* find_kept(const chain_node& x) const;
  result<void> find_chain(const chain_node& x, operand& at);
  result<void> follow(const chain_node& x, size_t from, size_t to, operand& at);
  const value* peek_key(const step& x) const;
  /// The nearest name to the first of the first `count` steps of `x` that leads
  /// to nothing; empty where that is not known, as one of them does more than
  /// look up a name.
  std::string near_step(const expression& x, size_t count) const;
  /// `problem`, which came of the value that the first `count` steps of `x`
  /// lead to, with the nearest name that there is.
  error hinted(error problem, const expression& x, size_t count) const;
  error hinted(error problem, const expression& x) const;
  result<value> run_step(const step& x, operand& at);
  result<value> run_item(const expression& index, operand& at);
  result<value> run_method(const method_row& row, const call_step& x,
                           operand& at);
  result<value> run_filter(const filter_step& x, operand& at);
  result<bool> run_test(const test_step& x, operand& at);
  result<call_arguments> evaluate_arguments(const arguments_syntax& x);
  result<void> bind_plain(std::string_view name, const signature& parameters,
                          const arguments_syntax& x, bound_arguments& out);
  result<void> bind(std::string_view name, const signature& parameters,
                    const arguments_syntax& x, bound_arguments& out);
  /// Gives back what arguments take that are not needed any longer.
  void drop(const bound_arguments& x) {
    x.each([&](auto& y) { run_.left().drop(y); });
  }

  error placed(const error& problem, source_position at) const;

  /// `x`, with the place of its error.
  template <class T>
  result<T> located(result<T> x, source_position at) {
    if (!x)
      return placed(x.why(), at);
    return x;
  }

  // -- statements ------------------------------------------------------------
  bool run_plain(const statement& x, printed_output& out);
  const statement_body* chosen_by_flags(const statement& x) const;
  result<void> run_one(const statement& x, printed_output& out);
  result<void> run_data(const data_node& x, printed_output& out);
  result<void> run_output(const output_node& x, printed_output& out);
  result<void> run_attribute(const chain_node& x, printed_output& out);
  result<void> run_branch(const branch_node& x, printed_output& out);
  result<loop_source> source_of(const loop_node& x);
  result<void> take(const target_syntax& target, const loop_source& from,
                    size_t i);
  result<bool> passes(const loop_node& x, const loop_source& from, size_t i);
  result<std::shared_ptr<loop_object>>
  make_loop(const loop_node& x, const loop_source& source, size_t depth);
  result<void> run_loop(const loop_node& x, printed_output& out);
  result<void> run_items(const loop_node& x, const loop_source& source,
                         size_t depth, printed_output& out);
  result<void> run_extended(const loop_node& x, const loop_source& source,
                            size_t depth, printed_output& out);
  template <class F>
  result<void> run_round(const loop_node& x, printed_output& out, F take_next);
  result<void> run_otherwise(const loop_node& x, printed_output& out);
  result<void> run_assign(const assign_node& x);
  result<void> run_assign_block(const assign_block_node& x);
  result<void> run_macro(const macro_node& x);
  result<void> take_arguments(const macro_syntax& macro, call_arguments given);
  result<void> take_defaults(const macro_syntax& macro);
  result<void> run_call_block(const call_block_node& x, printed_output& out);
  result<void> run_filter_block(const filter_block_node& x,
                                printed_output& out);
  result<void> run_include(const include_node& x, printed_output& out);
  result<void> run_import(const import_node& x);
  result<void> run_from_import(const from_import_node& x);
  result<void> run_extends(const extends_node& x);
  result<void> run_block(const block_node& x, printed_output& out);
  result<void> run_with(const with_node& x, printed_output& out);
  result<void> show(const value& x, printed_output& out);

  result<value> render_body(const statement_body& body);
  result<value> apply_filters(const expression_ptr& chain, value input);
  result<value> import_module(const expression& name, bool with_context,
                              const std::vector<visible_name>& locals);
  result<std::shared_ptr<const template_syntax>>
  load_template(const value& name);
  result<std::shared_ptr<const template_syntax>>
  load_any_template(const value& name);
  struct template_text;
  result<template_text> find_text(const std::string& name) const;
  std::shared_ptr<dict> visible(const std::vector<visible_name>& names) const;

  // -- names -----------------------------------------------------------------
  value& slot(slot_ref ref) const {
    auto* frame = frame_.get();
    for (auto hops = ref.hops; hops > 0; --hops)
      frame = frame->outer.get();
    return frame->slots[ref.slot];
  }

  /// What `x` stands for now.
  const value& named(const name_node& x) const {
    auto& found = slot(x.ref);
    return is_missing(found) ? x.missing : found;
  }

  const value* find_plain(const slot_load& load);
  result<void> enter(const scope_syntax& scope);
  result<void> enter_alone();
  result<void> enter_block(const template_context::block_source& source,
                           const std::string& name, size_t depth);
  result<void> store(const target_syntax& target, value x, bool exported) {
    if ((exported && context_->exports)
        || target.kind != target_syntax::form::name)
      return store_anywhere(target, std::move(x), exported);
    auto& place = slot(target.ref);
    run_.left().drop(place);
    place = std::move(x);
    return {};
  }

  result<void> store_anywhere(const target_syntax& target, value x,
                              bool exported);
  result<void> store_member(const target_syntax& target, const value& x);
  result<void> store_several(const target_syntax& target, const value& x,
                             bool exported);
  void export_name(const std::string& name, const value& x);
  value make_macro(const macro_syntax& macro);

  // The template that this one extends, once `extends` has run.
  std::shared_ptr<const template_syntax> parent_;
};

/// Compares, shows and looks inside values; see access.cpp.
result<value> get_attribute(evaluator& e, const value& x,
                            const std::string& name);
result<value> get_item(evaluator& e, const value& x, const value& key);

/// The method `name` of `x`; null when there is none.
const method_row* find_method(const value& x, std::string_view name);

} // namespace troupe
