#pragma once

#include "platform/result.hpp"

#include <string>

namespace troupe {

/// The flags that `lsattr` shows for a file.
result<std::string> read_file_flags(const std::string& path);

/// Sets exactly these flags.
result<void> write_file_flags(const std::string& path,
                              const std::string& flags);

} // namespace troupe
