#pragma once

#include "platform/result.hpp"

#include <string>

namespace troupe {

/// What a shell command printed, and its exit status.
struct shell_output {
  std::string bytes;
  int rc = 0;
};

/// Runs `command` by /bin/sh in `folder` (empty: where this program is) and
/// reads its standard output, at most `limit` bytes of it.
result<shell_output> run_shell(const std::string& command,
                               const std::string& folder = "",
                               size_t limit = size_t{64} << 20);

} // namespace troupe
