#pragma once

#include "platform/result.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// A lock on a file that only one process holds at a time. It is tied to the
/// open file, not to a process number: it is gone the moment its holder is and
/// what the holder had started has been ended.
class file_lock {
public:
  /// Takes the lock and writes `holder` into the file, for those who are
  /// refused. `wait`: until whoever holds it lets go. Without it a held lock
  /// is an error of class `exhausted` whose message is what the holder wrote.
  static result<std::unique_ptr<file_lock>>
  take(const std::string& path, const std::string& holder, bool wait = false);

  /// What the holder of the lock wrote; empty when nobody holds it.
  static std::string holder_of(const std::string& path);

  /// What the last holder wrote, when it died with the lock; else empty.
  const std::string& abandoned_by() const {
    return abandoned_by_;
  }

  /// Processes of the last holder, when it died with the lock, that could not
  /// be ended.
  const std::vector<int>& left_behind() const {
    return left_behind_;
  }

  ~file_lock();
  file_lock(const file_lock&) = delete;
  file_lock& operator=(const file_lock&) = delete;

private:
  file_lock(int fd, std::string abandoned_by, std::vector<int> left_behind);

  int fd_;
  std::string abandoned_by_;
  std::vector<int> left_behind_;
};

} // namespace troupe
