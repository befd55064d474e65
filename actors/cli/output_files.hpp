#pragma once

#include "platform/host.hpp"

#include <string>
#include <vector>

namespace troupe {

/// A file of the command line: what it is there, "the plan" or "--report", and
/// its path.
struct named_file {
  std::string what;
  std::string path;
};

/// Whether none of `outputs` is one of `inputs` or another output, under
/// whatever name: writing it would destroy the other. Files without a path do
/// not count, nor do devices and pipes, which keep nothing. The error is one
/// sentence for the user (`invalid_argument`).
result<void> keep_apart(const std::vector<named_file>& outputs,
                        const std::vector<named_file>& inputs, host& machine);

/// Whether none of `outputs` lies in the folder of runs: what is there is read
/// as a lock, a journal or facts. The error is one sentence for the user.
result<void> keep_out(const std::vector<named_file>& outputs,
                      const std::string& state, host& machine);

/// Whether a file can be written, as far as that can be known before: the error
/// is one sentence for the user (`invalid_argument`). The answer is that of
/// `file_system::try_output`.
result<std::shared_ptr<void>> check_writable(const named_file& output,
                                             host& machine);

} // namespace troupe
