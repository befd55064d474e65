#include "config/language/syntax/parser.hpp"

#include "config/language/syntax/error_place.hpp"
#include "config/language/syntax/lexer.hpp"
#include "config/language/syntax/lexer_state.hpp"
#include "config/language/syntax/name_places.hpp"
#include "config/language/syntax/parser_state.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

std::string_view kind_name(token_kind kind) {
  switch (kind) {
  case token_kind::variable_end:
    return "the end of an expression";
  case token_kind::block_end:
    return "end of statement block";
  case token_kind::data:
    return "template text";
  case token_kind::end:
    return "end of template";
  default:
    return "";
  }
}

std::string shown(const token& x) {
  auto name = kind_name(x.kind);
  if (x.is_symbol("="))
    return "'='; to compare, write '=='";
  return name.empty() ? fmt::format("'{}'", x.text) : std::string{name};
}

} // namespace

std::nullptr_t parser::fail_at(source_position at, std::string message) {
  if (!error_)
    error_ = syntax_error(at, std::move(message));
  return nullptr;
}

std::nullptr_t parser::fail(std::string message) {
  return fail_at(current().at, std::move(message));
}

bool parser::skip_symbol(std::string_view sign) {
  if (!current().is_symbol(sign))
    return false;
  advance();
  return true;
}

bool parser::skip_name(std::string_view word) {
  if (!current().is_name(word))
    return false;
  advance();
  return true;
}

bool parser::expect_symbol(std::string_view sign) {
  if (skip_symbol(sign))
    return true;
  fail(fmt::format("expected '{}', got {}", sign, shown(current())));
  return false;
}

bool parser::expect(token_kind kind, std::string_view what) {
  if (current().kind == kind) {
    advance();
    return true;
  }
  fail(fmt::format("expected {}, got {}", what, shown(current())));
  return false;
}

std::optional<std::string> parser::expect_name() {
  if (current().kind != token_kind::name) {
    fail(fmt::format("expected a name, got {}", shown(current())));
    return std::nullopt;
  }
  auto name = current().text;
  advance();
  return name;
}

bool parser::at_tag(std::initializer_list<std::string_view> names) const {
  for (auto name : names)
    if (current().is_name(name))
      return true;
  return false;
}

// What a condition is wrapped in has no end that a person wrote.
bool parser::end_tag() {
  if (of_condition_ && current().kind != token_kind::block_end)
    return fail(fmt::format("expected an operator or the end of the condition, "
                            "got {}",
                            shown(current()))),
           false;
  return expect(token_kind::block_end, "end of statement block");
}

bool parser::parse_output(statement_body& out) {
  auto at = current().at;
  advance();
  auto x = parse_tuple(false);
  if (!x
      || !expect(token_kind::variable_end,
                 "an operator or the end of the expression"))
    return false;
  out.push_back(std::make_unique<output_node>(at, std::move(x)));
  return true;
}

/// Reads statements up to a tag of `ends`, which is left for the caller.
bool parser::parse_body(std::initializer_list<std::string_view> ends,
                        statement_body& out) {
  wanted_ends_.emplace_back(ends);
  while (current().kind != token_kind::end) {
    auto& now = current();
    if (now.kind == token_kind::data) {
      out.push_back(std::make_unique<data_node>(now.at, now.text));
      advance();
    } else if (now.kind == token_kind::variable_begin) {
      if (!parse_output(out))
        return false;
    } else {
      advance();
      if (ends.size() > 0 && at_tag(ends)) {
        wanted_ends_.pop_back();
        return true;
      }
      if (!parse_statement(out))
        return false;
    }
  }
  wanted_ends_.pop_back();
  if (ends.size() == 0)
    return true;
  fail(fmt::format("unexpected end of template: the block '{}' is not closed",
                   open_tags_.empty() ? "" : open_tags_.back()));
  return false;
}

/// As parse_body after the rest of an opening tag; also skips the name of the
/// closing tag when there is only one.
bool parser::parse_until(std::initializer_list<std::string_view> ends,
                         statement_body& out) {
  deeper guard{*this};
  if (guard.too_deep())
    return false;
  // A colon at the end of a tag is allowed for people who know Python.
  skip_symbol(":");
  return end_tag() && parse_body(ends, out);
}

result<void> parser::run() {
  parse_body({}, out_.body);
  if (error_)
    return *error_;
  return {};
}

result<std::shared_ptr<const template_syntax>>
parse_template(const source_text& source, std::string_view name,
               const template_settings& settings) {
  auto out = std::make_shared<template_syntax>();
  out->name = name;
  out->source = source.shown;
  auto tokens = tokenize(source, settings);
  if (!tokens)
    return in_source(tokens.why(), *out);
  // What a token leads to takes no more on the average, nor does a text that
  // is kept twice.
  out->weight = 2 * source.parsed.size() + 128 * tokens->size();
  parser reader{std::move(*tokens), *out, source.hidden_columns > 0};
  if (auto done = reader.run(); !done)
    return in_source(done.why(), *out);
  place_names(*out);
  return std::shared_ptr<const template_syntax>{std::move(out)};
}

} // namespace troupe
