#include "platform/record_log.hpp"

#include "platform/posix/replace.hpp"
#include "platform/posix/spawn.hpp"

#include <Poco/Checksum.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace troupe {

namespace {

constexpr std::string_view magic = "troupe log 1\n";
constexpr size_t head_size = 8;

uint32_t checksum(uint8_t type, std::string_view payload) {
  Poco::Checksum sum{Poco::Checksum::TYPE_CRC32};
  sum.update(static_cast<char>(type));
  // It counts in 32 bits.
  while (!payload.empty()) {
    auto piece = payload.substr(0, size_t{1} << 30);
    sum.update(piece.data(), static_cast<unsigned>(piece.size()));
    payload.remove_prefix(piece.size());
  }
  return sum.checksum();
}

void put_number(char* to, uint32_t x) {
  for (int i = 0; i < 4; ++i)
    to[i] = static_cast<char>(x >> (8 * i));
}

uint32_t number_at(std::string_view bytes, size_t at) {
  uint32_t x = 0;
  for (size_t i = 0; i < 4; ++i)
    x |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[at + i])) << (8 * i);
  return x;
}

/// The size of the sound record that starts at `at`; 0 when there is none.
size_t record_at(std::string_view bytes, size_t at) {
  if (bytes.size() - at < head_size + 1)
    return 0;
  size_t length = number_at(bytes, at);
  if (length == 0 || length > bytes.size() - at - head_size)
    return 0;
  auto type = static_cast<uint8_t>(bytes[at + head_size]);
  auto payload = bytes.substr(at + head_size + 1, length - 1);
  return checksum(type, payload) == number_at(bytes, at + 4)
           ? head_size + length
           : 0;
}

/// Where the next sound record after a damaged one starts; npos: nowhere.
size_t next_sound(std::string_view bytes, size_t from) {
  for (auto at = from; at + head_size < bytes.size(); ++at)
    if (record_at(bytes, at) > 0)
      return at;
  return std::string_view::npos;
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

record_log::record_log(std::string path, int fd, uint64_t size)
    : path_{std::move(path)}, fd_{fd}, size_{size} {
}

record_log::~record_log() {
  ::close(fd_);
}

result<std::unique_ptr<record_log>>
record_log::create(const std::string& path) {
  descriptor file{::open(
    path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
  if (!file)
    return system_error(errno, fmt::format("cannot create '{}'", path));
  if (auto number = write_all(file.get(), magic))
    return system_error(number, fmt::format("cannot write '{}'", path));
  return std::unique_ptr<record_log>{
    new record_log{path, file.release(), magic.size()}};
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
  if (size < magic.size() || !map || !map.bytes().starts_with(magic))
    return error{errc::runtime, fmt::format("'{}' is not a record log", path)};
  auto bytes = map.bytes();
  found out;
  if (!each) {
    out.log.reset(new record_log{path, file.release(), size});
    return out;
  }
  auto at = magic.size();
  while (at < size) {
    auto length = record_at(bytes, at);
    if (length == 0)
      break;
    each(at, static_cast<uint8_t>(bytes[at + head_size]),
         bytes.substr(at + head_size + 1, length - head_size - 1));
    at += length;
    ++out.records;
    map.leave_behind(at);
  }
  out.dropped = size - at;
  if (out.dropped > 0)
    if (auto next = next_sound(bytes, at + 1); next != std::string_view::npos)
      return error{errc::runtime,
                   fmt::format("'{}' is damaged at byte {}: the next sound "
                               "record starts at {}",
                               path, at, next)};
  if (out.dropped > 0 && writable
      && ::ftruncate(file.get(), static_cast<off_t>(at)) != 0)
    return system_error(errno, fmt::format("cannot cut '{}'", path));
  out.log.reset(new record_log{path, file.release(), at});
  return out;
}

namespace {

using record_head = std::array<char, head_size + 1>;

record_head head_of(uint8_t type, std::string_view payload) {
  record_head head;
  put_number(head.data(), static_cast<uint32_t>(payload.size() + 1));
  put_number(head.data() + 4, checksum(type, payload));
  head[head_size] = static_cast<char>(type);
  return head;
}

} // namespace

void record_log::hold(uint8_t type, std::string_view payload) {
  auto head = head_of(type, payload);
  std::lock_guard guard{mutex_};
  held_.append(head.data(), head.size());
  held_ += payload;
}

result<uint64_t> record_log::append(uint8_t type, std::string_view payload) {
  auto head = head_of(type, payload);
  std::lock_guard guard{mutex_};
  auto start = size_;
  auto offset = start + held_.size();
  auto end = offset + head.size() + payload.size();
  iovec parts[]{{held_.data(), held_.size()},
                {head.data(), head.size()},
                {const_cast<char*>(payload.data()), payload.size()}};
  auto at = start;
  while (at < end) {
    auto n = ::pwritev(fd_, parts, 3, static_cast<off_t>(at));
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      auto number = errno;
      // Half a record would look like damage once another one follows.
      static_cast<void>(::ftruncate(fd_, static_cast<off_t>(start)));
      return system_error(number, fmt::format("cannot write {} bytes to '{}'",
                                              end - start, path_));
    }
    at += static_cast<uint64_t>(n);
    for (auto& part : parts) {
      auto taken = std::min(part.iov_len, static_cast<size_t>(n));
      part.iov_base = static_cast<char*>(part.iov_base) + taken;
      part.iov_len -= taken;
      n -= static_cast<ssize_t>(taken);
    }
  }
  size_ = end;
  held_.clear();
  unsynced_ = true;
  return offset;
}

result<void> record_log::sync() {
  {
    std::lock_guard guard{mutex_};
    if (!std::exchange(unsynced_, false))
      return {};
  }
  if (::fdatasync(fd_) != 0)
    return system_error(errno, fmt::format("cannot sync '{}'", path_));
  return {};
}

result<std::string> record_log::payload_at(uint64_t offset) const {
  std::string head(head_size + 1, '\0');
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
  uint64_t length = number_at(head, 0);
  struct stat status;
  if (length == 0 || ::fstat(fd_, &status) != 0
      || offset + head_size + length > static_cast<uint64_t>(status.st_size))
    return error{errc::runtime,
                 fmt::format("'{}' has no record at byte {}", path_, offset)};
  std::string payload(length - 1, '\0');
  if (!read(payload, offset + head_size + 1))
    return system_error(errno, fmt::format("cannot read '{}'", path_));
  if (checksum(static_cast<uint8_t>(head[head_size]), payload)
      != number_at(head, 4))
    return error{errc::runtime,
                 fmt::format("'{}' is damaged at byte {}", path_, offset)};
  return payload;
}

} // namespace troupe
