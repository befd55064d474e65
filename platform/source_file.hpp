#pragma once

#include "platform/result.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace troupe {

/// A regular file that is read for as long as it is not changed: at any place,
/// or from its start to its end.
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

  /// Permission bits: 0777.
  uint32_t mode() const {
    return mode_;
  }

  /// Replaces `out` by at most `size` bytes from `offset`; fewer only at the
  /// end of the file. An error (`runtime`) when the file was written to since
  /// it was opened; one that was replaced goes on being read as it was.
  result<void> read_at(uint64_t offset, size_t size, std::string& out) const;

  /// Gives the content to `take` piece by piece; its error ends the reading.
  result<void>
  read_all(const std::function<result<void>(std::string_view)>& take) const;

private:
  source_file(std::string path, int fd, uint64_t size, uint32_t mode,
              int64_t modified);

  std::string path_;
  int fd_;
  uint64_t size_;
  uint32_t mode_;
  // Nanoseconds since the epoch.
  int64_t modified_;
};

} // namespace troupe
