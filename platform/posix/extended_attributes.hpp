#pragma once

#include <string>

namespace troupe {

/// Gives the open file `to` the extended attributes (access lists, security
/// labels, user entries) of the file at `from`; what the system refuses is
/// left out.
void copy_extended_attributes(const std::string& from, int to);

} // namespace troupe
