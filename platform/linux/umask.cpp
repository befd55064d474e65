#include "platform/linux/proc_file.hpp"
#include "platform/posix/status.hpp"

#include <sys/stat.h>

#include <charconv>
#include <string_view>

namespace troupe {

namespace {

/// Setting it is the only call that tells it. Once, as files that other threads
/// make at that moment would get the wrong mode.
uint32_t umask_by_setting() {
  static const auto found = [] {
    auto mask = ::umask(022);
    ::umask(mask);
    return mask;
  }();
  return found;
}

} // namespace

uint32_t current_umask() {
  constexpr std::string_view key = "\nUmask:\t";
  auto text = read_proc_file("/proc/self/status");
  auto at = text.find(key);
  if (at == std::string::npos)
    return umask_by_setting();
  uint32_t mask = 0;
  auto begin = text.data() + at + key.size();
  std::from_chars(begin, text.data() + text.size(), mask, 8);
  return mask;
}

} // namespace troupe
