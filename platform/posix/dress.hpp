#pragma once

#include "platform/files.hpp"
#include "platform/posix/location.hpp"

#include <string>

namespace troupe {

/// `file_system::dress` of this machine.
result<void> dress_file(const std::string& path, const file_status& expected,
                        const file_dress& wanted);

/// `file_system::set_mode` of this machine.
result<void> set_file_mode(const std::string& path, uint32_t mode, way how);

} // namespace troupe
