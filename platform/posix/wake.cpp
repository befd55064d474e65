#include "platform/posix/wake.hpp"

#include "platform/posix/spawn.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace troupe {

namespace {

/// One for each thread, because making it anew costs as much as everything
/// else that starts a program.
int wake_descriptor() {
  thread_local descriptor fd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  uint64_t drained = 0;
  static_cast<void>(::read(fd.get(), &drained, sizeof drained));
  return fd.get();
}

} // namespace

stop_wake::stop_wake(const std::stop_token& stop) {
  if (!stop.stop_possible())
    return;
  fd_ = wake_descriptor();
  on_stop_.emplace(stop, [fd = fd_] {
    uint64_t one = 1;
    static_cast<void>(::write(fd, &one, sizeof one));
  });
}

} // namespace troupe
