#pragma once

#include "modules/module.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// What `command`, `shell`, `script` and `raw` have in common: one program to
/// run and how to report it.
struct command_request {
  /// argv, working directory, environment and input are set by the module.
  process_spec process;
  /// What results show as `cmd`: a list for `command`, text for a shell.
  value shown;
  /// Cut line ends off the end of the output.
  bool strip_empty_ends = true;
  /// From the `timeout` argument.
  std::optional<std::chrono::nanoseconds> timeout;
};

/// The arguments that all of them take besides their own.
std::vector<argument> with_command_arguments(std::vector<argument> own);

/// Fills in environment, input, working directory, deadline and stop token.
void prepare_command(command_request& request, const arguments& args,
                     const module_context& ctx);

/// Whether `creates` and `removes` leave something to do; otherwise (and in
/// check mode) `out` is the complete answer.
bool should_run(const arguments& args, const command_request& request,
                const module_context& ctx, module_result& out);

/// Runs the program and reports it as Ansible does: rc, stdout, stderr, their
/// lines, start, end, delta, and a message when it failed.
module_result run_command(command_request request, const module_context& ctx);

/// Text from the output of a program: valid UTF-8, with a note where bytes
/// were dropped.
std::string readable(const captured_output& output, size_t head);

/// The lines of `text` as Python's `splitlines` has them.
value lines_of(std::string_view text);

} // namespace troupe
