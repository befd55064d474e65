#include "config/language/python/numbers.hpp"
#include "config/language/syntax/parser_state.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

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

} // namespace troupe
