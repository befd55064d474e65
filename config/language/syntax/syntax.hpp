#pragma once

#include "config/language/syntax/chain_syntax.hpp"

#include <map>

namespace troupe {

enum class statement_kind : uint8_t {
  data,
  output,
  branch,
  loop,
  assign,
  assign_block,
  macro,
  call_block,
  filter_block,
  include,
  import,
  from_import,
  extends,
  block,
  with,
  scope,
};

struct statement {
  statement(statement_kind kind, source_position at) : kind{kind}, at{at} {
  }

  virtual ~statement() = default;

  statement_kind kind;
  source_position at;
};

using statement_body = std::vector<std::unique_ptr<statement>>;

/// What happens to one slot when its scope is entered.
struct slot_load {
  enum class how : uint8_t { resolve, alias, clear };
  how kind = how::clear;
  uint32_t slot = 0;
  slot_ref from;
  std::string name;
  size_t hash = 0;
  // What the name is when no variable has it: a function of the language or
  // missing_value().
  const value* otherwise = nullptr;
  place_hint place;

  name_key key() const {
    return {name, hash, &place};
  }
};

/// The names of one scope and how they get their first value.
struct scope_syntax {
  std::vector<slot_load> loads;
};

/// Names of one function: the template itself, a macro, a block, a recursive
/// loop. Its scopes share one array of slots.
struct function_syntax {
  uint32_t slots = 0;
  scope_syntax scope;
  // "self" and "super", where the body uses them.
  std::vector<std::pair<std::string, uint32_t>> specials;
};

/// A name that other templates can see, with its place.
struct visible_name {
  std::string name;
  slot_ref ref;
};

/// Where an assignment goes: a name, `namespace.attribute` or several.
struct target_syntax {
  enum class form : uint8_t { name, member, several };
  form kind = form::name;
  source_position at;
  std::string name;
  std::string member;
  slot_ref ref;
  std::vector<target_syntax> parts;
};

struct data_node final : statement {
  data_node(source_position at, std::string bytes)
      : statement{statement_kind::data, at}, bytes{std::move(bytes)} {
  }

  std::string bytes;
};

struct output_node final : statement {
  output_node(source_position at, expression_ptr shown)
      : statement{statement_kind::output, at}, shown{std::move(shown)} {
  }

  expression_ptr shown;
};

struct branch_node final : statement {
  explicit branch_node(source_position at)
      : statement{statement_kind::branch, at} {
  }

  std::vector<std::pair<expression_ptr, statement_body>> branches;
  statement_body otherwise;
};

struct loop_node final : statement {
  explicit loop_node(source_position at) : statement{statement_kind::loop, at} {
  }

  target_syntax target;
  target_syntax test_target;
  expression_ptr over;
  expression_ptr test;
  statement_body body;
  statement_body otherwise;
  bool recursive = false;
  // The body uses `loop`.
  bool extended = false;
  uint32_t loop_slot = 0;
  scope_syntax body_scope;
  scope_syntax test_scope;
  scope_syntax otherwise_scope;
  // Of a recursive loop, which is a function of its own.
  function_syntax function;
};

struct assign_node final : statement {
  explicit assign_node(source_position at)
      : statement{statement_kind::assign, at} {
  }

  target_syntax target;
  expression_ptr x;
  // At the top of the template, where other templates see the name.
  bool exported = false;
};

struct assign_block_node final : statement {
  explicit assign_block_node(source_position at)
      : statement{statement_kind::assign_block, at} {
  }

  target_syntax target;
  expression_ptr filter;
  statement_body body;
  scope_syntax scope;
  bool exported = false;
};

/// A macro or the body of a call block.
struct macro_syntax {
  std::string name;
  std::vector<std::string> parameters;
  // Belong to the last parameters.
  std::vector<expression_ptr> defaults;
  std::vector<uint32_t> parameter_slots;
  statement_body body;
  function_syntax function;
  bool takes_caller = false;
  bool takes_named = false;
  bool takes_rest = false;
  // `caller` is a parameter with a default of its own.
  bool explicit_caller = false;
  uint32_t caller_slot = 0;
  uint32_t named_slot = 0;
  uint32_t rest_slot = 0;
};

struct macro_node final : statement {
  explicit macro_node(source_position at)
      : statement{statement_kind::macro, at} {
  }

  macro_syntax macro;
  slot_ref ref;
  bool exported = false;
};

struct call_block_node final : statement {
  explicit call_block_node(source_position at)
      : statement{statement_kind::call_block, at} {
  }

  expression_ptr call;
  macro_syntax macro;
};

struct filter_block_node final : statement {
  explicit filter_block_node(source_position at)
      : statement{statement_kind::filter_block, at} {
  }

  expression_ptr filter;
  statement_body body;
  scope_syntax scope;
};

struct include_node final : statement {
  explicit include_node(source_position at)
      : statement{statement_kind::include, at} {
  }

  expression_ptr name;
  bool ignore_missing = false;
  bool with_context = true;
  std::vector<visible_name> locals;
};

struct import_node final : statement {
  explicit import_node(source_position at)
      : statement{statement_kind::import, at} {
  }

  expression_ptr name;
  bool with_context = false;
  target_syntax target;
  bool exported = false;
  std::vector<visible_name> locals;
};

struct from_import_node final : statement {
  explicit from_import_node(source_position at)
      : statement{statement_kind::from_import, at} {
  }

  expression_ptr name;
  bool with_context = false;
  // Name there, target here.
  std::vector<std::pair<std::string, target_syntax>> names;
  bool exported = false;
  std::vector<visible_name> locals;
};

struct extends_node final : statement {
  explicit extends_node(source_position at)
      : statement{statement_kind::extends, at} {
  }

  expression_ptr name;
};

struct block_node final : statement {
  explicit block_node(source_position at)
      : statement{statement_kind::block, at} {
  }

  std::string name;
  bool scoped = false;
  bool required = false;
  statement_body body;
  function_syntax function;
  std::vector<visible_name> locals;
};

struct with_node final : statement {
  explicit with_node(source_position at) : statement{statement_kind::with, at} {
  }

  std::vector<std::pair<target_syntax, expression_ptr>> names;
  statement_body body;
  scope_syntax scope;
};

/// `{% autoescape %}`: text is never escaped here, so only a scope is left.
struct scope_node final : statement {
  explicit scope_node(source_position at)
      : statement{statement_kind::scope, at} {
  }

  statement_body body;
  scope_syntax scope;
};

/// A parsed template; immutable and shared between threads.
struct template_syntax {
  // Whose text it is: the path of a file; empty: a text of the plan.
  std::string name;
  // As its writer sees it.
  std::string source;
  // About how many bytes it takes with all its nodes.
  size_t weight = 0;
  statement_body body;
  function_syntax function;
  // By name; the nodes are owned by the tree.
  std::map<std::string, const block_node*> blocks;
  // It has no blocks and refers to no other template: nobody else sees the
  // names that it assigns.
  bool stands_alone = true;
  // It extends, includes or imports one.
  bool uses_others = false;
  // Something in it may change a list or dict in place, so variables must be
  // copied before they are handed out.
  bool changes_values = false;
};

} // namespace troupe
