#include "platform/posix/process_tree.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace troupe {

namespace {

/// Nothing but system calls: a child that shares our memory does this.
bool close_listed_from(unsigned first) {
  // As linux/dirent.h has it: an entry's length and its name.
  constexpr size_t length_at = 16;
  constexpr size_t name_at = 19;
  auto folder = static_cast<int>(
    ::syscall(SYS_openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY));
  if (folder < 0)
    return false;
  std::array<char, 1024> entries;
  long read = 0;
  while (
    (read = ::syscall(SYS_getdents64, folder, entries.data(), entries.size()))
    > 0)
    for (long at = 0; at < read;) {
      auto* entry = entries.data() + at;
      uint16_t length = 0;
      std::memcpy(&length, entry + length_at, sizeof length);
      at += length;
      unsigned number = 0;
      auto [end, code]
        = std::from_chars(entry + name_at, entry + length, number);
      if (code == std::errc{} && number >= first
          && number != static_cast<unsigned>(folder))
        ::syscall(SYS_close, number);
    }
  ::syscall(SYS_close, folder);
  return read == 0;
}

} // namespace

void close_descriptors_from(unsigned first) {
  if (::syscall(SYS_close_range, first, ~0U, 0U) == 0)
    return;
  // Linux before 5.9, as several that are still served have it.
  if (close_listed_from(first))
    return;
  rlimit limit{};
  constexpr rlim_t most = 65'536;
  ::syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &limit);
  for (unsigned each = first; each < std::min(limit.rlim_cur, most); ++each)
    ::syscall(SYS_close, each);
}

} // namespace troupe
