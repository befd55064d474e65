#pragma once

#include "platform/result.hpp"

#include <cstddef>
#include <string>

namespace troupe {

/// The whole content of a file of this host; at most `limit` bytes.
result<std::string> read_file(const std::string& path,
                              size_t limit = size_t{64} << 20);

/// Makes a file that only its owner reads, with the folders it needs, unless
/// there is one already.
result<void> store_text(const std::string& path, const std::string& bytes);

} // namespace troupe
