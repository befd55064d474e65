#pragma once

#include "platform/result.hpp"

#include <cstdint>
#include <string>

namespace troupe {

/// A regular file that is read at any place for as long as it is not changed.
class source_file {
public:
  static result<source_file> open(const std::string& path);
  source_file(source_file&& other) noexcept;
  source_file& operator=(source_file&&) = delete;
  ~source_file();

  const std::string& path() const {
    return path_;
  }

  /// Bytes when it was opened.
  uint64_t size() const {
    return size_;
  }

  /// Replaces `out` by at most `size` bytes from `offset`; fewer only at the
  /// end of the file. An error (`runtime`) when the file was written to since
  /// it was opened; one that was replaced goes on being read as it was.
  result<void> read_at(uint64_t offset, size_t size, std::string& out) const;

private:
  source_file(std::string path, int fd, uint64_t size, int64_t modified);

  std::string path_;
  int fd_;
  uint64_t size_;
  // Nanoseconds since the epoch.
  int64_t modified_;
};

} // namespace troupe
