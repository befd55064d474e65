#pragma once

#include "config/language/syntax/token.hpp"
#include "config/value/value.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

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
  chain,
  slice,
};

/// A node of an expression. The evaluator branches on `kind`. However long a
/// row of operators, members, calls or filters is, it is one node: the tree is
/// no deeper than the text has brackets inside one another.
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

/// Whether it stands for what is known of all hosts, of which most templates
/// need one thing.
inline bool is_hostvars(const name_node& x) {
  return x.id == std::string_view{"hostvars"};
}

/// A list or tuple.
struct sequence_node final : expression {
  sequence_node(source_position at, bool tuple)
      : expression{expression_kind::sequence, at}, tuple{tuple} {
  }

  std::vector<expression_ptr> items;
  bool tuple;
  // The whole, when all items are constants; otherwise null.
  value constant;
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

/// Operators of one precedence, from left to right: `a - b + c`.
struct arithmetic_node final : expression {
  struct operation {
    arithmetic_op op;
    source_position at;
    expression_ptr operand;
  };

  arithmetic_node(source_position at, expression_ptr first)
      : expression{expression_kind::arithmetic, at}, first{std::move(first)} {
  }

  expression_ptr first;
  std::vector<operation> rest;
};

/// `a and b and c` or `a or b or c`.
struct logic_node final : expression {
  logic_node(expression_kind kind, source_position at) : expression{kind, at} {
  }

  std::vector<expression_ptr> items;
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

/// `then if test else otherwise`; the last may be missing, and then one more
/// `if` may follow: the last of the tests is asked first.
struct choice_node final : expression {
  explicit choice_node(source_position at)
      : expression{expression_kind::choice, at} {
  }

  std::vector<expression_ptr> tests;
  expression_ptr then;
  // What the last test decides about.
  expression_ptr otherwise;
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

} // namespace troupe
