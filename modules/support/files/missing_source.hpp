#pragma once

#include "platform/files.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Why a file or folder of the plan that is called `src` was not found below
/// one of `folders`, nor below `kind` ("files", "templates") of one: "'SRC' was
/// not found; looked for ...", with the places where people put such files,
/// each once, and the nearest name that is in one of them.
std::string missing_source(const std::string& src, std::string_view kind,
                           const std::vector<std::string>& folders,
                           file_system& files);

} // namespace troupe
