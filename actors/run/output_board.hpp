#pragma once

#include "config/redactor.hpp"

#include <compare>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A task that runs on a host, by its id.
struct running_task {
  std::string host;
  std::string task;

  // NOLINTNEXTLINE(modernize-use-nullptr): what the compiler makes of it.
  auto operator<=>(const running_task&) const = default;
};

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
  void add(const running_task& task, std::string_view bytes);

  /// The program has ended: what it printed is part of the result.
  void clear(const running_task& task);

  void note_progress(const running_task& task, progress now);

  /// The task has ended.
  void forget(const running_task& task);

  /// The last lines that have ended and are not empty, at most `count`, the
  /// oldest first. A line feed or a carriage return ends a line: of one that
  /// has only begun nobody can tell whether a secret goes on in it.
  std::vector<std::string> last_lines(const running_task& task,
                                      size_t count) const;

  progress progress_of(const running_task& task) const;

private:
  struct entry {
    std::string bytes;
    // The first line lacks its beginning.
    bool torn = false;
    progress loop;
  };

  std::string whole_lines(const running_task& task) const;

  std::shared_ptr<const redactor> secrets_;
  mutable std::mutex mutex_;
  std::map<running_task, entry> tasks_;
};

} // namespace troupe
