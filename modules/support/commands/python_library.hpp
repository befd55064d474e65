#pragma once

#include <string_view>

namespace troupe {

/// A Python program that runs a Python module of Ansible, `MODULE ARGUMENTS`,
/// with what such modules import; made of modules/python. A host that has
/// Ansible's own library uses that.
std::string_view python_library();

} // namespace troupe
