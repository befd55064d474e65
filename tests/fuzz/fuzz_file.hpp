#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace troupe::fuzz {

/// What must hold, whatever was read.
inline void must(bool holds) {
  if (!holds)
    std::abort();
}

/// So many lines a text has at most, by all that YAML takes for the end of one.
inline size_t lines_in(std::string_view text) {
  size_t out = 1;
  for (auto c : text)
    out += std::string_view{"\n\r\x85\xa8\xa9"}.find(c) != text.npos ? 1 : 0;
  return out;
}

/// A file in memory that each input is written to anew, and a folder of its
/// own around it; both are gone with the process.
class scratch_file {
public:
  explicit scratch_file(const char* name) {
    std::string pattern = "/dev/shm/troupe-fuzz-XXXXXX";
    must(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    path_ = folder_ + "/" + name;
  }

  ~scratch_file() {
    ::unlink(path_.c_str());
    ::rmdir(folder_.c_str());
  }

  scratch_file(const scratch_file&) = delete;
  scratch_file& operator=(const scratch_file&) = delete;

  const std::string& folder() const {
    return folder_;
  }

  const std::string& path() const {
    return path_;
  }

  void hold(std::string_view bytes) const {
    auto fd
      = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
    must(fd >= 0);
    while (!bytes.empty()) {
      auto n = ::write(fd, bytes.data(), bytes.size());
      must(n > 0);
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    ::close(fd);
  }

private:
  std::string folder_;
  std::string path_;
};

} // namespace troupe::fuzz
