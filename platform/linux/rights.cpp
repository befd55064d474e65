#include "platform/posix/rights.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace troupe {

namespace {

constexpr auto unchanged = static_cast<uid_t>(-1);

// The kernel keeps rights for each thread. The functions of the C library
// would change those of all of them.

/// 0, or the system's number of an error. Only the effective user and group
/// change. The real and the saved one stay root's: they are the way back, and
/// whoever has neither may not signal this thread.
int put_effective(const user_rights& wanted) {
  if (::syscall(SYS_setresuid, unchanged, 0, unchanged) != 0
      || ::syscall(SYS_setgroups, wanted.groups.size(), wanted.groups.data())
           != 0
      || ::syscall(SYS_setresgid, unchanged, wanted.gid, unchanged) != 0
      || ::syscall(SYS_setresuid, unchanged, wanted.uid, unchanged) != 0)
    return errno;
  return 0;
}

void put_back(const user_rights& wanted) {
  // A thread that keeps foreign rights would do its next task wrongly.
  if (put_effective(wanted) != 0)
    std::abort();
}

/// What one thread has taken.
struct taken_rights {
  user_rights of;
  user_rights before;
};

thread_local const taken_rights* taken = nullptr;

class posix_rights final : public assumed_rights {
public:
  explicit posix_rights(taken_rights what) : what_{std::move(what)} {
    taken = &what_;
  }

  ~posix_rights() override {
    put_back(what_.before);
    taken = nullptr;
  }

private:
  taken_rights what_;
};

} // namespace

result<std::unique_ptr<assumed_rights>> take_rights(const user_rights& of) {
  user_rights before{::geteuid(), ::getegid(), {}};
  auto count = ::getgroups(0, nullptr);
  if (count > 0) {
    before.groups.resize(static_cast<size_t>(count));
    count = ::getgroups(count, before.groups.data());
  }
  if (auto number = put_effective(of)) {
    if (before.uid == 0)
      put_back(before);
    return system_error(number, fmt::format("cannot act as user {}", of.uid));
  }
  std::unique_ptr<assumed_rights> out
    = std::make_unique<posix_rights>(taken_rights{of, std::move(before)});
  return out;
}

own_rights::own_rights() : assumed_{taken ? &taken->of : nullptr} {
  if (assumed_)
    put_back(taken->before);
}

own_rights::~own_rights() {
  if (assumed_)
    put_back(*assumed_);
}

bool acts_for_another() {
  return taken != nullptr;
}

} // namespace troupe
