#pragma once

#include "config/language/syntax/token.hpp"
#include "config/value/value.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

struct filter_row;
struct test_row;
struct signature;
class bound_arguments;

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
        name{std::move(name)}, hash{name_key::hash_of(this->name)}, plain{
                                                                      plain} {
  }

  name_key key() const {
    return {name, hash, &place};
  }

  expression_ptr object;
  std::string name;
  size_t hash;
  place_hint place;
  // No dict has a method of that name: its entries are all there is to see.
  bool plain;
  // What a dict without such an entry yields.
  value missing;
};

struct item_node final : expression {
  item_node(source_position at, expression_ptr object, expression_ptr index)
      : expression{expression_kind::item, at}, object{std::move(object)},
        index{std::move(index)} {
    if (this->index->kind != expression_kind::constant)
      return;
    auto& x = static_cast<const constant_node&>(*this->index).x;
    if (!x.is_text())
      return;
    name = &x.as_string();
    hash = name_key::hash_of(*name);
  }

  /// @pre `name`
  name_key key() const {
    return {*name, hash, &place};
  }

  expression_ptr object;
  expression_ptr index;
  // The index where that is a text that is known.
  const std::string* name = nullptr;
  size_t hash = 0;
  place_hint place;
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
    return positional.empty() && !has_more();
  }

  /// Anything beside positional arguments.
  bool has_more() const {
    return !named.empty() || star || double_star;
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
  // The arguments where they are the same in every evaluation, or null.
  std::shared_ptr<const bound_arguments> bound;
};

struct test_node final : expression {
  explicit test_node(source_position at)
      : expression{expression_kind::test, at} {
  }

  expression_ptr input;
  const test_row* row = nullptr;
  const signature* parameters = nullptr;
  arguments_syntax arguments;
  // As a filter's.
  std::shared_ptr<const bound_arguments> bound;
};

} // namespace troupe
