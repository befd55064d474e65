#include "config/language/run/template_cache.hpp"

#include "config/language/syntax/lexer.hpp"
#include "config/language/syntax/parser.hpp"

#include <fmt/format.h>

#include <mutex>

namespace troupe {

namespace {

std::string special_key(std::string_view source, source_form form,
                        const template_settings& s) {
  constexpr char end = '\x1f';
  std::string key;
  for (auto* part :
       {&s.block_start, &s.block_end, &s.variable_start, &s.variable_end,
        &s.comment_start, &s.comment_end, &s.newline_sequence})
    key.append(*part) += end;
  key += s.trim_blocks ? 't' : 'f';
  key += s.lstrip_blocks ? 't' : 'f';
  key += static_cast<char>('0' + static_cast<int>(form));
  key.append(source);
  return key;
}

result<template_cache::syntax> parse(std::string_view source,
                                     std::string_view name, source_form form,
                                     const template_settings& settings) {
  switch (form) {
  case source_form::plain:
    return parse_template(source, name, settings);
  case source_form::plan: {
    auto doubled = double_backslashes(source, settings);
    if (!doubled)
      return doubled.why();
    return parse_template(*doubled, name, settings);
  }
  case source_form::condition:
    return parse_template(
      fmt::format("{} if {} {} True {} else {} False {} endif {}",
                  settings.block_start, source, settings.block_end,
                  settings.block_start, settings.block_end,
                  settings.block_start, settings.block_end),
      name, settings);
  default:
    return parse_template(fmt::format("{} {} {}", settings.variable_start,
                                      source, settings.variable_end),
                          name, settings);
  }
}

} // namespace

const template_settings& usual_settings() {
  static const template_settings defaults;
  return defaults;
}

result<template_cache::syntax>
template_cache::get(std::string_view source, std::string_view name,
                    source_form form, const template_settings& settings) {
  // Cheap and good enough to spread; the table hashes the whole text.
  auto spread = source.size();
  if (!source.empty())
    spread = spread * 31 + static_cast<unsigned char>(source.front())
             + static_cast<unsigned char>(source[source.size() / 2]);
  auto& shard = shards_[spread % shard_count];
  auto plain = are_usual(settings);
  auto& table = shard.tables[plain ? static_cast<size_t>(form) : 4];
  std::string special;
  if (!plain)
    special = special_key(source, form, settings);
  auto key = plain ? source : std::string_view{special};
  {
    std::shared_lock lock{shard.lock};
    if (auto i = table.find(key); i != table.end())
      return i->second;
  }
  auto parsed = parse(source, name, form, settings);
  if (!parsed)
    return parsed;
  std::unique_lock lock{shard.lock};
  // Plans that make texts without end would fill the memory.
  if (table.size() >= most_entries)
    table.clear();
  table.emplace(key, *parsed);
  return parsed;
}

} // namespace troupe
