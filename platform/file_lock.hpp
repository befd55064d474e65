#pragma once

#include "platform/result.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// Who holds a lock.
struct lock_holder {
  /// 0: the file does not say.
  int process = 0;
  /// What it holds it for, in one line for people.
  std::string what = {};
};

/// "process 12 (site.yml)".
std::string to_text(const lock_holder& who);

/// A lock on a file that only one process holds at a time. It is tied to the
/// open file, not to a process number: it is gone the moment its holder is and
/// what the holder had started has been ended.
class file_lock {
public:
  /// Takes the lock and writes `holder` into the file, for those who are
  /// refused. `wait`: until whoever holds it lets go. Without it a held lock
  /// is an error of class `exhausted` whose message is the holder as a text.
  static result<std::unique_ptr<file_lock>>
  take(const std::string& path, const lock_holder& holder, bool wait = false);

  /// Who holds the lock; absent when nobody does.
  static std::optional<lock_holder> holder_of(const std::string& path);

  /// The last holder, when it died with the lock.
  const std::optional<lock_holder>& abandoned_by() const {
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
  file_lock(int fd, std::optional<lock_holder> abandoned_by,
            std::vector<int> left_behind);

  int fd_;
  std::optional<lock_holder> abandoned_by_;
  std::vector<int> left_behind_;
};

} // namespace troupe
