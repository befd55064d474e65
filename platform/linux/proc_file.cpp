#include "platform/linux/proc_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <ctime>

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

namespace {

/// Adds the names but for those that begin with a dot. 0, or why it is not
/// known which there are; a folder that is not there has none.
int add_names(const std::string& folder, std::vector<std::string>& out) {
  auto opened = ::opendir(folder.c_str());
  if (!opened)
    return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : errno;
  for (;;) {
    errno = 0;
    auto entry = ::readdir(opened);
    if (!entry)
      break;
    if (entry->d_name[0] != '.')
      out.emplace_back(entry->d_name);
  }
  // What is in a folder of /proc goes with its process.
  auto number = errno == ENOENT ? 0 : errno;
  ::closedir(opened);
  return number;
}

} // namespace

std::vector<int> proc_numbers(const std::string& folder) {
  constexpr int most_tries = 20;
  std::vector<std::string> names;
  for (int tries = 0; add_names(folder, names) != 0 && tries < most_tries;
       ++tries) {
    timespec pause{0, 5'000'000};
    ::nanosleep(&pause, nullptr);
    names.clear();
  }
  std::vector<int> out;
  for (auto& name : names) {
    int number = 0;
    auto [end, code]
      = std::from_chars(name.data(), name.data() + name.size(), number);
    if (code == std::errc{} && end == name.data() + name.size())
      out.push_back(number);
  }
  return out;
}

std::vector<std::string> proc_folders::names_in(const std::string& folder) {
  std::vector<std::string> out;
  if (auto number = add_names(folder, out); number != 0 && outcome_)
    outcome_ = system_error(number, fmt::format("cannot list '{}'", folder));
  std::sort(out.begin(), out.end());
  return out;
}

} // namespace troupe
