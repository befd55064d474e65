#pragma once

#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// A file that only grows.
class append_file {
public:
  /// Makes it where it is missing, readable by its owner only; no link is
  /// followed to it.
  static result<append_file> open(const std::string& path);

  append_file(append_file&& other) noexcept;
  ~append_file();

  /// Returns when it is on the disk; on failure (disk full) nothing of it is
  /// in the file.
  result<void> append(std::string_view bytes);

private:
  append_file(std::string path, int fd);

  std::string path_;
  int fd_;
};

} // namespace troupe
