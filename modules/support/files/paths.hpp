#pragma once

#include "modules/module.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// A variable of the environment as the processes of the task see it: from the
/// task's `environment`, or that of this program.
std::optional<std::string> environment_entry(const std::string& name,
                                             const module_context& ctx);

/// `path` with `~`, `~user` and `$NAME` replaced, as Ansible treats arguments
/// that are paths.
std::string expand_path(const std::string& path, const module_context& ctx);

/// These paths for a message: each once, without dots that say nothing.
std::string said_once(const std::vector<std::string>& paths);

/// The path argument `name`, expanded; empty when absent.
std::string path_argument(const arguments& args, std::string_view name,
                          const module_context& ctx);

/// Refuses a path that holds a NUL byte, where the system would take it to end:
/// something else might be there.
result<void> check_whole(const arguments& args, std::string_view name);

/// The file or folder that `src` of the plan means: absolute, or below one of
/// the folders of the search path, or below `kind` ("files", "templates") of
/// one. The error names every place that was looked at.
result<std::string> find_source(const std::string& src, std::string_view kind,
                                const module_context& ctx);

/// The last part of a path without slashes at its end.
std::string base_name(std::string_view path);

/// The folder of a path; "." when it has none.
std::string parent_of(std::string_view path);

/// `folder` and `name` with exactly one slash between them.
std::string joined(std::string_view folder, std::string_view name);

/// Creates a folder and those above it; each new one gets `mode`. Returns the
/// folders that were created, outermost first.
result<std::vector<std::string>>
make_folders(const std::string& path, uint32_t mode, const module_context& ctx);

/// Copies `path` beside itself under a name with the time and returns it.
/// `seen`: the file that it was found to lead to; another one there by now is a
/// failure.
result<std::string> make_backup(const std::string& path,
                                const module_context& ctx,
                                const std::optional<file_status>& seen = {});

/// Has a link made beside its place and renames it, so that there is never a
/// moment without a file; nothing stays beside it when that fails.
result<void>
put_beside_first(const std::string& path,
                 const std::function<result<void>(const std::string&)>& make,
                 const module_context& ctx);

/// Where the links at `path` lead in the end, if that is not there as well; a
/// path that is no link is itself. An error when they lead in a circle.
result<std::string> end_of_links(const std::string& path,
                                 const module_context& ctx);

/// An error when a program could not begin in `folder`; empty is where it is.
result<void> check_enterable(const std::string& folder,
                             const module_context& ctx);

/// What a path leads to.
struct followed_path {
  std::string path;
  /// It can be reached through `without_links`.
  bool is_free_of_links = false;
};

/// The same, without links on the way to it if its folder is there. What the
/// last one leads to need not be there yet.
result<followed_path> follow_links(const std::string& path,
                                   const module_context& ctx);

} // namespace troupe
