#include "config/language/run/template_cache.hpp"

#include "config/language/syntax/parser.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// Settings as a text: different ones have different texts.
std::string written(const template_settings& s) {
  constexpr char end = '\x1f';
  std::string out;
  for (auto* part :
       {&s.block_start, &s.block_end, &s.variable_start, &s.variable_end,
        &s.comment_start, &s.comment_end, &s.newline_sequence,
        &s.line_statement_prefix, &s.line_comment_prefix})
    out.append(*part) += end;
  out += s.trim_blocks ? 't' : 'f';
  out += s.lstrip_blocks ? 't' : 'f';
  return out;
}

result<template_cache::syntax> parse(const named_text& source,
                                     const template_settings& s) {
  auto parse_between
    = [&](const std::string& before, const std::string& behind) {
        auto whole = before + std::string{source.text} + behind;
        source_text text{whole, source.text};
        text.hidden_columns = static_cast<uint32_t>(before.size());
        text.hidden_end = behind.size();
        return parse_template(text, source.name, s);
      };
  if (source.form == source_form::condition)
    return parse_between(fmt::format("{} if ", s.block_start),
                         fmt::format(" {} True {} else {} False {} endif {}",
                                     s.block_end, s.block_start, s.block_end,
                                     s.block_start, s.block_end));
  if (source.form == source_form::expression)
    return parse_between(s.variable_start + " ", " " + s.variable_end);
  source_text text{source.text.substr(source.header), source.text};
  text.lines_before = source.header > 0 ? 1 : 0;
  text.plain_backslashes = source.form == source_form::plan;
  return parse_template(text, source.name, s);
}

} // namespace

const template_settings& usual_settings() {
  static const template_settings defaults;
  return defaults;
}

result<template_cache::syntax>
template_cache::get(const named_text& source,
                    const template_settings& settings) {
  std::string special;
  if (!are_usual(settings))
    special = written(settings);
  key<std::string_view> wanted{source.text, source.name, special, source.form,
                               source.header};
  if (auto found = known_.find(wanted))
    return std::move(*found);
  auto made = parse(source, settings);
  if (made)
    known_.add({std::string{wanted.text}, std::string{wanted.name},
                std::string{wanted.settings}, wanted.form, wanted.header},
               *made, (*made)->weight + wanted.text.size());
  return made;
}

} // namespace troupe
