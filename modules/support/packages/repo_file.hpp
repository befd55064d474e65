#pragma once

#include "platform/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// One part of a file such as those in /etc/yum.repos.d.
struct repo_section {
  std::string name;
  /// Keys in small letters; a value of several lines has line ends in it.
  std::vector<std::pair<std::string, std::string>> options;
};

/// Reads such a file as yum does; comments are passed over. An error names the
/// line that is none.
result<std::vector<repo_section>> read_repo_file(std::string_view text);

/// The text of such a file.
std::string write_repo_file(const std::vector<repo_section>& sections);

} // namespace troupe
