#pragma once

#include "platform/simulated/simulated_host.hpp"

namespace troupe {

/// Installs `sh` and `bash`, and lets files that begin with `#!` be run by the
/// program they name. Both shells know words, quotes, `$NAME`, `$1`, `;`, `&&`,
/// `||`, `>`, `>>`, `cd`, `exec` with a command, `exit` and comments. Anything
/// else (pipes, patterns, loops, assignments, ...) ends them with status 2
/// before the first command, with a word about what it was. Their commands are
/// programs of the host.
void install_shell(simulated_host& machine);

} // namespace troupe
