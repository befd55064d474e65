#pragma once

#include "platform/result.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace troupe {

/// A regular file that is read from its start to its end in pieces.
class file_stream {
public:
  static result<file_stream> open(const std::string& path);
  file_stream(file_stream&& other) noexcept;
  ~file_stream();

  /// Bytes when it was opened.
  uint64_t size() const {
    return size_;
  }

  /// Permission bits: 0777.
  uint32_t mode() const {
    return mode_;
  }

  /// Gives the content to `take` piece by piece; its error ends the reading.
  result<void>
  read_all(const std::function<result<void>(std::string_view)>& take);

private:
  file_stream(std::string path, int fd, uint64_t size, uint32_t mode);

  std::string path_;
  int fd_;
  uint64_t size_;
  uint32_t mode_;
};

} // namespace troupe
