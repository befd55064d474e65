#include "platform/file_stream.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace troupe {

namespace {

constexpr size_t piece = size_t{256} << 10;

} // namespace

file_stream::file_stream(std::string path, int fd, uint64_t size, uint32_t mode)
    : path_{std::move(path)}, fd_{fd}, size_{size}, mode_{mode} {
}

file_stream::file_stream(file_stream&& other) noexcept
    : path_{std::move(other.path_)}, fd_{other.fd_}, size_{other.size_},
      mode_{other.mode_} {
  other.fd_ = -1;
}

file_stream::~file_stream() {
  if (fd_ >= 0)
    ::close(fd_);
}

result<file_stream> file_stream::open(const std::string& path) {
  // Not to wait for the writer of a pipe.
  auto fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat raw;
  if (fd < 0 || ::fstat(fd, &raw) != 0) {
    auto why = errno;
    if (fd >= 0)
      ::close(fd);
    return system_error(why, "cannot open " + path);
  }
  file_stream out{path, fd, static_cast<uint64_t>(raw.st_size),
                  raw.st_mode & 0777U};
  if (!S_ISREG(raw.st_mode))
    return error{errc::invalid_argument, path + " is no regular file"};
  return out;
}

result<void> file_stream::read_all(
  const std::function<result<void>(std::string_view)>& take) {
  std::string buffer(piece, '\0');
  for (;;) {
    auto n = ::read(fd_, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return system_error(errno, "cannot read " + path_);
    if (n == 0)
      return {};
    if (auto done = take({buffer.data(), static_cast<size_t>(n)}); !done)
      return done;
  }
}

} // namespace troupe
