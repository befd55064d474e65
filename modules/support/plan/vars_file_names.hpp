#pragma once

#include "config/value/value.hpp"

#include <string>
#include <vector>

namespace troupe {

class host;

/// What the plays of a playbook name in `vars_files`, each choice for itself;
/// nothing for a file that is no playbook.
std::vector<value> vars_file_names(host& machine, const std::string& path);

} // namespace troupe
