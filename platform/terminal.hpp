#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace troupe {

/// Whether there is a person to be asked: this process has a terminal, whatever
/// its streams are.
bool has_terminal();

/// Asks a question on the terminal, forgetting what was typed before, and waits
/// for a line, of which 4096 bytes count. Absent at the end of input, once stop
/// was requested, and without a terminal.
std::optional<std::string> ask_on_terminal(std::string_view question,
                                           const std::stop_token& stop);

} // namespace troupe
