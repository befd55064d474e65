#pragma once

#include "platform/host.hpp"

#include <string>
#include <vector>

namespace troupe {

/// Why no collection has the module `name`, as a whole sentence; empty: nothing
/// speaks of a collection. `collections` are those whose modules count by their
/// short names, `folders` where modules are looked for (`find_custom_module`),
/// and `nearest` the known name that may have been meant; empty: none.
std::string absent_from_collections(const std::string& name,
                                    const std::vector<std::string>& collections,
                                    const std::vector<std::string>& folders,
                                    const std::string& nearest, host& machine);

} // namespace troupe
