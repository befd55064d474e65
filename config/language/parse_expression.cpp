#include "config/big_integer.hpp"
#include "config/language/numbers.hpp"
#include "config/language/parser_state.hpp"
#include "config/language/tables.hpp"
#include "config/nearest.hpp"

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

std::string describe(const token& x) {
  switch (x.kind) {
  case token_kind::variable_end:
    return "end of print statement";
  case token_kind::block_end:
    return "end of statement block";
  case token_kind::data:
    return "template text";
  case token_kind::end:
    return "end of template";
  case token_kind::string:
    return fmt::format("the text '{}'", x.text);
  default:
    return fmt::format("'{}'", x.text);
  }
}

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

expression_ptr parser::parse_primary() {
  auto& now = current();
  auto at = now.at;
  if (now.kind == token_kind::name) {
    auto word = now.text;
    advance();
    if (word == "true" || word == "True")
      return std::make_unique<constant_node>(at, true);
    if (word == "false" || word == "False")
      return std::make_unique<constant_node>(at, false);
    if (word == "none" || word == "None")
      return std::make_unique<constant_node>(at, value{});
    return std::make_unique<name_node>(at, std::move(word));
  }
  if (now.kind == token_kind::string)
    return parse_string();
  if (now.kind == token_kind::integer || now.kind == token_kind::real)
    return parse_number();
  if (skip_symbol("(")) {
    auto x = parse_tuple(true);
    return x && expect_symbol(")") ? std::move(x) : nullptr;
  }
  if (now.is_symbol("["))
    return parse_list();
  if (now.is_symbol("{"))
    return parse_dictionary();
  return fail(fmt::format("unexpected {}", describe(now)));
}

expression_ptr parser::parse_string() {
  auto at = current().at;
  std::string bytes;
  while (current().kind == token_kind::string) {
    bytes += current().text;
    advance();
  }
  return std::make_unique<constant_node>(at, value{std::move(bytes)});
}

expression_ptr parser::parse_number() {
  auto& now = current();
  auto at = now.at;
  auto x = now.kind == token_kind::integer ? parse_integer(now.text, 0)
                                           : parse_real(now.text);
  if (!x)
    return fail(fmt::format("'{}' is not a number", now.text));
  advance();
  return std::make_unique<constant_node>(at, *x);
}

bool parser::at_tuple_end(std::initializer_list<std::string_view> ends) const {
  auto& now = current();
  if (now.kind == token_kind::variable_end || now.kind == token_kind::block_end
      || now.is_symbol(")"))
    return true;
  for (auto word : ends)
    if (now.is_name(word))
      return true;
  return false;
}

expression_ptr
parser::parse_tuple(bool parentheses, bool with_choice,
                    std::initializer_list<std::string_view> ends) {
  auto at = current().at;
  auto all = std::make_unique<sequence_node>(at, true);
  bool is_tuple = false;
  for (;;) {
    if (!all->items.empty() && !expect_symbol(","))
      return nullptr;
    if (at_tuple_end(ends))
      break;
    auto x = parse_expression(with_choice);
    if (!x)
      return nullptr;
    all->items.push_back(std::move(x));
    if (!current().is_symbol(","))
      break;
    is_tuple = true;
  }
  if (is_tuple)
    return all;
  if (!all->items.empty())
    return std::move(all->items.front());
  if (!parentheses)
    return fail(
      fmt::format("Expected an expression, got {}", describe(current())));
  return all;
}

expression_ptr parser::parse_list() {
  auto all = std::make_unique<sequence_node>(current().at, false);
  advance();
  while (!current().is_symbol("]")) {
    if (!all->items.empty() && !expect_symbol(","))
      return nullptr;
    if (current().is_symbol("]"))
      break;
    auto x = parse_expression();
    if (!x)
      return nullptr;
    all->items.push_back(std::move(x));
  }
  advance();
  return all;
}

expression_ptr parser::parse_dictionary() {
  auto all = std::make_unique<dictionary_node>(current().at);
  advance();
  while (!current().is_symbol("}")) {
    if (!all->entries.empty() && !expect_symbol(","))
      return nullptr;
    if (current().is_symbol("}"))
      break;
    auto key = parse_expression();
    if (!key || !expect_symbol(":"))
      return nullptr;
    auto x = parse_expression();
    if (!x)
      return nullptr;
    all->entries.emplace_back(std::move(key), std::move(x));
  }
  advance();
  return all;
}

expression_ptr parser::parse_postfix(expression_ptr x) {
  while (x) {
    if (current().is_symbol("."))
      x = parse_member(std::move(x));
    else if (current().is_symbol("["))
      x = parse_index(std::move(x));
    else if (current().is_symbol("("))
      x = parse_call(std::move(x));
    else
      break;
    if (!count_operator())
      return nullptr;
  }
  return x;
}

expression_ptr parser::parse_filters(expression_ptr x) {
  while (x) {
    if (current().is_symbol("|"))
      x = parse_filter(std::move(x));
    else if (current().is_name("is"))
      x = parse_test(std::move(x));
    else if (current().is_symbol("("))
      x = parse_call(std::move(x));
    else
      break;
    if (!count_operator())
      return nullptr;
  }
  return x;
}

expression_ptr parser::parse_member(expression_ptr x) {
  advance();
  auto& now = current();
  auto at = now.at;
  if (now.kind == token_kind::name) {
    auto name = now.text;
    advance();
    auto plain = !is_dict_attribute(name);
    return std::make_unique<attribute_node>(at, std::move(x), std::move(name),
                                            plain);
  }
  if (now.kind != token_kind::integer)
    return fail("expected name or number");
  auto index = parse_number();
  return std::make_unique<item_node>(at, std::move(x), std::move(index));
}

expression_ptr parser::parse_index(expression_ptr x) {
  auto at = current().at;
  advance();
  auto all = std::make_unique<sequence_node>(at, true);
  while (!current().is_symbol("]")) {
    if (!all->items.empty() && !expect_symbol(","))
      return nullptr;
    auto part = parse_index_part();
    if (!part)
      return nullptr;
    all->items.push_back(std::move(part));
  }
  advance();
  expression_ptr index;
  if (all->items.size() == 1)
    index = std::move(all->items.front());
  else
    index = std::move(all);
  return std::make_unique<item_node>(at, std::move(x), std::move(index));
}

expression_ptr parser::parse_index_part() {
  auto slice = std::make_unique<slice_node>(current().at);
  auto ends
    = [&] { return current().is_symbol("]") || current().is_symbol(","); };
  if (!current().is_symbol(":")) {
    auto x = parse_expression();
    if (!x || !current().is_symbol(":"))
      return x;
    slice->from = std::move(x);
  }
  advance();
  if (!ends() && !current().is_symbol(":")) {
    slice->to = parse_expression();
    if (!slice->to)
      return nullptr;
  }
  if (skip_symbol(":") && !ends()) {
    slice->step = parse_expression();
    if (!slice->step)
      return nullptr;
  }
  return slice;
}

expression_ptr parser::parse_call(expression_ptr x) {
  auto call = std::make_unique<call_node>(current().at, std::move(x));
  return parse_arguments(call->arguments) ? std::move(call) : nullptr;
}

bool parser::parse_arguments(arguments_syntax& out) {
  advance();
  bool first = true;
  while (!current().is_symbol(")")) {
    if (!first && !expect_symbol(","))
      return false;
    if (!first && current().is_symbol(")"))
      break;
    if (!parse_argument(out))
      return false;
    first = false;
  }
  advance();
  return true;
}

bool parser::parse_argument(arguments_syntax& out) {
  if (current().is_symbol("*") || current().is_symbol("**")) {
    auto& place = current().is_symbol("*") ? out.star : out.double_star;
    if (place || out.double_star)
      return fail("invalid syntax for function call expression"), false;
    advance();
    place = parse_expression();
    return place != nullptr;
  }
  if (current().kind == token_kind::name && ahead().is_symbol("=")) {
    if (out.double_star)
      return fail("invalid syntax for function call expression"), false;
    auto name = current().text;
    advance();
    advance();
    auto x = parse_expression();
    if (!x)
      return false;
    out.named.emplace_back(std::move(name), std::move(x));
    return true;
  }
  if (out.star || out.double_star || !out.named.empty())
    return fail("invalid syntax for function call expression"), false;
  auto x = parse_expression();
  if (!x)
    return false;
  out.positional.push_back(std::move(x));
  return true;
}

std::optional<std::string> parser::parse_dotted_name() {
  auto name = expect_name();
  while (name && skip_symbol(".")) {
    auto part = expect_name();
    if (!part)
      return std::nullopt;
    *name += "." + *part;
  }
  return name;
}

expression_ptr parser::parse_filter(expression_ptr x, bool inline_start) {
  while (inline_start || current().is_symbol("|")) {
    if (!inline_start)
      advance();
    auto at = current().at;
    auto name = parse_dotted_name();
    if (!name)
      return nullptr;
    if (!count_operator())
      return nullptr;
    auto filter = std::make_unique<filter_node>(at);
    filter->row = find_filter(*name);
    if (!filter->row)
      return fail_at(at, unknown_name("filter", *name, filter_names()));
    filter->parameters = &parameters_of(*filter->row);
    filter->input = std::move(x);
    if (current().is_symbol("(") && !parse_arguments(filter->arguments))
      return nullptr;
    x = std::move(filter);
    inline_start = false;
  }
  return x;
}

bool parser::starts_test_argument() const {
  auto& now = current();
  switch (now.kind) {
  case token_kind::name:
    return now.text != "else" && now.text != "or" && now.text != "and";
  case token_kind::string:
  case token_kind::integer:
  case token_kind::real:
    return true;
  default:
    return now.is_symbol("(") || now.is_symbol("[") || now.is_symbol("{");
  }
}

expression_ptr parser::parse_test(expression_ptr x) {
  advance();
  auto at = current().at;
  bool negated = skip_name("not");
  auto name = parse_dotted_name();
  if (!name)
    return nullptr;
  auto test = std::make_unique<test_node>(at);
  test->row = find_test(*name);
  if (!test->row)
    return fail_at(at, unknown_name("test", *name, test_names()));
  test->parameters = &parameters_of(*test->row);
  test->input = std::move(x);
  if (current().is_symbol("(")) {
    if (!parse_arguments(test->arguments))
      return nullptr;
  } else if (starts_test_argument()) {
    if (current().is_name("is"))
      return fail("You cannot chain multiple tests with is");
    auto argument = parse_primary();
    if (argument)
      argument = parse_postfix(std::move(argument));
    if (!argument)
      return nullptr;
    test->arguments.positional.push_back(std::move(argument));
  }
  if (!negated)
    return test;
  return std::make_unique<unary_node>(expression_kind::invert, at,
                                      std::move(test));
}

} // namespace troupe
