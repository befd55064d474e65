#pragma once

namespace troupe {

/// What a plain rename cannot do.
enum class rename_way {
  /// Both names are there, and change places.
  exchange,
  /// Nothing may have the new name yet.
  only_new,
};

/// Renames `from` in the folder of descriptor `old`, in one step. 0, or the
/// system's number of the error: EINVAL, ENOSYS or EOPNOTSUPP where the kernel
/// or the file system does not know how.
int rename_at(rename_way how, int old, const char* from, int next,
              const char* to);

} // namespace troupe
