#include "config/language/library/tables.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/syntax/parser_state.hpp"
#include "config/value/big_integer.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>

#include <array>

// Precedence, loosest first; each level is one function:
//   x if y else z · or · and · not · == != < <= > >= in · + - · ~ ·
//   * / // % · ** (left to right!) · unary - + · . [] () · | filter, is test
// Filters bind looser than unary minus and tighter than all the rest.

namespace troupe {

namespace {

struct binary_symbol {
  std::string_view sign;
  arithmetic_op op;
  int level;
};

constexpr std::array<binary_symbol, 7> binary_symbols{{
  {"+", arithmetic_op::add, 0},
  {"-", arithmetic_op::subtract, 0},
  {"*", arithmetic_op::multiply, 1},
  {"/", arithmetic_op::divide, 1},
  {"//", arithmetic_op::floor_divide, 1},
  {"%", arithmetic_op::modulo, 1},
  {"**", arithmetic_op::power, 2},
}};

constexpr std::array<std::pair<std::string_view, compare_op>, 6>
  compare_symbols{{
    {"==", compare_op::equal},
    {"!=", compare_op::unequal},
    {"<", compare_op::less},
    {"<=", compare_op::less_equal},
    {">", compare_op::greater},
    {">=", compare_op::greater_equal},
  }};

} // namespace

expression_ptr parser::parse_expression(bool with_choice) {
  deeper guard{*this};
  if (guard.too_deep())
    return nullptr;
  auto at = current().at;
  auto x = parse_either();
  while (x && with_choice && skip_name("if")) {
    if (!count_operator())
      return nullptr;
    auto choice = std::make_unique<choice_node>(at);
    choice->then = std::move(x);
    choice->test = parse_either();
    if (!choice->test)
      return nullptr;
    if (skip_name("else")) {
      choice->otherwise = parse_expression();
      if (!choice->otherwise)
        return nullptr;
    }
    x = std::move(choice);
  }
  return x;
}

expression_ptr parser::parse_either() {
  auto at = current().at;
  auto x = parse_both();
  while (x && skip_name("or")) {
    if (!count_operator())
      return nullptr;
    auto y = parse_both();
    if (!y)
      return nullptr;
    x = std::make_unique<binary_node>(expression_kind::either, at,
                                      arithmetic_op::add, std::move(x),
                                      std::move(y));
  }
  return x;
}

expression_ptr parser::parse_both() {
  auto at = current().at;
  auto x = parse_inversion();
  while (x && skip_name("and")) {
    if (!count_operator())
      return nullptr;
    auto y = parse_inversion();
    if (!y)
      return nullptr;
    x = std::make_unique<binary_node>(expression_kind::both, at,
                                      arithmetic_op::add, std::move(x),
                                      std::move(y));
  }
  return x;
}

expression_ptr parser::parse_inversion() {
  auto at = current().at;
  if (!skip_name("not"))
    return parse_compare();
  deeper guard{*this};
  if (guard.too_deep())
    return nullptr;
  auto x = parse_inversion();
  if (!x)
    return nullptr;
  return std::make_unique<unary_node>(expression_kind::invert, at,
                                      std::move(x));
}

expression_ptr parser::parse_compare() {
  auto at = current().at;
  auto first = parse_binary(0);
  if (!first)
    return nullptr;
  auto chain = std::make_unique<compare_node>(at, nullptr);
  for (;;) {
    std::optional<compare_op> op;
    for (auto& [sign, known] : compare_symbols)
      if (current().is_symbol(sign))
        op = known;
    if (current().is_name("in"))
      op = compare_op::in;
    else if (current().is_name("not") && ahead().is_name("in")) {
      op = compare_op::not_in;
      advance();
    }
    if (!op)
      break;
    advance();
    auto right = parse_binary(0);
    if (!right)
      return nullptr;
    chain->rest.emplace_back(*op, std::move(right));
  }
  if (chain->rest.empty())
    return first;
  chain->first = std::move(first);
  return chain;
}

expression_ptr parser::parse_binary(int level) {
  auto operand = [&]() -> expression_ptr {
    if (level == 0)
      return parse_concat();
    return level == 1 ? parse_binary(2) : parse_unary();
  };
  auto at = current().at;
  auto x = operand();
  while (x) {
    const binary_symbol* found = nullptr;
    for (auto& row : binary_symbols)
      if (row.level == level && current().is_symbol(row.sign))
        found = &row;
    if (!found)
      break;
    at = current().at;
    advance();
    auto y = operand();
    if (!y)
      return nullptr;
    if (!count_operator())
      return nullptr;
    x = std::make_unique<binary_node>(expression_kind::arithmetic, at,
                                      found->op, std::move(x), std::move(y));
  }
  return x;
}

expression_ptr parser::parse_concat() {
  auto at = current().at;
  auto first = parse_binary(1);
  if (!first || !current().is_symbol("~"))
    return first;
  auto all = std::make_unique<concat_node>(at);
  all->items.push_back(std::move(first));
  while (skip_symbol("~")) {
    auto next = parse_binary(1);
    if (!next)
      return nullptr;
    all->items.push_back(std::move(next));
  }
  return all;
}

expression_ptr parser::parse_unary(bool with_filter) {
  deeper guard{*this};
  if (guard.too_deep())
    return nullptr;
  auto at = current().at;
  expression_ptr x;
  if (current().is_symbol("-") || current().is_symbol("+")) {
    auto kind = current().is_symbol("-") ? expression_kind::negate
                                         : expression_kind::plus;
    advance();
    x = parse_unary(false);
    if (x)
      x = std::make_unique<unary_node>(kind, at, std::move(x));
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
