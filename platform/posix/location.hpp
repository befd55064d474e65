#pragma once

#include "platform/posix/spawn.hpp"
#include "platform/result.hpp"

#include <fcntl.h>

#include <optional>
#include <string>

namespace troupe {

/// What symbolic links are on the way of a path, those of the folders above
/// the file it names.
enum class way : uint8_t {
  /// Part of it.
  through_links,
  /// A reason to fail, whoever has put them there: a path that was found free
  /// of links leads to nothing else later on.
  without_links,
};

/// Where a path leads: a name in a folder that is open, or a path that the
/// system looks up itself.
class location {
public:
  explicit location(std::string name) : name_{std::move(name)} {
  }

  location(descriptor folder, std::string name)
      : folder_{std::move(folder)}, name_{std::move(name)} {
  }

  /// For the calls of the `*at` family.
  int folder() const {
    return folder_ ? folder_.get() : AT_FDCWD;
  }

  const char* name() const {
    return name_.c_str();
  }

private:
  descriptor folder_;
  std::string name_;
};

/// Finds the folder of `path`. `what` begins the message of a failure:
/// "cannot WHAT 'PATH'". A path that is empty or holds a NUL byte, which the
/// system would take for its end, is refused (`invalid_argument`).
result<location> locate(const char* what, const std::string& path, way how);

/// The same with the folder open in any case, for several steps that must
/// happen in the same one.
result<location> locate_in_folder(const char* what, const std::string& path,
                                  way how);

/// Why `path` is none: empty, or with a NUL byte in it.
std::optional<error> refuse_path(const char* what, const std::string& path);

/// "cannot WHAT 'PATH'" with the words of the system for `errno`.
error path_failure(const char* what, const std::string& path);

/// The folder of a path: all before its last name.
std::string folder_of(const std::string& path);

/// Opens a folder without passing through any link (ELOOP); negative, and
/// `errno`, when that fails.
int open_folder_without_links(const char* path, int flags);

/// The name under which the system knows an open file, for calls that want
/// one. Leads to the same file whatever becomes of its name.
std::string name_of_open(int fd);

/// Random letters for names that nobody shall guess.
std::string unguessable();

} // namespace troupe
