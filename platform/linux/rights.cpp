#include "platform/rights.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace troupe {

namespace {

thread_local const assumed_rights* current = nullptr;

// The kernel keeps rights for each thread. The functions of the C library
// would change those of all of them.

/// 0, or the system's number of an error. The saved user stays root, so that
/// the way back is open.
int put(const user_rights& wanted) {
  if (::syscall(SYS_setresuid, 0, 0, 0) != 0
      || ::syscall(SYS_setgroups, wanted.groups.size(), wanted.groups.data())
           != 0
      || ::syscall(SYS_setresgid, wanted.gid, wanted.gid, 0) != 0
      || ::syscall(SYS_setresuid, wanted.uid, wanted.uid, 0) != 0)
    return errno;
  return 0;
}

void put_back(const user_rights& wanted) {
  // A thread that keeps foreign rights would do its next task wrongly.
  if (put(wanted) != 0)
    std::abort();
}

} // namespace

result<std::unique_ptr<assumed_rights>>
assumed_rights::take(const user_rights& of) {
  user_rights before{::geteuid(), ::getegid(), {}};
  auto count = ::getgroups(0, nullptr);
  if (count > 0) {
    before.groups.resize(static_cast<size_t>(count));
    count = ::getgroups(count, before.groups.data());
  }
  if (auto number = put(of)) {
    if (before.uid == 0)
      put_back(before);
    return system_error(number, fmt::format("cannot act as user {}", of.uid));
  }
  std::unique_ptr<assumed_rights> out{new assumed_rights{of, before}};
  current = out.get();
  return out;
}

assumed_rights::~assumed_rights() {
  put_back(before_);
  current = nullptr;
}

own_rights::own_rights() : assumed_{current} {
  if (assumed_)
    put_back(assumed_->before_);
}

own_rights::~own_rights() {
  if (assumed_)
    put_back(assumed_->of_);
}

} // namespace troupe
