#include "platform/input.hpp"

#include "platform/posix/process_tree.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace troupe {

result<std::string> read_standard_input(size_t limit) {
  std::string text;
  char buffer[65536];
  for (;;) {
    auto n = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (n == 0)
      return text;
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return system_error(errno, "cannot read standard input");
    text.append(buffer, static_cast<size_t>(n));
    if (text.size() > limit)
      return error{errc::exhausted, "standard input is longer than "
                                      + std::to_string(limit) + " bytes"};
  }
}

int process_id() {
  return static_cast<int>(::getpid());
}

bool process_exists(int number) {
  if (::kill(number, 0) != 0 && errno != EPERM)
    return false;
  return !identify(number).exiting;
}

} // namespace troupe
