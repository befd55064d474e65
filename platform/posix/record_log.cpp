#include "platform/record_log.hpp"

#include "platform/crypto.hpp"
#include "platform/posix/record_format.hpp"
#include "platform/posix/rename.hpp"
#include "platform/posix/replace.hpp"
#include "platform/posix/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace troupe {

namespace {

error log_failure(int number, const char* what, const std::string& path) {
  return system_error(number, fmt::format("cannot {} '{}'", what, path));
}

/// A file's bytes as memory.
class mapping {
public:
  mapping(int fd, size_t size) : size_{size} {
    if (size_ > 0)
      data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
  }

  ~mapping() {
    if (*this)
      ::munmap(data_, size_);
  }

  mapping(const mapping&) = delete;
  mapping& operator=(const mapping&) = delete;

  explicit operator bool() const {
    return data_ != MAP_FAILED;
  }

  std::string_view bytes() const {
    return {static_cast<const char*>(data_), size_};
  }

  /// What is before `at` is not looked at soon: a journal may be larger than
  /// the memory a run may take. Cheap to call often.
  void leave_behind(size_t at) {
    constexpr size_t step = size_t{8} << 20;
    if (at < left_ + step)
      return;
    auto to = at / step * step;
    ::madvise(static_cast<char*>(data_) + left_, to - left_, MADV_DONTNEED);
    left_ = to;
  }

private:
  void* data_ = MAP_FAILED;
  size_t size_;
  size_t left_ = 0;
};

} // namespace

namespace {

int write_pieces(int fd, uint64_t at, log_file_calls::pieces what) {
  std::array<iovec, 3> parts{};
  size_t left = 0;
  for (size_t i = 0; i < what.size(); ++i) {
    parts[i] = {const_cast<char*>(what[i].data()), what[i].size()};
    left += what[i].size();
  }
  while (left > 0) {
    auto n = ::pwritev(fd, parts.data(), static_cast<int>(parts.size()),
                       static_cast<off_t>(at));
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return n < 0 ? errno : EIO;
    auto written = static_cast<size_t>(n);
    at += written;
    left -= written;
    for (auto& part : parts) {
      auto taken = std::min(part.iov_len, written);
      part.iov_base = static_cast<char*>(part.iov_base) + taken;
      part.iov_len -= taken;
      written -= taken;
    }
  }
  return 0;
}

} // namespace

log_file_calls log_file_calls::of_system() {
  return {.write = write_pieces,
          .cut =
            [](int fd, uint64_t size) {
              return ::ftruncate(fd, static_cast<off_t>(size)) == 0 ? 0 : errno;
            },
          .sync = [](int fd) { return ::fdatasync(fd) == 0 ? 0 : errno; }};
}

record_log::record_log(std::string path, int fd, uint64_t size,
                       log_file_calls calls)
    : path_{std::move(path)}, fd_{fd}, calls_{std::move(calls)}, size_{size} {
}

record_log::~record_log() {
  ::close(fd_);
}

result<std::unique_ptr<record_log>> record_log::create(const std::string& path,
                                                       log_file_calls calls) {
  descriptor file{::open(
    path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
  if (!file)
    return system_error(errno, fmt::format("cannot create '{}'", path));
  if (auto number = write_all(file.get(), record_log_mark))
    return system_error(number, fmt::format("cannot write '{}'", path));
  return std::unique_ptr<record_log>{new record_log{
    path, file.release(), record_log_mark.size(), std::move(calls)}};
}

result<void> record_log::rename(const std::string& to) {
  auto number = rename_at(rename_way::only_new, AT_FDCWD, path_.c_str(),
                          AT_FDCWD, to.c_str());
  // Where the system cannot see to it, whoever names it has.
  if ((number == EINVAL || number == ENOSYS || number == EOPNOTSUPP)
      && ::access(to.c_str(), F_OK) != 0)
    number = ::rename(path_.c_str(), to.c_str()) == 0 ? 0 : errno;
  if (number != 0)
    return system_error(number,
                        fmt::format("cannot rename '{}' to '{}'", path_, to));
  path_ = to;
  return {};
}

result<void> record_log::keep_one(const std::string& path, uint8_t type,
                                  std::string_view payload) {
  auto head = head_of_record(type, payload);
  std::string all{record_log_mark};
  // It may be secret: nothing of it stays behind in a buffer that was too
  // small.
  all.reserve(all.size() + head.size() + payload.size());
  all.append(head.data(), head.size());
  all += payload;
  replacement what;
  what.path = path;
  what.content = all;
  what.wanted.mode = 0600;
  what.durable = true;
  auto done = replace_file(what);
  wipe(all);
  return done;
}

result<record_log::found> record_log::open(const std::string& path,
                                           const visitor& each) {
  return scan(path, each, true);
}

result<record_log::found> record_log::read(const std::string& path,
                                           const visitor& each) {
  return scan(path, each, false);
}

result<record_log::found> record_log::scan(const std::string& path,
                                           const visitor& each, bool writable) {
  descriptor file{::open(path.c_str(), (writable ? O_RDWR : O_RDONLY)
                                         | O_NOFOLLOW | O_CLOEXEC)};
  struct stat status;
  if (!file || ::fstat(file.get(), &status) != 0)
    return system_error(errno, fmt::format("cannot open '{}'", path));
  auto size = static_cast<size_t>(status.st_size);
  mapping map{file.get(), size};
  if (size < record_log_mark.size())
    return error{errc::not_found,
                 fmt::format("'{}' is not a record log: it ends in its first "
                             "line",
                             path)};
  if (!map || !map.bytes().starts_with(record_log_mark))
    return error{errc::runtime, fmt::format("'{}' is not a record log", path)};
  auto bytes = map.bytes();
  found out;
  if (!each) {
    out.log.reset(
      new record_log{path, file.release(), size, log_file_calls::of_system()});
    return out;
  }
  auto at = record_log_mark.size();
  while (at < size) {
    auto length = sound_record_at(bytes, at);
    if (length == 0)
      break;
    each(
      at, static_cast<uint8_t>(bytes[at + record_head_size]),
      bytes.substr(at + record_head_size + 1, length - record_head_size - 1));
    at += length;
    ++out.records;
    map.leave_behind(at);
  }
  out.dropped = size - at;
  if (out.dropped > 0)
    if (auto next = next_sound_record(bytes, at + 1);
        next != std::string_view::npos)
      return error{errc::runtime,
                   fmt::format("'{}' is damaged at byte {}: the next sound "
                               "record starts at {}",
                               path, at, next)};
  if (out.dropped > 0 && writable
      && ::ftruncate(file.get(), static_cast<off_t>(at)) != 0)
    return system_error(errno, fmt::format("cannot cut '{}'", path));
  out.log.reset(
    new record_log{path, file.release(), at, log_file_calls::of_system()});
  return out;
}

void record_log::hold(uint8_t type, std::string_view payload) {
  auto head = head_of_record(type, payload);
  std::lock_guard guard{mutex_};
  held_.append(head.data(), head.size());
  held_ += payload;
}

result<uint64_t> record_log::append(uint8_t type, std::string_view payload) {
  auto head = head_of_record(type, payload);
  std::string_view head_bytes{head.data(), head.size()};
  std::lock_guard guard{mutex_};
  if (!sound_)
    return sound_.why();
  auto offset = size_ + held_.size();
  auto end = offset + head.size() + payload.size();
  if (auto number = calls_.write(
        fd_, size_, {std::string_view{held_}, head_bytes, payload})) {
    // Half a record would look like damage once another one follows.
    if (auto uncut = calls_.cut(fd_, size_))
      sound_ = log_failure(uncut, "cut", path_);
    return system_error(
      number, fmt::format("cannot write {} bytes to '{}'", end - size_, path_));
  }
  size_ = end;
  held_.clear();
  return offset;
}

result<void> record_log::sync() {
  std::unique_lock guard{mutex_};
  auto wanted = size_;
  while (sound_ && synced_ < wanted) {
    if (std::exchange(syncing_, true)) {
      // Somebody waits for the disk already, perhaps for less than we want.
      sync_ended_.wait(guard);
      continue;
    }
    auto reached = size_;
    guard.unlock();
    auto number = calls_.sync(fd_);
    guard.lock();
    syncing_ = false;
    // The system may have thrown away what it could not write, and would call
    // the next sync a success.
    if (number != 0)
      sound_ = log_failure(number, "sync", path_);
    else
      synced_ = reached;
    sync_ended_.notify_all();
  }
  return sound_;
}

result<std::string> record_log::payload_at(uint64_t offset) const {
  std::string head(record_head_size + 1, '\0');
  auto read = [&](std::string& to, uint64_t at) {
    size_t done = 0;
    while (done < to.size()) {
      auto n = ::pread(fd_, to.data() + done, to.size() - done,
                       static_cast<off_t>(at + done));
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return false;
      done += static_cast<size_t>(n);
    }
    return true;
  };
  if (!read(head, offset))
    return system_error(errno, fmt::format("cannot read '{}'", path_));
  uint64_t length = record_number_at(head, 0);
  struct stat status;
  if (length == 0 || ::fstat(fd_, &status) != 0
      || offset + record_head_size + length
           > static_cast<uint64_t>(status.st_size))
    return error{errc::runtime,
                 fmt::format("'{}' has no record at byte {}", path_, offset)};
  std::string payload(length - 1, '\0');
  if (!read(payload, offset + record_head_size + 1))
    return system_error(errno, fmt::format("cannot read '{}'", path_));
  if (record_checksum(static_cast<uint8_t>(head[record_head_size]), payload)
      != record_number_at(head, 4))
    return error{errc::runtime,
                 fmt::format("'{}' is damaged at byte {}", path_, offset)};
  return payload;
}

} // namespace troupe
