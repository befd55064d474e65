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
    node->filter = parse_filter_chain(true);
    if (!node->filter)
      return nullptr;
  }
  if (!parse_until({"endset"}, node->body))
    return nullptr;
  advance();
  return node;
}

std::unique_ptr<statement> parser::parse_filter_block() {
  auto node = std::make_unique<filter_block_node>(current().at);
  advance();
  node->filter = parse_filter_chain(false);
  if (!node->filter || !parse_until({"endfilter"}, node->body))
    return nullptr;
  advance();
  return node;
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
