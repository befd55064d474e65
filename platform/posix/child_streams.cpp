#include "platform/posix/child_streams.hpp"

#include "platform/posix/open_file.hpp"
#include "platform/process_feed.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace troupe {

bool pause_for_another(int attempt) {
  if (attempt == 3)
    return false;
  constexpr long pauses[] = {20'000'000, 60'000'000, 180'000'000};
  timespec rest{0, pauses[attempt]};
  ::nanosleep(&rest, nullptr);
  return true;
}

namespace {

/// With our own standard streams closed, a new descriptor could get one of
/// their numbers, and dup2 in the child would then overwrite one end with
/// another.
int beyond_streams(int fd) {
  if (fd < 0 || fd > 2)
    return fd;
  auto moved = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
  ::close(fd);
  return moved;
}

bool make_pipe(descriptor& ours, descriptor& theirs, bool we_write) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return false;
  for (auto& end : ends)
    end = beyond_streams(end);
  ours.reset(ends[we_write ? 1 : 0]);
  theirs.reset(ends[we_write ? 0 : 1]);
  return ends[0] >= 0 && ends[1] >= 0;
}

/// `make_pipe`; again after a pause when there are no descriptors left.
bool pipe_with_retries(descriptor& ours, descriptor& theirs, bool we_write) {
  for (int attempt = 0;; ++attempt) {
    if (make_pipe(ours, theirs, we_write))
      return true;
    auto number = errno;
    bool again
      = (number == EMFILE || number == ENFILE) && pause_for_another(attempt);
    errno = number;
    if (!again)
      return false;
  }
}

/// One for all; -1 when there is none now. A moment without descriptors is not
/// for ever.
int null_device() {
  static std::atomic<int> known{-1};
  if (auto fd = known.load(); fd >= 0)
    return fd;
  auto opened = beyond_streams(::open("/dev/null", O_RDWR | O_CLOEXEC));
  auto none = -1;
  if (opened < 0 || known.compare_exchange_strong(none, opened))
    return opened;
  ::close(opened);
  return none;
}

/// A terminal of that kind: our end, and the one that is a program's.
bool make_terminal(const program_terminal& wanted, descriptor& ours,
                   descriptor& theirs) {
  ours.reset(beyond_streams(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)));
  std::array<char, 128> name{};
  if (!ours || ::grantpt(ours.get()) != 0 || ::unlockpt(ours.get()) != 0
      || ::ptsname_r(ours.get(), name.data(), name.size()) != 0)
    return false;
  theirs.reset(
    beyond_streams(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC)));
  termios modes{};
  if (!theirs || ::tcgetattr(theirs.get(), &modes) != 0)
    return false;
  if (wanted.echo)
    modes.c_lflag |= ECHO;
  else
    modes.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  winsize size{wanted.rows, wanted.columns, 0, 0};
  return ::tcsetattr(theirs.get(), TCSANOW, &modes) == 0
         && ::ioctl(theirs.get(), TIOCSWINSZ, &size) == 0;
}

result<child_streams> terminal_streams(const program_terminal& wanted,
                                       const std::string& program,
                                       spawned_child& child) {
  child_streams out;
  out.is_terminal = true;
  // What it prints and what is typed go through the same end of ours; each way
  // is closed by itself.
  if (make_terminal(wanted, child.out, out.out))
    child.in.reset(::fcntl(child.out.get(), F_DUPFD_CLOEXEC, 3));
  if (!child.in)
    return system_error(errno,
                        fmt::format("cannot run '{}': no terminal", program));
  out.in_number = out.out.get();
  return out;
}

} // namespace

result<child_streams> open_streams(const process_spec& spec,
                                   const std::string& program,
                                   spawned_child& child) {
  if (spec.feed && spec.feed->terminal())
    return terminal_streams(*spec.feed->terminal(), program, child);
  child_streams out;
  if (!spec.input_file.empty()) {
    auto from = open_to_read(spec.input_file);
    if (!from)
      return from.why();
    out.in = std::move(from->file);
  }
  if (!pipe_with_retries(child.out, out.out, false)
      || !pipe_with_retries(child.err, out.err, false)
      || ((spec.input || spec.feed)
          && !pipe_with_retries(child.in, out.in, true)))
    return system_error(errno,
                        fmt::format("cannot run '{}': no pipe", program));
  out.in_number = out.in ? out.in.get() : null_device();
  return out;
}

} // namespace troupe
