#pragma once

#include "config/value/value.hpp"

#include <string>
#include <vector>

namespace troupe {

/// What is wrong with `given` by a specification of arguments as Ansible's
/// roles have it, a sentence each: what is missing, of another type, no choice,
/// or not specified at all. Dicts with `options` are looked into.
std::vector<std::string> argument_errors(const dict& spec, const dict& given);

} // namespace troupe
