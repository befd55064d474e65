#include "platform/new_file.hpp"

#include "platform/crypto.hpp"
#include "platform/posix/open_file.hpp"
#include "platform/posix/replace.hpp"
#include "platform/posix/spawn.hpp"
#include "platform/posix/status.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace troupe {

namespace {

constexpr size_t piece = size_t{256} << 10;

/// Reads `length` bytes unless the file ends before.
ssize_t read_fully(int fd, char* to, size_t length, uint64_t offset) {
  size_t have = 0;
  while (have < length) {
    auto n = ::pread(fd, to + have, length - have,
                     static_cast<off_t>(offset + have));
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return -1;
    if (n == 0)
      break;
    have += static_cast<size_t>(n);
  }
  return static_cast<ssize_t>(have);
}

error ended_early(const std::string& path) {
  return {errc::invalid_argument, path + " is cut off"};
}

} // namespace

new_file::new_file(std::string path, int fd) : path_{std::move(path)}, fd_{fd} {
}

new_file::new_file(new_file&& other) noexcept
    : path_{std::move(other.path_)}, fd_{other.fd_} {
  other.fd_ = -1;
}

new_file::~new_file() {
  if (fd_ >= 0)
    ::close(fd_);
}

result<new_file> new_file::create(const std::string& path, uint32_t mode) {
  auto fd = ::open(path.c_str(),
                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (fd < 0)
    return system_error(errno, "cannot create " + path);
  return new_file{path, fd};
}

result<void> new_file::write(std::string_view bytes) {
  if (auto number = write_all(fd_, bytes); number != 0)
    return system_error(number, "cannot write " + path_);
  return {};
}

result<void> new_file::append_file(const std::string& source) {
  auto from = open_to_read(source);
  if (!from)
    return from.why();
  if (auto number = copy_content(from->file.get(), fd_); number != 0)
    return system_error(number,
                        fmt::format("cannot copy {} to {}", source, path_));
  return {};
}

result<void> new_file::close(uint32_t mode) {
  auto fd = fd_;
  fd_ = -1;
  auto failed = ::fchmod(fd, mode) != 0 ? errno : 0;
  if (::close(fd) != 0 && failed == 0)
    failed = errno;
  if (failed != 0)
    return system_error(failed, "cannot finish " + path_);
  return {};
}

result<void> make_private_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0)
    return system_error(errno, "cannot create " + path);
  return {};
}

result<void> overwrite_part(const std::string& path, uint64_t offset,
                            std::string_view bytes) {
  descriptor file{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
  if (!file)
    return system_error(errno, "cannot open " + path);
  if (::lseek(file.get(), static_cast<off_t>(offset), SEEK_SET) < 0)
    return system_error(errno, "cannot write " + path);
  if (auto number = write_all(file.get(), bytes); number != 0)
    return system_error(number, "cannot write " + path);
  return {};
}

result<std::string> read_part(const std::string& path, uint64_t offset,
                              size_t length) {
  auto from = open_to_read(path);
  if (!from)
    return from.why();
  std::string out(length, '\0');
  auto n = read_fully(from->file.get(), out.data(), length, offset);
  if (n < 0)
    return system_error(errno, "cannot read " + path);
  if (static_cast<size_t>(n) < length)
    return ended_early(path);
  return out;
}

void discard_file(const std::string& path) {
  ::unlink(path.c_str());
}

result<void> rename_file(const std::string& from, const std::string& to) {
  // Every program that uses a device or a pipe would lose it.
  struct stat raw;
  if (::lstat(to.c_str(), &raw) == 0 && !S_ISREG(raw.st_mode)
      && !S_ISLNK(raw.st_mode))
    return error{errc::invalid_argument,
                 fmt::format("cannot replace {}: it is {}", to,
                             name_of(to_status(raw).kind))};
  if (::rename(from.c_str(), to.c_str()) != 0)
    return system_error(errno, fmt::format("cannot rename {} to {}", from, to));
  return {};
}

result<uint64_t> size_of_file(const std::string& path) {
  struct stat raw;
  if (::stat(path.c_str(), &raw) != 0)
    return system_error(errno, "cannot look at " + path);
  if (!S_ISREG(raw.st_mode))
    return error{errc::invalid_argument, path + " is no regular file"};
  return static_cast<uint64_t>(raw.st_size);
}

result<std::string> digest_of_part(const std::string& path, uint64_t offset,
                                   uint64_t length) {
  auto from = open_to_read(path);
  if (!from)
    return from.why();
  sha256 digest;
  std::string buffer(std::min<uint64_t>(piece, length), '\0');
  for (uint64_t done = 0; done < length;) {
    auto want
      = static_cast<size_t>(std::min<uint64_t>(length - done, buffer.size()));
    auto n = read_fully(from->file.get(), buffer.data(), want, offset + done);
    if (n < 0)
      return system_error(errno, "cannot read " + path);
    if (static_cast<size_t>(n) < want)
      return ended_early(path);
    digest.update({buffer.data(), want});
    done += want;
  }
  return to_hex(digest.finish());
}

} // namespace troupe
