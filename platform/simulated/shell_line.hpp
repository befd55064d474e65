#pragma once

#include "platform/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// One command of a shell's text: how it is joined to the one before, its
/// words, and where its output goes.
struct shell_step {
  std::string joined_by;
  std::vector<std::string> words;
  std::string to;
  bool appends = false;
};

/// Takes the text of a shell apart: words, quotes, backslashes, `$NAME`,
/// `${NAME}`, `$1`, `;`, `&&`, `||`, `>`, `>>` and comments. The error says
/// what else is in it, and then nothing of the text may be run.
result<std::vector<shell_step>>
read_shell_text(std::string_view text,
                const std::function<std::string(std::string_view)>& variable);

} // namespace troupe
