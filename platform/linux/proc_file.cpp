#include "platform/linux/proc_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace troupe {

std::string read_proc_file(const std::string& path) {
  std::string out;
  auto fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return out;
  char buffer[4096];
  for (;;) {
    auto n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      break;
    out.append(buffer, static_cast<size_t>(n));
  }
  ::close(fd);
  return out;
}

std::string read_proc_line(const std::string& path) {
  auto out = read_proc_file(path);
  while (!out.empty()
         && (out.back() == '\n' || out.back() == ' ' || out.back() == '\t'
             || out.back() == '\0'))
    out.pop_back();
  return out;
}

} // namespace troupe
