#pragma once

#include "modules/module.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// What a program of the host needs besides its arguments.
struct tool_terms {
  /// For its standard input; absent: that is empty.
  std::optional<std::string> input = {};
  std::vector<std::pair<std::string, std::string>> environment = {};
  /// Where it runs; empty: where this program does.
  std::string folder = {};
  /// Its umask in octal digits; empty: that of this program.
  std::string umask = {};
  /// What it starts may live on.
  bool detach = false;
};

/// The path of a program of the host, which need not be in PATH if it is where
/// those of administrators are. An error (`unsupported`) when there is none.
result<std::string> find_tool(std::string_view program,
                              const module_context& ctx);

/// Programs see the machine as it is: in check mode an error (`command_failed`)
/// when a word of one, or the folder where it runs (empty: none), is a path at
/// which something else is predicted. Of the task no more is known then. For
/// who starts a program without `run_tool`.
result<void> check_program_paths(const std::vector<std::string>& argv,
                                 const std::string& folder,
                                 const module_context& ctx);

/// Runs a program that speaks English, under the task's deadline and stop
/// token. Of its output 16 MiB are kept; one that prints more is ended
/// (`exhausted`). An error as well when it cannot be started or was ended, when
/// a word holds a NUL byte, and in check mode when a word or the folder is a
/// path that is only predicted.
result<process_result> run_tool(std::vector<std::string> argv,
                                const module_context& ctx,
                                tool_terms terms = {});

/// What it printed; a status that is not 0 is an error (`command_failed`) that
/// shows the end of what it said.
result<std::string> tool_output(std::vector<std::string> argv,
                                const module_context& ctx,
                                tool_terms terms = {});

/// The end of what a program said about its failure, fit to be shown.
std::string tool_words(const process_result& ended);

/// Adds `rc`, `stdout`, `stderr` and their lines to a result.
void add_tool_output(module_result& out, const process_result& ended);

/// Refuses what is no umask in octal digits; an empty text is fine.
result<void> check_umask(std::string_view text);

/// Whether text can be a word or a line of its own: no NUL, no line end.
bool is_one_line(std::string_view text);

} // namespace troupe
