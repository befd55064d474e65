#pragma once

#include "config/language/syntax/expression_syntax.hpp"

namespace troupe {

struct filter_row;
struct test_row;
struct signature;
class bound_arguments;

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

enum class step_kind : uint8_t { attribute, item, call, filter, test };

/// What is asked of a value, or done with it: `.name`, `[index]`, `(...)`,
/// `| filter`, `is test`.
struct step {
  step(step_kind kind, source_position at) : kind{kind}, at{at} {
  }

  virtual ~step() = default;

  step_kind kind;
  source_position at;
};

/// A value and what is done with it, from left to right:
/// `head.name[0] | upper`.
struct chain_node final : expression {
  explicit chain_node(expression_ptr head)
      : expression{expression_kind::chain, head ? head->at : source_position{}},
        head{std::move(head)} {
  }

  /// The place of a chain is that of its last step.
  void add(std::unique_ptr<step> next) {
    at = next->at;
    steps.push_back(std::move(next));
  }

  // Missing in `{% filter %}` and block `set`: the rendered text.
  expression_ptr head;
  std::vector<std::unique_ptr<step>> steps;
};

struct attribute_step final : step {
  attribute_step(source_position at, std::string name, bool plain)
      : step{step_kind::attribute, at}, name{std::move(name)},
        hash{name_key::hash_of(this->name)}, plain{plain} {
  }

  name_key key() const {
    return {name, hash, &place};
  }

  std::string name;
  size_t hash;
  place_hint place;
  // No dict has a method of that name: its entries are all there is to see.
  bool plain;
  // What a dict without such an entry yields.
  value missing;
};

struct item_step final : step {
  item_step(source_position at, expression_ptr index)
      : step{step_kind::item, at}, index{std::move(index)} {
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

  expression_ptr index;
  // The index where that is a text that is known.
  const std::string* name = nullptr;
  size_t hash = 0;
  place_hint place;
};

struct call_step final : step {
  explicit call_step(source_position at) : step{step_kind::call, at} {
  }

  arguments_syntax arguments;
};

struct filter_step final : step {
  explicit filter_step(source_position at) : step{step_kind::filter, at} {
  }

  const filter_row* row = nullptr;
  const signature* parameters = nullptr;
  arguments_syntax arguments;
  // The arguments where they are the same in every evaluation, or null.
  std::shared_ptr<const bound_arguments> bound;
};

struct test_step final : step {
  explicit test_step(source_position at) : step{step_kind::test, at} {
  }

  const test_row* row = nullptr;
  const signature* parameters = nullptr;
  arguments_syntax arguments;
  // As a filter's.
  std::shared_ptr<const bound_arguments> bound;
  // `is not`
  bool negated = false;
};

} // namespace troupe
