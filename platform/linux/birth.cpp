#include "platform/posix/status.hpp"

#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace troupe {

file_time birth_of(int folder, const char* name, bool follow) {
  struct statx found {};
  auto flags = AT_EMPTY_PATH | (follow ? 0 : AT_SYMLINK_NOFOLLOW);
  if (::syscall(SYS_statx, folder, name, flags, STATX_BTIME, &found) != 0
      || (found.stx_mask & STATX_BTIME) == 0)
    return {};
  return {found.stx_btime.tv_sec, found.stx_btime.tv_nsec};
}

} // namespace troupe
