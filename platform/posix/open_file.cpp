#include "platform/posix/open_file.hpp"

#include "platform/posix/output_file.hpp"
#include "platform/posix/status.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace troupe {

namespace {

error cannot_read(int number, const std::string& path) {
  return system_error(number, fmt::format("cannot read '{}'", path));
}

/// What may be read without waiting for anybody; the system's words for the
/// rest.
result<void> check_readable(const struct stat& raw, const std::string& path) {
  bool null_device = S_ISCHR(raw.st_mode) && raw.st_rdev == makedev(1, 3);
  if (S_ISREG(raw.st_mode) || null_device)
    return {};
  return error{errc::invalid_argument,
               fmt::format("cannot read '{}': it is {}, not a regular file",
                           path, name_of(to_status(raw).kind))};
}

/// Opens without waiting. Somebody who has a lease on the file (a file server)
/// is given a second to let it go.
int open_now(const location& at, int more) {
  for (int tries = 0;; ++tries) {
    auto fd = ::openat(at.folder(), at.name(),
                       O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | more);
    if (fd >= 0 || errno != EWOULDBLOCK || tries == 50)
      return fd;
    timespec rest{0, 20'000'000};
    ::nanosleep(&rest, nullptr);
  }
}

} // namespace

result<readable_file> open_to_read(const std::string& path, way how) {
  auto at = locate("read", path, how);
  if (!at)
    return at.why();
  bool follow = how == way::through_links;
  readable_file out;
  // Opening a device may be more than to look at it, and a writer of a pipe
  // would take us for its reader.
  if (::fstatat(at->folder(), at->name(), &out.status,
                follow ? 0 : AT_SYMLINK_NOFOLLOW)
      != 0)
    return cannot_read(errno, path);
  if (auto fine = check_readable(out.status, path); !fine)
    return fine.why();
  out.file.reset(open_now(*at, follow ? 0 : O_NOFOLLOW));
  if (!out.file || ::fstat(out.file.get(), &out.status) != 0)
    return cannot_read(errno, path);
  if (auto fine = check_readable(out.status, path); !fine)
    return fine.why();
  return out;
}

result<std::string> read_open(const readable_file& from,
                              const std::string& path, size_t limit) {
  auto& raw = from.status;
  auto too_long = error{errc::exhausted,
                        fmt::format("cannot read '{}': it is longer than the "
                                    "limit of {} bytes",
                                    path, limit)};
  if (raw.st_size > 0 && static_cast<size_t>(raw.st_size) > limit)
    return too_long;
  std::string out;
  // One byte more than the size: the read that finds the end is saved.
  out.resize(std::min<size_t>(static_cast<size_t>(raw.st_size), limit) + 1);
  size_t length = 0;
  for (;;) {
    auto n = ::read(from.file.get(), out.data() + length, out.size() - length);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return cannot_read(errno, path);
    length += static_cast<size_t>(n);
    if (length > limit)
      return too_long;
    // Short of the space is the end of a regular file that did not grow.
    auto at_end = S_ISREG(raw.st_mode) && raw.st_size > 0
                  && length == static_cast<size_t>(raw.st_size);
    if (n == 0 || at_end)
      break;
    if (length == out.size())
      out.resize(out.size() * 2 + 4096);
  }
  out.resize(length);
  return out;
}

result<std::string> read_any(const std::string& path, size_t limit) {
  if (auto refused = refuse_path("read", path))
    return *refused;
  if (!is_open_here(path)) {
    auto from = open_to_read(path);
    return from ? read_open(*from, path, limit) : from.why();
  }
  readable_file from;
  from.file.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!from.file || ::fstat(from.file.get(), &from.status) != 0)
    return cannot_read(errno, path);
  return read_open(from, path, limit);
}

bool file_holds(const std::string& path, std::string_view content, way how) {
  auto from = open_to_read(path, how);
  if (!from)
    return false;
  std::array<char, size_t{64} << 10> buffer;
  for (;;) {
    // One more than expected, so that the end shows without another call.
    auto room = std::min(buffer.size(), content.size() + 1);
    auto n = ::read(from->file.get(), buffer.data(), room);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return false;
    auto length = static_cast<size_t>(n);
    if (length == 0 || length > content.size()
        || std::memcmp(buffer.data(), content.data(), length) != 0)
      return length == 0 && content.empty();
    content.remove_prefix(length);
    if (length < room && content.empty())
      return true;
  }
}

result<std::string> read_file_start(const std::string& path, size_t length,
                                    way how) {
  auto from = open_to_read(path, how);
  if (!from)
    return from.why();
  std::string out(length, '\0');
  auto n = ::pread(from->file.get(), out.data(), length, 0);
  if (n < 0)
    return cannot_read(errno, path);
  out.resize(static_cast<size_t>(n));
  return out;
}

} // namespace troupe
