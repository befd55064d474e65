#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// The path that a filter or a test gets; anything else is Python's type error.
result<std::string> path_of(const value& x);

// Python's os.path and ntpath.

std::string base_name(const std::string& path);
std::string dir_name(const std::string& path);
std::string windows_base_name(const std::string& path);
std::string windows_dir_name(const std::string& path);
std::pair<std::string, std::string> split_extension(const std::string& path);
std::pair<std::string, std::string> split_drive(const std::string& path);

/// `a/b`, or `b` when that is absolute.
std::string join_paths(const std::string& a, const std::string& b);

/// Without `.`, `..` and doubled slashes.
std::string normal_path(const std::string& path);

/// The way from the folder `start` to `path`, both absolute and normal.
std::string path_between(const std::string& start, const std::string& path);

} // namespace troupe
