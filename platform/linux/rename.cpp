#include "platform/posix/rename.hpp"

#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace troupe {

// Not every C library has a function for it.
int rename_at(rename_way how, int old, const char* from, int next,
              const char* to) {
  unsigned flag
    = how == rename_way::exchange ? RENAME_EXCHANGE : RENAME_NOREPLACE;
  return ::syscall(SYS_renameat2, old, from, next, to, flag) == 0 ? 0 : errno;
}

} // namespace troupe
