#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace troupe {

/// Where tasks that may begin wait until somebody says whether they shall.
/// Nothing here blocks; thread-safe.
class task_gate {
public:
  /// `answer` is called once, on any thread, unless the task is forgotten.
  void wait(const std::string& task, std::function<void(bool)> answer);

  /// The task does not wait any more: its run was cancelled.
  void forget(const std::string& task);

  /// Whether a task waits: requests stop once it does not.
  std::optional<std::stop_token> is_waiting(const std::string& task);

  void answer(const std::string& task, bool runs);

  /// The same for those that wait and all that will.
  void answer_all(bool runs);

  /// Nobody is there any more to answer: the run is to end.
  void abandon();

  /// How it is ended; called at most once, on any thread.
  void on_abandoned(std::function<void()> end);

private:
  struct waiting {
    std::function<void(bool)> answer;
    std::stop_source gone;
  };

  std::mutex mutex_;
  std::map<std::string, waiting> waiting_;
  std::optional<bool> for_all_;
  bool abandoned_ = false;
  std::function<void()> end_;
};

} // namespace troupe
