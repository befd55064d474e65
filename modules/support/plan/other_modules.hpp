#pragma once

#include <string_view>

namespace troupe {

/// Whether a module of this name may be one that Ansible finds elsewhere: in
/// another collection, or one of those that had short names before there were
/// collections and that roles still call so.
bool lives_elsewhere(std::string_view name);

} // namespace troupe
