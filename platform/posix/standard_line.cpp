#include "platform/standard_line.hpp"

#include "platform/posix/wake.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace troupe {

namespace {

/// Waits for one of `events`; false when the limit came first.
result<bool> wait_for(int fd, short events, const wait_limit& limit) {
  stop_wake wake{limit.stop};
  for (;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(
                  limit.until - std::chrono::steady_clock::now())
                  .count();
    std::array<pollfd, 2> set{{{fd, events, 0}, {wake.fd(), POLLIN, 0}}};
    auto n = ::poll(set.data(), set.size(),
                    static_cast<int>(std::clamp<int64_t>(left, 0, 3'600'000)));
    if (n < 0 && errno != EINTR)
      return system_error(errno, "cannot wait for the line");
    if (n > 0 && set[0].revents != 0)
      return true;
    if (n > 0 || limit.until <= std::chrono::steady_clock::now())
      return false;
  }
}

/// The stream under a number that nothing else gets, and /dev/null in its
/// place.
result<int> moved(int fd) {
  auto out = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
  if (out < 0)
    return system_error(errno, "cannot use the standard streams");
  auto null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null >= 0) {
    ::dup2(null, fd);
    ::close(null);
  }
  ::fcntl(out, F_SETFL, O_NONBLOCK);
  return out;
}

} // namespace

result<standard_line> standard_line::take() {
  auto in = moved(STDIN_FILENO);
  if (!in)
    return in.why();
  auto out = moved(STDOUT_FILENO);
  if (!out) {
    ::close(*in);
    return out.why();
  }
  // Who does not read any more is told of as an error.
  std::signal(SIGPIPE, SIG_IGN);
  return standard_line{*in, *out};
}

standard_line::standard_line(standard_line&& other) noexcept
    : in_{std::exchange(other.in_, -1)}, out_{std::exchange(other.out_, -1)} {
}

standard_line::~standard_line() {
  for (auto fd : {in_, out_})
    if (fd >= 0)
      ::close(fd);
}

result<std::optional<std::string>>
standard_line::read(const wait_limit& limit) {
  using came = std::optional<std::string>;
  for (;;) {
    auto ready = wait_for(in_, POLLIN, limit);
    if (!ready)
      return ready.why();
    if (!*ready)
      return came{};
    std::string buffer(size_t{64} << 10U, '\0');
    auto n = ::read(in_, buffer.data(), buffer.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
      continue;
    if (n < 0)
      return system_error(errno, "cannot read from the line");
    buffer.resize(static_cast<size_t>(n));
    return came{std::move(buffer)};
  }
}

result<void> standard_line::write(std::string_view bytes,
                                  const wait_limit& limit) {
  while (!bytes.empty()) {
    auto n = ::write(out_, bytes.data(), bytes.size());
    if (n >= 0) {
      bytes.remove_prefix(static_cast<size_t>(n));
      continue;
    }
    if (errno == EINTR)
      continue;
    if (errno != EAGAIN)
      return system_error(errno, "cannot write to the line");
    auto ready = wait_for(out_, POLLOUT, limit);
    if (!ready)
      return ready.why();
    if (!*ready)
      return error{errc::timeout, "nobody reads from the line"};
  }
  return {};
}

} // namespace troupe
