#pragma once

#include "platform/posix/location.hpp"

#include <string>

namespace troupe {

/// A file beside another one, under a name that nobody can guess, readable by
/// its owner only; it goes away with this object unless it got a final name.
class temporary_file {
public:
  /// In the folder of `beside`, which is `folder` in words; both must outlive
  /// this. On failure `fd()` is negative and `errno` says why.
  temporary_file(const location& beside, const std::string& folder);
  ~temporary_file();
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  int fd() const {
    return fd_.get();
  }

  /// In its folder.
  const std::string& name() const {
    return name_;
  }

  const std::string& path() const {
    return path_;
  }

  void close() {
    fd_.reset();
  }

  /// It has its final name.
  void keep() {
    exists_ = false;
  }

private:
  int folder_;
  std::string name_;
  std::string path_;
  descriptor fd_;
  bool exists_ = false;
};

} // namespace troupe
