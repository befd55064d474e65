#include "platform/read_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace troupe {

namespace {

/// Closes the descriptor at the end of a scope.
struct open_file {
  int number;

  ~open_file() {
    if (number >= 0)
      close(number);
  }
};

} // namespace

result<std::string> read_file(const std::string& path, size_t limit) {
  open_file file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  if (file.number < 0)
    return system_error(errno, "cannot open " + path);
  std::string out;
  char buffer[65536];
  for (;;) {
    auto count = read(file.number, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return system_error(errno, "cannot read " + path);
    if (count == 0)
      return out;
    out.append(buffer, static_cast<size_t>(count));
    if (out.size() > limit)
      return error{errc::exhausted, path + " is larger than allowed"};
  }
}

result<void> store_text(const std::string& path, const std::string& bytes) {
  std::error_code problem;
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path(),
                                      problem);
  open_file file{
    open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (file.number < 0)
    return system_error(errno, "cannot create " + path);
  size_t done = 0;
  while (done < bytes.size()) {
    auto count = write(file.number, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return system_error(errno, "cannot write " + path);
    done += static_cast<size_t>(count);
  }
  return {};
}

} // namespace troupe
