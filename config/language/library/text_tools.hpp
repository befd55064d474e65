#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

// What Python's methods of text do, for methods and filters alike.

std::string strip(std::string_view x, std::optional<std::string_view> chars,
                  bool left, bool right);

/// `x.replace(from, to, count)`; all when `count` is negative.
result<std::string> replace_text(std::string_view x, std::string_view from,
                                 std::string_view to, int64_t count);

std::string centered(std::string_view x, int64_t width, std::string_view fill);

std::vector<std::string> split_lines(std::string_view x, bool keep_ends);

/// `x.split(by, most)`; by blanks when there is no `by`.
result<std::vector<std::string>>
split_text(std::string_view x, const std::optional<std::string>& by,
           int64_t most);
result<std::vector<std::string>>
split_text_right(std::string_view x, const std::optional<std::string>& by,
                 int64_t most);

std::string capitalized(std::string_view x);

/// `&`, `<`, `>` and quotes as HTML writes them.
std::string escape_markup(std::string_view x);

/// Whether `x` is HTML already: Python's `Markup`.
bool is_markup(const value& x);

value markup_of(std::string bytes);

/// What is put into HTML: texts in it that are none themselves are escaped.
value escaped_for_markup(const value& x);

/// Text of HTML without its tags, blanks drawn together.
std::string strip_tags(std::string_view x);

/// How web addresses become links.
struct link_style {
  /// Most characters shown of an address; negative: all.
  int64_t limit = -1;
  bool nofollow = false;
  std::string rel;
  std::string target;
  /// Beginnings of other addresses: "tel:".
  std::vector<std::string> extra_schemes;
};

/// Whether `x` can begin an address: "tel:", "git+ssh://".
bool is_scheme_prefix(std::string_view x);

/// Web and mail addresses in `x`, which is HTML, as links.
std::string link_urls(std::string_view x, const link_style& how);

std::string wrap_text(std::string_view x, size_t width, bool break_long,
                      std::string_view newline, bool break_hyphens);

/// Percent-encodes everything but letters, digits, `_.-~` and `safe`.
std::string quote_url(std::string_view x, std::string_view safe);
std::string unquote_url(std::string_view x);

} // namespace troupe
