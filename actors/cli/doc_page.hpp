#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// A page of docs/, for who has only the program: "plan-format",
/// "modules/copy".
struct doc_page {
  std::string_view name;
  /// Markdown.
  std::string_view text;
};

/// All of them, by name. Made by cmake/doc_pages.cmake; only the program
/// `troupe` has them.
std::span<const doc_page> doc_pages();

/// Null pointer when there is none of that name.
const doc_page* find_page(std::span<const doc_page> pages,
                          std::string_view name);

/// What a module's page says besides what its `module_spec` knows.
struct module_remarks {
  /// Names of values ("uid, gid") and their meaning.
  std::vector<std::pair<std::string, std::string>> returned;
  /// What is said of them as a whole; may be empty.
  std::string about_returned;
  /// Sentences on what Ansible does otherwise.
  std::vector<std::string> differences;
};

/// Reads the sections "Returned values" and "Differences from Ansible".
module_remarks read_remarks(std::string_view page);

} // namespace troupe
