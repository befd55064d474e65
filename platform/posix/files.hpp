#pragma once

#include "platform/files.hpp"

#include <memory>

namespace troupe {

/// The files of this machine. `durable`: what is replaced is on the disk
/// before it counts.
std::unique_ptr<file_system> make_posix_files(bool durable);

} // namespace troupe
