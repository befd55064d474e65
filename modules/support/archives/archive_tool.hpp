#pragma once

#include "modules/module.hpp"
#include "modules/support/archives/archive_entries.hpp"

#include <string>
#include <vector>

namespace troupe {

/// An archive, and what of it is meant.
struct archive_request {
  std::string path;
  archive_kind kind = archive_kind::tar;
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  /// Options for the program.
  std::vector<std::string> options;
  /// Leave files alone that are newer.
  bool keep_newer = false;
};

/// The host's tar or unzip at work on one archive.
class archive_tool {
public:
  /// Finds the programs. What could be taken for another option is refused.
  static result<archive_tool> find(const archive_request& request,
                                   const module_context& ctx);

  /// What the archive holds of what is meant, under the names that it would
  /// have.
  result<std::vector<archive_entry>> list(const module_context& ctx) const;

  /// The words that unpack it into a folder.
  std::vector<std::string> words_to_extract(const std::string& folder) const;

private:
  archive_tool(archive_request request, std::string program)
      : in_{std::move(request)}, program_{std::move(program)} {
  }

  void add_choice(std::vector<std::string>& words) const;

  archive_request in_;
  std::string program_;
};

/// How Ansible calls what unpacks such an archive.
std::string_view handler_name(archive_kind kind);

} // namespace troupe
