#pragma once

#include <string>

namespace troupe {

/// The content of a file of /proc or /sys, whose size is not known before;
/// empty when it cannot be read.
std::string read_proc_file(const std::string& path);

/// The same without the white space at its end.
std::string read_proc_line(const std::string& path);

} // namespace troupe
