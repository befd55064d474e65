#pragma once

#include "config/language/token.hpp"
#include "config/value.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

struct filter_row;
struct test_row;
struct signature;

enum class expression_kind : uint8_t {
  constant,
  name,
  sequence,
  dictionary,
  negate,
  plus,
  invert,
  arithmetic,
  both,
  either,
  compare,
  concat,
  choice,
  attribute,
  item,
  slice,
  call,
  filter,
  test,
};

/// A node of an expression. The evaluator branches on `kind`.
struct expression {
  expression(expression_kind kind, source_position at) : kind{kind}, at{at} {
  }

  virtual ~expression() = default;

  expression_kind kind;
  source_position at;
};

using expression_ptr = std::unique_ptr<expression>;

/// A place for a value: `hops` functions outwards, then number `slot`.
struct slot_ref {
  uint32_t slot = 0;
  uint32_t hops = 0;
};

struct constant_node final : expression {
  constant_node(source_position at, value x)
      : expression{expression_kind::constant, at}, x{std::move(x)} {
  }

  value x;
};

struct name_node final : expression {
  name_node(source_position at, std::string id)
      : expression{expression_kind::name, at}, id{std::move(id)} {
  }

  std::string id;
  slot_ref ref;
  // What the name yields when it has no value; made once.
  value missing;
};

/// A list or tuple.
struct sequence_node final : expression {
  sequence_node(source_position at, bool tuple)
      : expression{expression_kind::sequence, at}, tuple{tuple} {
  }

  std::vector<expression_ptr> items;
  bool tuple;
};

struct dictionary_node final : expression {
  explicit dictionary_node(source_position at)
      : expression{expression_kind::dictionary, at} {
  }

  std::vector<std::pair<expression_ptr, expression_ptr>> entries;
};

/// `-x`, `+x` and `not x`.
struct unary_node final : expression {
  unary_node(expression_kind kind, source_position at, expression_ptr operand)
      : expression{kind, at}, operand{std::move(operand)} {
  }

  expression_ptr operand;
};

enum class arithmetic_op : uint8_t {
  add,
  subtract,
  multiply,
  divide,
  floor_divide,
  modulo,
  power,
};

/// An arithmetic operation; `and` and `or` use the node too.
struct binary_node final : expression {
  binary_node(expression_kind kind, source_position at, arithmetic_op op,
              expression_ptr left, expression_ptr right)
      : expression{kind, at}, op{op}, left{std::move(left)}, right{std::move(
                                                               right)} {
  }

  arithmetic_op op;
  expression_ptr left;
  expression_ptr right;
};

enum class compare_op : uint8_t {
  equal,
  unequal,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  not_in,
};

/// A chain such as `1 < x <= 5`.
struct compare_node final : expression {
  compare_node(source_position at, expression_ptr first)
      : expression{expression_kind::compare, at}, first{std::move(first)} {
  }

  expression_ptr first;
  std::vector<std::pair<compare_op, expression_ptr>> rest;
};

struct concat_node final : expression {
  explicit concat_node(source_position at)
      : expression{expression_kind::concat, at} {
  }

  std::vector<expression_ptr> items;
};

/// `then if test else otherwise`; the last may be missing.
struct choice_node final : expression {
  explicit choice_node(source_position at)
      : expression{expression_kind::choice, at} {
  }

  expression_ptr test;
  expression_ptr then;
  expression_ptr otherwise;
};

struct attribute_node final : expression {
  attribute_node(source_position at, expression_ptr object, std::string name,
                 bool plain)
      : expression{expression_kind::attribute, at}, object{std::move(object)},
        name{std::move(name)}, plain{plain} {
  }

  expression_ptr object;
  std::string name;
  // No dict has a method of that name: its entries are all there is to see.
  bool plain;
};

struct item_node final : expression {
  item_node(source_position at, expression_ptr object, expression_ptr index)
      : expression{expression_kind::item, at}, object{std::move(object)},
        index{std::move(index)} {
  }

  expression_ptr object;
  expression_ptr index;
};

/// The inside of `x[from:to:step]`; each may be missing.
struct slice_node final : expression {
  explicit slice_node(source_position at)
      : expression{expression_kind::slice, at} {
  }

  expression_ptr from;
  expression_ptr to;
  expression_ptr step;
};

struct arguments_syntax {
  std::vector<expression_ptr> positional;
  std::vector<std::pair<std::string, expression_ptr>> named;
  expression_ptr star;
  expression_ptr double_star;

  bool empty() const {
    return positional.empty() && named.empty() && !star && !double_star;
  }
};

struct call_node final : expression {
  call_node(source_position at, expression_ptr callee)
      : expression{expression_kind::call, at}, callee{std::move(callee)} {
  }

  expression_ptr callee;
  arguments_syntax arguments;
};

struct filter_node final : expression {
  explicit filter_node(source_position at)
      : expression{expression_kind::filter, at} {
  }

  // Missing in `{% filter %}` and block `set`: the rendered text.
  expression_ptr input;
  const filter_row* row = nullptr;
  const signature* parameters = nullptr;
  arguments_syntax arguments;
};

struct test_node final : expression {
  explicit test_node(source_position at)
      : expression{expression_kind::test, at} {
  }

  expression_ptr input;
  const test_row* row = nullptr;
  const signature* parameters = nullptr;
  arguments_syntax arguments;
};

// -- statements ---------------------------------------------------------------

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
  std::string name;
  std::string source;
  statement_body body;
  function_syntax function;
  // By name; the nodes are owned by the tree.
  std::map<std::string, const block_node*> blocks;
  // Something in it may change a list or dict in place, so variables must be
  // copied before they are handed out.
  bool changes_values = false;
};

} // namespace troupe
