#include "platform/append_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace troupe {

append_file::append_file(std::string path, int fd)
    : path_{std::move(path)}, fd_{fd} {
}

append_file::append_file(append_file&& other) noexcept
    : path_{std::move(other.path_)}, fd_{std::exchange(other.fd_, -1)} {
}

append_file::~append_file() {
  if (fd_ >= 0)
    ::close(fd_);
}

result<append_file> append_file::open(const std::string& path) {
  auto fd = ::open(
    path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return system_error(errno, "cannot open '" + path + "'");
  return append_file{path, fd};
}

result<void> append_file::append(std::string_view bytes) {
  auto before = ::lseek(fd_, 0, SEEK_END);
  if (before < 0)
    return system_error(errno, "cannot write to '" + path_ + "'");
  auto taken_back = [&](int number) {
    // Who comes next would write behind half of a line.
    static_cast<void>(::ftruncate(fd_, before) == 0);
    return system_error(number, "cannot write to '" + path_ + "'");
  };
  while (!bytes.empty()) {
    auto n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return taken_back(errno);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  if (::fdatasync(fd_) != 0)
    return taken_back(errno);
  return {};
}

} // namespace troupe
