#pragma once

#include "modules/module.hpp"

#include <string>

namespace troupe {

/// What a module program's end means: its JSON as a result, or a failure that
/// shows what it printed. Answers longer than `longest` bytes are refused.
module_result read_external_answer(const std::string& name,
                                   const process_result& ended, size_t longest);

} // namespace troupe
