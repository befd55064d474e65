#include "platform/source_file.hpp"

#include "platform/posix/open_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace troupe {

namespace {

constexpr size_t read_piece = size_t{256} << 10;

int64_t modified_at(const struct stat& raw) {
  return raw.st_mtim.tv_sec * int64_t{1'000'000'000} + raw.st_mtim.tv_nsec;
}

} // namespace

source_file::source_file(std::string path, int fd, uint64_t size, uint32_t mode,
                         int64_t modified)
    : path_{std::move(path)}, fd_{fd}, size_{size}, mode_{mode}, modified_{
                                                                   modified} {
}

source_file::source_file(source_file&& other) noexcept
    : path_{std::move(other.path_)}, fd_{std::exchange(other.fd_, -1)},
      size_{other.size_}, mode_{other.mode_}, modified_{other.modified_} {
}

source_file::~source_file() {
  if (fd_ >= 0)
    ::close(fd_);
}

result<source_file> source_file::open(const std::string& path) {
  auto from = open_to_read(path);
  if (!from)
    return from.why();
  auto& raw = from->status;
  if (!S_ISREG(raw.st_mode))
    return error{errc::invalid_argument, path + " is no regular file"};
  return source_file{path, from->file.release(),
                     static_cast<uint64_t>(raw.st_size), raw.st_mode & 0777U,
                     modified_at(raw)};
}

result<void> source_file::read_at(uint64_t offset, size_t size,
                                  std::string& out) const {
  struct stat raw;
  if (::fstat(fd_, &raw) != 0)
    return system_error(errno, "cannot look at " + path_);
  if (static_cast<uint64_t>(raw.st_size) != size_
      || modified_at(raw) != modified_)
    return error{errc::runtime, path_ + " was changed while it was in use"};
  out.resize(size);
  size_t have = 0;
  while (have < size) {
    auto n = ::pread(fd_, out.data() + have, size - have,
                     static_cast<off_t>(offset + have));
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return system_error(errno, "cannot read " + path_);
    if (n == 0)
      break;
    have += static_cast<size_t>(n);
  }
  out.resize(have);
  return {};
}

result<void> source_file::read_all(
  const std::function<result<void>(std::string_view)>& take) const {
  std::string bytes;
  for (uint64_t at = 0; at < size_; at += bytes.size()) {
    if (auto got = read_at(at, read_piece, bytes); !got)
      return got;
    if (bytes.empty())
      return error{errc::runtime, path_ + " has become shorter"};
    if (auto done = take(bytes); !done)
      return done;
  }
  return {};
}

} // namespace troupe
