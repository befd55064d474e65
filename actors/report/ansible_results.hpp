#pragma once

#include "actors/report/palette.hpp"
#include "actors/run/task_result.hpp"
#include "config/value/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

// Results in the words of ansible-playbook's default callback. Nothing here
// fails: what an output does not have is not told.

/// How a task, or one item of its loop, ended.
struct told_ending {
  bool failed = false;
  bool skipped = false;
  bool changed = false;
};

/// The end of a whole task.
told_ending ending_of(const task_result& result);

/// The end of one item, from its own result.
told_ending ending_of(const value& item);

/// "failed", "skipping", "changed" or "ok": what a line begins with.
const char* first_word_of(const told_ending& ending);

/// `text` in the colour of how the whole task ended.
std::string in_colour_of(const task_result& result, const std::string& text,
                         const palette& colours);

/// The module's name without its collection: "ansible.builtin.debug" is
/// "debug".
std::string_view module_of(const task_result& result);

/// Whether `output` has `name` and that is true.
bool flag_in(const value& output, std::string_view name);

/// The results of the items of a loop, those before a failure of the loop
/// itself among them; null for what had no loop.
const list* items_of(const task_result& result);

/// Whether it did not run for a reason of which that view tells nothing.
bool ends_untold(const task_result& result);

/// Whether its module includes tasks while the play goes on.
bool is_inclusion(const task_result& result);

/// An inclusion of `kind` (a module without its collection) whose file or role
/// is not there, which a rescue makes good.
bool cannot_load(const task_result& result, std::string_view kind);

/// `from` without what is shown elsewhere or, below a `verbosity` of 3, not at
/// all; sorted by name.
value essence(const value& from, int verbosity);

/// What is told of `output`, which is that of the task or of one item: under
/// `no_log` only that it is hidden, of `debug` what it printed.
value told_output(const task_result& result, const value& output);

/// What is told of the output of a task that failed: with the engine's words,
/// where no module had any.
value failed_output(const task_result& result);

/// What is told of a loop of which no item ran.
value idle_output(const task_result& result);

/// Whether what behind "=>" is told of it is in lines for people.
bool told_in_lines(const task_result& result, bool skipped);

/// `host` with the one that the task was done on, or that its item of this
/// number was, if that is another: "web1 -> db1(10.0.0.1)".
std::string host_and_delegate(const task_result& result,
                              const std::string& host);
std::string host_and_delegate(const task_result& result,
                              const std::string& host, size_t item);

/// "ok: [web1] => (item=x)", without what came of it. `item` is its result,
/// `host` what stands for the host.
std::string item_heading(const task_result& result, const value& item,
                         const std::string& host);

/// A line for each job in the background that the task waited for: "ASYNC OK on
/// web1: jid=j1.2", without its end.
std::vector<std::string> job_lines(const task_result& result,
                                   const std::string& host);

} // namespace troupe
