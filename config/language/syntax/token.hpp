#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe {

/// Where something stands in a template text; both count from 1.
struct source_position {
  uint32_t line = 1;
  uint32_t column = 1;
};

enum class token_kind : uint8_t {
  data,
  variable_begin,
  variable_end,
  block_begin,
  block_end,
  name,
  integer,
  real,
  string,
  symbol,
  end,
};

/// One piece of a template. `text` is what stands there: the name, the digits,
/// the decoded string, the operator or the text between tags.
struct token {
  token_kind kind = token_kind::end;
  std::string text;
  source_position at;

  bool is_name(std::string_view word) const {
    return kind == token_kind::name && text == word;
  }

  bool is_symbol(std::string_view sign) const {
    return kind == token_kind::symbol && text == sign;
  }
};

} // namespace troupe
