#pragma once

#include "modules/module.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A line of a table of file systems, without its escapes.
struct mount_entry {
  std::string src;
  std::string path;
  std::string fstype;
  std::string opts = "defaults";
  std::string dump = "0";
  std::string passno = "0";

  bool operator==(const mount_entry&) const = default;
};

/// Absent for comments and what is no entry.
std::optional<mount_entry> parse_mount(std::string_view line);

/// The line as it is written, with its end.
std::string mount_line(const mount_entry& entry);

/// The table with this entry in the place of the one with its path; swap, which
/// has none, is told apart by its source.
std::string with_mount(const std::string& table, const mount_entry& entry);
std::string without_mount(const std::string& table, const mount_entry& entry);

/// What the kernel has mounted at a path, the topmost last.
result<std::vector<mount_entry>> mounted_at(const std::string& path,
                                            const module_context& ctx);

/// In check mode: what the kernel would have mounted from now on; what is gone
/// is the topmost at its path.
void note_mount(mount_entry entry, bool there, const module_context& ctx);

/// Does one task of `mount`.
module_result run_mount(const arguments& args, const module_context& ctx);

} // namespace troupe
