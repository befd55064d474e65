#pragma once

#include "config/redactor.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What running tasks print, as far as a view shows it while they run: the last
/// whole lines of each, without secrets. Thread-safe; nothing here waits.
class output_board {
public:
  /// Bytes that are kept of a task; what came before them is forgotten.
  static constexpr size_t most_kept = size_t{16} << 10;

  /// How far a loop is.
  struct progress {
    size_t ended = 0;
    size_t items = 0;
  };

  /// `secrets` may be null.
  explicit output_board(std::shared_ptr<const redactor> secrets)
      : secrets_{std::move(secrets)} {
  }

  /// A program of the task has printed this.
  void add(const std::string& task, std::string_view bytes);

  /// The program has ended: what it printed is part of the result.
  void clear(const std::string& task);

  void note_progress(const std::string& task, progress now);

  /// The task has ended.
  void forget(const std::string& task);

  /// The last lines that have ended and are not empty, at most `count`, the
  /// oldest first. A line feed or a carriage return ends a line: of one that
  /// has only begun nobody can tell whether a secret goes on in it.
  std::vector<std::string> last_lines(const std::string& task,
                                      size_t count) const;

  progress progress_of(const std::string& task) const;

private:
  struct entry {
    std::string bytes;
    // The first line lacks its beginning.
    bool torn = false;
    progress loop;
  };

  std::string whole_lines(const std::string& task) const;

  std::shared_ptr<const redactor> secrets_;
  mutable std::mutex mutex_;
  std::map<std::string, entry> tasks_;
};

} // namespace troupe
