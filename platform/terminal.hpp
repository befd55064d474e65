#pragma once

#include "platform/result.hpp"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Whether there is a person to be asked: this process has a terminal, whatever
/// its streams are.
bool has_terminal();

/// Asks a question on the terminal, forgetting what was typed before, and waits
/// for a line, of which 4096 bytes count. Absent at the end of input, once stop
/// was requested, and without a terminal. `hidden`: what is typed is not shown.
std::optional<std::string> ask_on_terminal(std::string_view question,
                                           const std::stop_token& stop,
                                           bool hidden = false);

/// Runs a program that a person works with: it has the streams of this process.
/// Waits for its end and gives its exit status, minus the number of the signal
/// that ended it. `argv` is not empty; its first word is looked up in PATH.
result<int> run_on_terminal(const std::vector<std::string>& argv);

/// Keys as they are pressed.
class key_source {
public:
  virtual ~key_source() = default;

  /// What was pressed since the last call; does not wait.
  virtual std::string take() = 0;
};

/// The keys of the terminal of this process, which does not show them any more.
/// While the process is in the background they are somebody else's. The
/// terminal is as it was once the object is gone, and when `leave_terminal` was
/// called. Null without a terminal, and for a process that has one already.
std::unique_ptr<key_source> listen_to_keys();

/// For who ends the process at once: the terminal becomes as it was. May be
/// called in a signal handler and from any thread.
void leave_terminal() noexcept;

} // namespace troupe
