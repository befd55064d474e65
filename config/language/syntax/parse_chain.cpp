#include "config/language/library/tables.hpp"
#include "config/language/library/unknown_plugin.hpp"
#include "config/language/syntax/parser_state.hpp"

namespace troupe {

namespace {

/// `x` with one more step; null when there is no step.
expression_ptr with_step(expression_ptr x, std::unique_ptr<step> next) {
  if (!next)
    return nullptr;
  if (x->kind != expression_kind::chain)
    x = std::make_unique<chain_node>(std::move(x));
  static_cast<chain_node&>(*x).add(std::move(next));
  return x;
}

} // namespace

expression_ptr parser::parse_postfix(expression_ptr x) {
  while (x) {
    if (current().is_symbol("."))
      x = with_step(std::move(x), parse_member());
    else if (current().is_symbol("["))
      x = with_step(std::move(x), parse_index());
    else if (current().is_symbol("("))
      x = with_step(std::move(x), parse_call());
    else
      break;
  }
  return x;
}

expression_ptr parser::parse_filters(expression_ptr x) {
  while (x) {
    if (skip_symbol("|"))
      x = with_step(std::move(x), parse_filter());
    else if (current().is_name("is"))
      x = with_step(std::move(x), parse_test());
    else if (current().is_symbol("("))
      x = with_step(std::move(x), parse_call());
    else
      break;
  }
  return x;
}

/// Reads the filters of a block; the first one stands behind a bar or not.
expression_ptr parser::parse_filter_chain(bool with_bar) {
  if (with_bar)
    advance();
  expression_ptr all = std::make_unique<chain_node>(nullptr);
  do
    all = with_step(std::move(all), parse_filter());
  while (all && skip_symbol("|"));
  return all;
}

std::unique_ptr<step> parser::parse_member() {
  advance();
  auto& now = current();
  auto at = now.at;
  if (now.kind == token_kind::name) {
    auto name = now.text;
    advance();
    auto plain = !is_dict_attribute(name);
    return std::make_unique<attribute_step>(at, std::move(name), plain);
  }
  if (now.kind != token_kind::integer)
    return fail("expected name or number");
  auto index = parse_number();
  if (!index)
    return nullptr;
  return std::make_unique<item_step>(at, std::move(index));
}

std::unique_ptr<step> parser::parse_index() {
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
  return std::make_unique<item_step>(at, std::move(index));
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

std::unique_ptr<step> parser::parse_call() {
  auto call = std::make_unique<call_step>(current().at);
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

namespace {

/// The value of `node`; null when it is no constant.
const value* constant_of(const expression_ptr& node) {
  return node->kind == expression_kind::constant
           ? &static_cast<const constant_node&>(*node).x
           : nullptr;
}

/// The arguments that `x` stands for in every evaluation: there are none, or
/// all are constants, and they fit the parameters. Otherwise null.
std::shared_ptr<const bound_arguments>
fixed_arguments(std::string_view name, const signature& parameters,
                const arguments_syntax& x) {
  if (x.star || x.double_star)
    return nullptr;
  call_arguments given;
  for (auto& node : x.positional) {
    auto* y = constant_of(node);
    if (!y)
      return nullptr;
    given.positional.push_back(*y);
  }
  for (auto& [key, node] : x.named) {
    auto* y = constant_of(node);
    if (!y)
      return nullptr;
    given.named.emplace_back(key, *y);
  }
  auto bound = match(name, parameters, std::move(given));
  return bound ? std::make_shared<const bound_arguments>(std::move(*bound))
               : nullptr;
}

} // namespace

std::unique_ptr<step> parser::parse_filter() {
  auto at = current().at;
  auto name = parse_dotted_name();
  if (!name)
    return nullptr;
  auto filter = std::make_unique<filter_step>(at);
  filter->row = find_filter(*name);
  if (!filter->row)
    return fail_at(at, unknown_plugin("filter", *name, filter_names()));
  filter->parameters = &parameters_of(*filter->row);
  if (current().is_symbol("(") && !parse_arguments(filter->arguments))
    return nullptr;
  filter->bound = fixed_arguments(filter->row->name, *filter->parameters,
                                  filter->arguments);
  return filter;
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

std::unique_ptr<step> parser::parse_test() {
  advance();
  auto test = std::make_unique<test_step>(current().at);
  test->negated = skip_name("not");
  auto name = parse_dotted_name();
  if (!name)
    return nullptr;
  test->row = find_test(*name);
  if (!test->row)
    return fail_at(test->at, unknown_plugin("test", *name, test_names()));
  test->parameters = &parameters_of(*test->row);
  if (!parse_test_argument(*test))
    return nullptr;
  test->bound
    = fixed_arguments(test->row->name, *test->parameters, test->arguments);
  return test;
}

/// Reads what a test is given: arguments in brackets, or one without any.
bool parser::parse_test_argument(test_step& test) {
  if (current().is_symbol("("))
    return parse_arguments(test.arguments);
  if (!starts_test_argument())
    return true;
  if (current().is_name("is"))
    return fail("You cannot chain multiple tests with is"), false;
  auto argument = parse_primary();
  if (argument)
    argument = parse_postfix(std::move(argument));
  if (!argument)
    return false;
  test.arguments.positional.push_back(std::move(argument));
  return true;
}

} // namespace troupe
