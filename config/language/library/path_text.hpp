#pragma once

#include <string>
#include <utility>
#include <vector>

namespace troupe {

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
std::string absolute_path(const std::string& path);

/// Absolute, with symbolic links followed as far as they exist.
std::string real_path(const std::string& path);
std::string relative_path(const std::string& path, const std::string& start);

/// `~` and `~USER` at the beginning replaced by a home folder.
std::string expand_user(const std::string& path);

/// `$NAME` and `${NAME}` replaced from the environment.
std::string expand_variables(const std::string& path);

} // namespace troupe
