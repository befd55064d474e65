#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe {

/// What a keyword holds.
enum class keyword_type : uint8_t {
  flag,
  /// A flag, or an expression of the language.
  condition,
  /// A whole number between the row's bounds.
  number,
  /// A share of hundred between the row's bounds, whose fraction counts, with
  /// or without its sign.
  percentage,
  /// Between nothing and `longest_seconds`.
  duration,
  text,
  /// One of the row's choices, with or without a capital.
  word,
  /// A list of texts, or one text with commas.
  texts,
  /// A list of texts, or one text.
  names,
  /// Names and values.
  table,
  /// Such, whose names are names of variables.
  variables,
  /// One such, or a list of them.
  tables,
  /// Read by whoever reads what it stands in: it needs a reader of its own.
  structure,
  /// Accepted and passed over.
  unused,
};

/// What plays and blocks that say a keyword mean for what they hold.
enum class inheritance : uint8_t {
  /// Nothing.
  own,
  /// What is said furthest inside counts.
  innermost,
  /// All that is said counts.
  adds_up,
  /// All that is said counts; of equal names the one furthest inside.
  merges,
};

/// Where a keyword may stand; several as a sum.
enum keyword_place : uint8_t {
  in_play = 1,
  in_block = 2,
  in_task = 4,
  in_handler = 8,
  in_loop_control = 16,
  in_tasks = in_task | in_handler,
  anywhere = in_play | in_block | in_tasks,
};

/// All that is to be known of a keyword.
struct keyword_row {
  std::string_view name;
  keyword_type type = keyword_type::structure;
  inheritance inherits = inheritance::own;
  uint8_t where = in_tasks;
  /// Its value may hold templates, which are evaluated for each item.
  bool templated = false;
  /// It says how a task has ended, and is asked then: like `failed_when`.
  bool at_end = false;
  int64_t least = 0;
  int64_t most = 0;
  /// Separated by spaces.
  std::string_view choices = "";
  /// Counts when nothing is said: a flag, a number, or nanoseconds.
  std::optional<int64_t> fallback = std::nullopt;
};

} // namespace troupe
