#pragma once

#include "config/value/text_position.hpp"
#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What a YAML text may hold at most, and how it is read.
struct yaml_limits {
  size_t bytes = size_t{64} << 20;
  unsigned depth = 128;
  size_t text_bytes = size_t{64} << 20;
  /// Nodes that aliases may add to those that are written out.
  size_t alias_nodes = 10'000;
  /// Every key and value knows its place (`value::place`), counted in
  /// characters.
  bool places = false;
  /// Take the last of two equal keys, as PyYAML does, instead of refusing.
  bool last_key_wins = false;
  /// Gets a sentence for each key that is passed over for it; null: nobody
  /// asks.
  std::vector<std::string>* passed_over = nullptr;
  /// Makes a value of a timestamp that is no key; null: it stays text.
  result<value> (*timestamp)(std::string_view text) = nullptr;
  /// Makes a value of the text behind `!vault`; null: such texts are refused.
  const std::function<result<value>(std::string_view)>* vault = nullptr;
};

/// Reads one YAML 1.1 document with the types of PyYAML's safe loader:
/// yes/no/on/off are bools, 010 is 8, 1:30 is 90, `<<` merges. Dates stay
/// text, if nobody makes something else of them. `name` is what messages call
/// the text. Tags beyond the standard ones are errors, but `!unsafe` text is
/// marked as never to be evaluated and `!vault` is opened or refused with its
/// own words. On failure `failed_at`, unless it is null, gets the place of what
/// is wrong.
result<value> parse_yaml(std::string_view text, std::string_view name,
                         const yaml_limits& limits = {},
                         text_position* failed_at = nullptr);

/// All documents of a text.
result<std::vector<value>> parse_yaml_all(std::string_view text,
                                          std::string_view name,
                                          const yaml_limits& limits = {});

} // namespace troupe
