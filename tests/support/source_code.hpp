#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::test {

/// The code of a C++ file: comments and the insides of literals are left out.
std::string code_of(std::string_view text);

/// Paths of all C++ files of `folders`, relative to `root` and sorted.
std::vector<std::string> source_files(const std::string& root,
                                      const std::vector<std::string>& folders);

/// Files that are compiled as one can hide functions from each other: what is
/// called without its namespace is looked for in unnamed namespaces first, so
/// that `is_letter(char)` of one file takes the calls that another one means
/// for the `is_letter(uint32_t)` of a header that it includes. `files` maps
/// paths to texts; answers with one sentence for each such call.
std::vector<std::string>
hidden_calls(const std::map<std::string, std::string>& files);

} // namespace troupe::test
