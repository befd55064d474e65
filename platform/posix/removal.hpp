#pragma once

#include "platform/posix/location.hpp"
#include "platform/result.hpp"

#include <string>
#include <vector>

namespace troupe {

/// `file_system::remove` of this machine.
result<void> remove_path(const std::string& path, way how);

/// `file_system::remove_all` of this machine: by descriptors, so that a link
/// that someone puts in the way of the walk is removed and never followed.
result<void> remove_tree(const std::string& path, way how);

/// `file_system::list` of this machine.
result<std::vector<std::string>> list_folder(const std::string& path, way how);

} // namespace troupe
