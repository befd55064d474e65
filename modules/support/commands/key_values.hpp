#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// `text` cut at each `mark`; always at least one part.
std::vector<std::string> split_text(std::string_view text, char mark);

/// Words of a command line by the rules of Python's `shlex.split`: quotes and
/// backslashes as in a POSIX shell, no expansion of anything.
result<std::vector<std::string>> split_command(std::string_view line);

/// `key=value` entries separated by commas or blanks, quotes around values;
/// absent when a part has no `=`.
std::optional<dict> parse_pairs(std::string_view text);

/// The free form of a task: its words, and the `key=value` options that were
/// written among them.
struct free_form {
  /// What is left when the options are taken out, with its quotes, blanks and
  /// line breaks.
  std::string rest;
  dict options;
};

/// Takes the options named in `known` out of a free form (`ls creates=/x`).
/// An empty `known` takes every `key=value`. A backslash before the `=` keeps
/// a word in the command; one at the end of a line joins it with the next.
/// Words are cut as Ansible cuts them, but for what it takes for an error: a
/// quotation or a template that does not end, and a blank first.
free_form parse_free_form(std::string_view line,
                          const std::vector<std::string_view>& known);

/// `word` as one word of a POSIX shell.
std::string shell_quoted(std::string_view word);

} // namespace troupe
