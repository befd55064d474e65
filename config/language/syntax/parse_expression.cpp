#include "config/language/syntax/parser_state.hpp"

#include <array>

// Precedence, loosest first:
//   x if y else z · or · and · not · == != < <= > >= in · + - · ~ ·
//   * / // % · ** (left to right!) · unary - + · . [] () · | filter, is test
// Filters bind looser than unary minus and tighter than all the rest.

namespace troupe {

namespace {

enum precedence : unsigned {
  either_level,
  both_level,
  inversion_level,
  compare_level,
  sum_level,
  concat_level,
  product_level,
  power_level,
};

struct arithmetic_sign {
  std::string_view sign;
  arithmetic_op op;
  unsigned level;
};

constexpr std::array<arithmetic_sign, 7> arithmetic_signs{{
  {"+", arithmetic_op::add, sum_level},
  {"-", arithmetic_op::subtract, sum_level},
  {"*", arithmetic_op::multiply, product_level},
  {"/", arithmetic_op::divide, product_level},
  {"//", arithmetic_op::floor_divide, product_level},
  {"%", arithmetic_op::modulo, product_level},
  {"**", arithmetic_op::power, power_level},
}};

constexpr std::array<std::pair<std::string_view, compare_op>, 6> compare_signs{{
  {"==", compare_op::equal},
  {"!=", compare_op::unequal},
  {"<", compare_op::less},
  {"<=", compare_op::less_equal},
  {">", compare_op::greater},
  {">=", compare_op::greater_equal},
}};

const arithmetic_sign* find_arithmetic(const token& x) {
  if (x.kind != token_kind::symbol)
    return nullptr;
  for (auto& row : arithmetic_signs)
    if (x.is_symbol(row.sign))
      return &row;
  return nullptr;
}

std::optional<compare_op> find_compare(const token& x, const token& ahead) {
  if (x.is_name("in"))
    return compare_op::in;
  if (x.is_name("not") && ahead.is_name("in"))
    return compare_op::not_in;
  for (auto& [sign, op] : compare_signs)
    if (x.is_symbol(sign))
      return op;
  return std::nullopt;
}

/// The precedence of the operator that stands there; nothing when none does.
std::optional<unsigned> level_of(const token& x, const token& ahead) {
  if (x.is_name("or"))
    return either_level;
  if (x.is_name("and"))
    return both_level;
  if (x.is_symbol("~"))
    return concat_level;
  if (auto* row = find_arithmetic(x))
    return row->level;
  if (find_compare(x, ahead))
    return compare_level;
  return std::nullopt;
}

} // namespace

expression_ptr parser::parse_expression(bool with_choice) {
  deeper guard{*this};
  if (guard.too_deep())
    return nullptr;
  auto at = current().at;
  auto x = parse_operators(either_level);
  if (!x || !with_choice || !current().is_name("if"))
    return x;
  auto choice = std::make_unique<choice_node>(at);
  choice->then = std::move(x);
  while (skip_name("if")) {
    auto test = parse_operators(either_level);
    if (!test)
      return nullptr;
    choice->tests.push_back(std::move(test));
    if (!skip_name("else"))
      continue;
    choice->otherwise = parse_expression();
    return choice->otherwise ? std::move(choice) : nullptr;
  }
  return choice;
}

/// Reads an operand and what is tied to it by operators of `least` or tighter.
expression_ptr parser::parse_operators(unsigned least) {
  auto at = current().at;
  auto x = least <= inversion_level && current().is_name("not")
             ? parse_inversion()
             : parse_unary();
  while (x) {
    auto level = level_of(current(), ahead());
    if (!level || *level < least)
      break;
    x = parse_row(*level, at, std::move(x));
  }
  return x;
}

/// Reads the right side of an operator.
expression_ptr parser::parse_right(unsigned level) {
  deeper guard{*this};
  return guard.too_deep() ? nullptr : parse_operators(level + 1);
}

/// Reads the operators of one precedence that follow `first`.
expression_ptr parser::parse_row(unsigned level, source_position at,
                                 expression_ptr first) {
  switch (level) {
  case either_level:
  case both_level:
    return parse_logic(level, at, std::move(first));
  case compare_level:
    return parse_compare(at, std::move(first));
  case concat_level:
    return parse_concat(at, std::move(first));
  default:
    return parse_arithmetic(level, at, std::move(first));
  }
}

expression_ptr parser::parse_logic(unsigned level, source_position at,
                                   expression_ptr first) {
  auto both = level == both_level;
  auto all = std::make_unique<logic_node>(
    both ? expression_kind::both : expression_kind::either, at);
  all->items.push_back(std::move(first));
  while (skip_name(both ? "and" : "or")) {
    auto next = parse_right(level);
    if (!next)
      return nullptr;
    all->items.push_back(std::move(next));
  }
  return all;
}

expression_ptr parser::parse_inversion() {
  deeper guard{*this};
  if (guard.too_deep())
    return nullptr;
  auto at = current().at;
  advance();
  auto x = parse_operators(inversion_level);
  if (!x)
    return nullptr;
  return std::make_unique<unary_node>(expression_kind::invert, at,
                                      std::move(x));
}

expression_ptr parser::parse_compare(source_position at, expression_ptr first) {
  auto all = std::make_unique<compare_node>(at, std::move(first));
  while (auto op = find_compare(current(), ahead())) {
    if (*op == compare_op::not_in)
      advance();
    advance();
    auto next = parse_right(compare_level);
    if (!next)
      return nullptr;
    all->rest.emplace_back(*op, std::move(next));
  }
  return all;
}

expression_ptr parser::parse_concat(source_position at, expression_ptr first) {
  auto all = std::make_unique<concat_node>(at);
  all->items.push_back(std::move(first));
  while (skip_symbol("~")) {
    auto next = parse_right(concat_level);
    if (!next)
      return nullptr;
    all->items.push_back(std::move(next));
  }
  return all;
}

expression_ptr parser::parse_arithmetic(unsigned level, source_position at,
                                        expression_ptr first) {
  auto all = std::make_unique<arithmetic_node>(at, std::move(first));
  for (;;) {
    auto* row = find_arithmetic(current());
    if (!row || row->level != level)
      return all;
    auto sign_at = current().at;
    advance();
    auto next = parse_right(level);
    if (!next)
      return nullptr;
    all->rest.push_back({row->op, sign_at, std::move(next)});
  }
}

expression_ptr parser::parse_unary(bool with_filter) {
  auto at = current().at;
  auto minus = current().is_symbol("-");
  expression_ptr x;
  if (minus || current().is_symbol("+")) {
    deeper guard{*this};
    if (guard.too_deep())
      return nullptr;
    advance();
    x = parse_unary(false);
    if (x)
      x = std::make_unique<unary_node>(minus ? expression_kind::negate
                                             : expression_kind::plus,
                                       at, std::move(x));
  } else {
    x = parse_primary();
  }
  if (x)
    x = parse_postfix(std::move(x));
  if (x && with_filter)
    x = parse_filters(std::move(x));
  return x;
}

} // namespace troupe
