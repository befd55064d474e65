#pragma once

#include "platform/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe {

/// One option of a command line, as data.
struct option {
  /// "-q,--quiet": one long name, and perhaps a short one.
  std::string names;
  std::string help;
  /// Where the value goes: a flag, a count of its uses, a text, texts, or a
  /// whole number.
  std::variant<bool*, int*, std::string*, std::vector<std::string>*,
               std::optional<unsigned>*>
    to;
  /// The only texts that are taken; empty: all.
  std::vector<std::string> choices = {};
  /// The long name of an option that may not be given as well.
  std::vector<std::string> excludes = {};
  /// Texts may be given as one, with commas between them.
  bool comma = false;
  /// The variable of the environment that gives the text when the command line
  /// does not.
  std::string environment = {};
  /// What a number may be.
  unsigned least = 0;
  unsigned most = 0;

  /// "--quiet".
  std::string long_name() const;
  /// "-q"; empty when there is none.
  std::string short_name() const;
  bool takes_value() const;
  /// One text is a name or a path: without anything in it it is a mistake, as
  /// of a variable of a script that was never set.
  bool may_be_empty() const {
    return !std::holds_alternative<std::string*>(to);
  }
};

using option_list = std::vector<option>;

/// Reads a command line that has options only: `--name value`, `--name=value`,
/// `-n value`, `-nvalue`, `-qv`. For programs that have no room for a library
/// that does more; the error is one sentence for the user. `variable` looks
/// into the environment.
result<void> read_options(
  const std::vector<std::string>& given, const option_list& known,
  const std::function<std::optional<std::string>(std::string_view)>& variable
  = {});

/// The lines of a help text, one option after another.
std::string describe_options(const option_list& known);

} // namespace troupe
