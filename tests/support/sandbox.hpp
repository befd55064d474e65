#pragma once

#include <functional>
#include <string>

namespace troupe::test {

/// What `act` returns in a process of its own that may compute, with threads if
/// it likes, but not touch the machine: no file is opened or looked at, no
/// program started, no connection made, nobody's rights, name or memory asked
/// for. It ends with the first other system call, and "system call N" is what
/// is returned then, with the name of a file that was to be opened. Assertions
/// inside `act` are not heard.
std::string in_sandbox(const std::function<std::string()>& act);

/// Whether there are sandboxes here: not with ThreadSanitizer, which does not
/// let a forked process have threads, nor where the kernel has no filters.
bool has_sandbox();

/// Threads of this process, also inside a sandbox.
unsigned threads_of_process();

} // namespace troupe::test
