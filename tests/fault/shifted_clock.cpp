// Loaded before the C library: the time of day differs by as many seconds as
// the file named in SHIFTED_CLOCK says, which is read anew each time, so that a
// test can set the clock of one program, and of no other, while it runs. The
// clock that only counts on is left alone, as by whoever sets a clock.

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

namespace {

long seconds_off() {
  auto* path = std::getenv("SHIFTED_CLOCK");
  auto fd = path ? ::open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0)
    return 0;
  char text[32] = {};
  auto got = ::read(fd, text, sizeof text - 1);
  ::close(fd);
  return got > 0 ? std::atol(text) : 0;
}

} // namespace

extern "C" int clock_gettime(clockid_t which, timespec* out) noexcept {
  auto done = static_cast<int>(::syscall(SYS_clock_gettime, which, out));
  if (done == 0 && which == CLOCK_REALTIME)
    out->tv_sec += seconds_off();
  return done;
}

extern "C" int gettimeofday(timeval* out, void*) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *out = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

extern "C" time_t time(time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out)
    *out = now.tv_sec;
  return now.tv_sec;
}
