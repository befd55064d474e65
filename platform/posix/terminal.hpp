#pragma once

#include "platform/posix/spawn.hpp"

namespace troupe {

/// The terminal of this process, to be read and written; none: an empty one.
descriptor open_terminal();

} // namespace troupe
