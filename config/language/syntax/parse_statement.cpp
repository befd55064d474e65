#include "config/language/syntax/parser_state.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

namespace troupe {

namespace {

constexpr std::array<std::string_view, 16> tag_names{
  "if",         "for",    "set",  "macro", "call",    "filter",
  "include",    "import", "from", "block", "extends", "with",
  "autoescape", "print",  "raw",  "endraw"};

bool reserved(std::string_view name) {
  return name == "true" || name == "false" || name == "none" || name == "True"
         || name == "False" || name == "None";
}

} // namespace

bool parser::parse_statement(statement_body& out) {
  auto tag = current();
  if (tag.kind != token_kind::name)
    return fail("tag name expected"), false;
  if (tag.text == "print") {
    advance();
    auto x = parse_tuple(false);
    if (!x)
      return false;
    out.push_back(std::make_unique<output_node>(tag.at, std::move(x)));
    return end_tag();
  }
  using function = std::unique_ptr<statement> (parser::*)();
  static constexpr std::array<std::pair<std::string_view, function>, 13> tags{{
    {"if", &parser::parse_if},
    {"for", &parser::parse_for},
    {"set", &parser::parse_set},
    {"macro", &parser::parse_macro},
    {"call", &parser::parse_call_block},
    {"filter", &parser::parse_filter_block},
    {"include", &parser::parse_include},
    {"import", &parser::parse_import},
    {"from", &parser::parse_from},
    {"extends", &parser::parse_extends},
    {"block", &parser::parse_block},
    {"with", &parser::parse_with},
    {"autoescape", &parser::parse_autoescape},
  }};
  open_tags_.push_back(tag.text);
  for (auto& [name, parse] : tags) {
    if (name != tag.text)
      continue;
    auto node = (this->*parse)();
    if (!node)
      return false;
    node->at = tag.at;
    out.push_back(std::move(node));
    open_tags_.pop_back();
    return end_tag();
  }
  open_tags_.pop_back();
  unknown_tag(tag.text);
  return false;
}

std::unique_ptr<statement> parser::unknown_tag(const std::string& tag) {
  auto message = fmt::format("unknown tag '{}'", tag);
  if (!wanted_ends_.empty() && !wanted_ends_.back().empty())
    message += fmt::format("; wanted here: {}",
                           fmt::join(wanted_ends_.back(), " or "));
  if (!open_tags_.empty())
    message
      += fmt::format("; the innermost open block is '{}'", open_tags_.back());
  else
    message += did_you_mean(tag, {tag_names.begin(), tag_names.end()});
  return fail(std::move(message));
}

std::unique_ptr<statement> parser::parse_if() {
  auto node = std::make_unique<branch_node>(current().at);
  for (;;) {
    advance();
    auto test = parse_tuple(false, false);
    statement_body body;
    if (!test || !parse_until({"elif", "else", "endif"}, body))
      return nullptr;
    node->branches.emplace_back(std::move(test), std::move(body));
    if (!current().is_name("elif"))
      break;
  }
  if (skip_name("else")) {
    if (!parse_until({"endif"}, node->otherwise))
      return nullptr;
  }
  advance();
  return node;
}

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

std::unique_ptr<statement> parser::parse_for() {
  auto node = std::make_unique<loop_node>(current().at);
  advance();
  ++loops_;
  if (!parse_target(node->target, true, {"in"}))
    return nullptr;
  if (!skip_name("in"))
    return fail("expected 'in'");
  node->over = parse_tuple(false, false, {"recursive"});
  if (!node->over)
    return nullptr;
  if (skip_name("if")) {
    node->test = parse_expression();
    if (!node->test)
      return nullptr;
  }
  node->recursive = skip_name("recursive");
  if (!parse_until({"endfor", "else"}, node->body))
    return nullptr;
  if (skip_name("else") && !parse_until({"endfor"}, node->otherwise))
    return nullptr;
  --loops_;
  advance();
  return node;
}

std::unique_ptr<statement> parser::parse_set() {
  auto at = current().at;
  advance();
  target_syntax target;
  if (!parse_target(target, true, {}, true))
    return nullptr;
  if (skip_symbol("=")) {
    auto node = std::make_unique<assign_node>(at);
    node->target = std::move(target);
    node->x = parse_tuple(false);
    return node->x ? std::move(node) : nullptr;
  }
  auto node = std::make_unique<assign_block_node>(at);
  node->target = std::move(target);
  if (current().is_symbol("|")) {
    node->filter = parse_filter(nullptr);
    if (!node->filter)
      return nullptr;
  }
  if (!parse_until({"endset"}, node->body))
    return nullptr;
  advance();
  return node;
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
  if (node->call->kind != expression_kind::call)
    return fail_at(at, "expected call");
  if (!parse_until({"endcall"}, node->macro.body))
    return nullptr;
  advance();
  return node;
}

std::unique_ptr<statement> parser::parse_filter_block() {
  auto node = std::make_unique<filter_block_node>(current().at);
  advance();
  node->filter = parse_filter(nullptr, true);
  if (!node->filter || !parse_until({"endfilter"}, node->body))
    return nullptr;
  advance();
  return node;
}

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

std::unique_ptr<statement> parser::parse_block() {
  auto node = std::make_unique<block_node>(current().at);
  advance();
  auto at = current().at;
  auto name = expect_name();
  if (!name)
    return nullptr;
  node->name = *name;
  node->scoped = skip_name("scoped");
  node->required = skip_name("required");
  if (current().is_symbol("-"))
    return fail("Block names in Jinja have to be valid names and may not "
                "contain hyphens, use an underscore instead.");
  if (!out_.blocks.emplace(*name, node.get()).second)
    return fail_at(at, fmt::format("block '{}' defined twice", *name));
  if (!parse_until({"endblock"}, node->body))
    return nullptr;
  advance();
  skip_name(*name);
  return node;
}

std::unique_ptr<statement> parser::parse_with() {
  auto node = std::make_unique<with_node>(current().at);
  advance();
  while (current().kind != token_kind::block_end) {
    if (!node->names.empty() && !expect_symbol(","))
      return nullptr;
    target_syntax target;
    if (!parse_target(target, false) || !expect_symbol("="))
      return nullptr;
    auto x = parse_expression();
    if (!x)
      return nullptr;
    node->names.emplace_back(std::move(target), std::move(x));
  }
  if (!parse_until({"endwith"}, node->body))
    return nullptr;
  advance();
  return node;
}

std::unique_ptr<statement> parser::parse_autoescape() {
  auto node = std::make_unique<scope_node>(current().at);
  advance();
  if (!parse_expression() || !parse_until({"endautoescape"}, node->body))
    return nullptr;
  advance();
  return node;
}

} // namespace troupe
