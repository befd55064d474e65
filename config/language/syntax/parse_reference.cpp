#include "config/language/syntax/parser_state.hpp"

// Statements that name another template.

namespace troupe {

/// Reads `with context` or `without context` when it stands there.
bool parser::parse_context(bool& with_context) {
  if ((current().is_name("with") || current().is_name("without"))
      && ahead().is_name("context")) {
    with_context = current().is_name("with");
    advance();
    advance();
    return true;
  }
  return false;
}

std::unique_ptr<statement> parser::parse_include() {
  auto node = std::make_unique<include_node>(current().at);
  advance();
  node->name = parse_expression();
  if (!node->name)
    return nullptr;
  if (current().is_name("ignore") && ahead().is_name("missing")) {
    node->ignore_missing = true;
    advance();
    advance();
  }
  parse_context(node->with_context);
  return node;
}

std::unique_ptr<statement> parser::parse_import() {
  auto node = std::make_unique<import_node>(current().at);
  advance();
  node->name = parse_expression();
  if (!node->name)
    return nullptr;
  if (!skip_name("as"))
    return fail("expected 'as'");
  if (!parse_target(node->target, false))
    return nullptr;
  parse_context(node->with_context);
  return node;
}

std::unique_ptr<statement> parser::parse_from() {
  auto node = std::make_unique<from_import_node>(current().at);
  advance();
  node->name = parse_expression();
  if (!node->name)
    return nullptr;
  if (!skip_name("import"))
    return fail("expected 'import'");
  while (!parse_context(node->with_context)) {
    auto at = current().at;
    if (current().kind != token_kind::name) {
      // A comma may stand behind the last name, nothing else.
      if (current().kind == token_kind::block_end && !node->names.empty())
        break;
      expect_name();
      return nullptr;
    }
    auto name = *expect_name();
    if (name.starts_with('_'))
      return fail_at(at, "names starting with an underline can not be "
                         "imported");
    target_syntax target;
    target.at = at;
    target.name = name;
    if (skip_name("as")) {
      if (!parse_target(target, false))
        return nullptr;
    }
    node->names.emplace_back(std::move(name), std::move(target));
    if (parse_context(node->with_context) || !skip_symbol(","))
      break;
  }
  return node;
}

std::unique_ptr<statement> parser::parse_extends() {
  auto node = std::make_unique<extends_node>(current().at);
  advance();
  node->name = parse_expression();
  return node->name ? std::move(node) : nullptr;
}

} // namespace troupe
