#include "config/language/syntax/parser_state.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

bool reserved(std::string_view name) {
  return name == "true" || name == "false" || name == "none" || name == "True"
         || name == "False" || name == "None";
}

bool is_call(const expression& x) {
  return x.kind == expression_kind::chain
         && static_cast<const chain_node&>(x).steps.back()->kind
              == step_kind::call;
}

} // namespace

bool parser::parse_single_target(target_syntax& out, bool with_member) {
  out.at = current().at;
  if (skip_symbol("(")) {
    return parse_target(out, true, {}, with_member) && expect_symbol(")");
  }
  auto name = expect_name();
  if (!name)
    return false;
  if (reserved(*name))
    return fail_at(out.at, fmt::format("can't assign to '{}'", *name)), false;
  out.name = *name;
  if (loops_ > 0 && out.name == "loop")
    return fail_at(out.at, "can't assign to the special variable 'loop' inside "
                           "a loop"),
           false;
  if (with_member && skip_symbol(".")) {
    auto member = expect_name();
    if (!member)
      return false;
    out.kind = target_syntax::form::member;
    out.member = *member;
  }
  return true;
}

/// Reads `a`, `a.b` or `a, b` to assign to.
bool parser::parse_target(target_syntax& out, bool with_tuple,
                          std::initializer_list<std::string_view> ends,
                          bool with_member) {
  deeper guard{*this};
  if (guard.too_deep())
    return false;
  target_syntax first;
  if (!parse_single_target(first, with_member))
    return false;
  if (!with_tuple || !current().is_symbol(",")) {
    out = std::move(first);
    return true;
  }
  out.kind = target_syntax::form::several;
  out.at = first.at;
  out.parts.push_back(std::move(first));
  while (skip_symbol(",")) {
    if (at_tuple_end(ends) || current().is_symbol("="))
      break;
    target_syntax next;
    if (!parse_single_target(next, false))
      return false;
    out.parts.push_back(std::move(next));
  }
  return true;
}

bool parser::parse_signature(macro_syntax& macro) {
  if (!expect_symbol("("))
    return false;
  while (!current().is_symbol(")")) {
    if (!macro.parameters.empty() && !expect_symbol(","))
      return false;
    auto at = current().at;
    auto name = expect_name();
    if (!name)
      return false;
    if (reserved(*name))
      return fail_at(at, fmt::format("can't assign to '{}'", *name)), false;
    macro.parameters.push_back(*name);
    if (skip_symbol("=")) {
      auto x = parse_expression();
      if (!x)
        return false;
      macro.defaults.push_back(std::move(x));
    } else if (!macro.defaults.empty()) {
      return fail("non-default argument follows default argument"), false;
    }
  }
  advance();
  return true;
}

std::unique_ptr<statement> parser::parse_macro() {
  auto node = std::make_unique<macro_node>(current().at);
  advance();
  auto at = current().at;
  auto name = expect_name();
  if (!name)
    return nullptr;
  if (reserved(*name))
    return fail_at(at, fmt::format("can't assign to '{}'", *name));
  node->macro.name = *name;
  if (!parse_signature(node->macro)
      || !parse_until({"endmacro"}, node->macro.body))
    return nullptr;
  advance();
  return node;
}

std::unique_ptr<statement> parser::parse_call_block() {
  auto node = std::make_unique<call_block_node>(current().at);
  advance();
  node->macro.name = "caller";
  if (current().is_symbol("(") && !parse_signature(node->macro))
    return nullptr;
  auto at = current().at;
  node->call = parse_expression();
  if (!node->call)
    return nullptr;
  if (!is_call(*node->call))
    return fail_at(at, "expected call");
  if (!parse_until({"endcall"}, node->macro.body))
    return nullptr;
  advance();
  return node;
}

} // namespace troupe
