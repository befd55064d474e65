#pragma once

#include "platform/files.hpp"
#include "platform/posix/location.hpp"

#include <string>
#include <vector>

namespace troupe {

/// `file_system::extended_attributes` of this machine.
result<std::vector<extended_attribute>>
read_extended_attributes(const std::string& path, way how);

/// The same of an open file, one that is open as a place (O_PATH) too.
result<std::vector<extended_attribute>> read_open_attributes(int fd);

/// Gives an open file these attributes; with `exactly` those that it has
/// besides are taken from it. 0, or the error of the first that the system
/// refused; the others are set.
int write_open_attributes(int fd, const std::vector<extended_attribute>& wanted,
                          bool exactly);

} // namespace troupe
