#include "actors/run/task_gate.hpp"

#include <utility>

namespace troupe {

void task_gate::wait(const std::string& task,
                     std::function<void(bool)> answer) {
  std::unique_lock held{mutex_};
  if (!for_all_) {
    waiting_[task].answer = std::move(answer);
    return;
  }
  auto runs = *for_all_;
  held.unlock();
  answer(runs);
}

void task_gate::forget(const std::string& task) {
  std::unique_lock held{mutex_};
  auto gone = waiting_.extract(task);
  held.unlock();
  if (gone)
    gone.mapped().gone.request_stop();
}

std::optional<std::stop_token> task_gate::is_waiting(const std::string& task) {
  std::lock_guard held{mutex_};
  auto at = waiting_.find(task);
  return at == waiting_.end() ? std::nullopt
                              : std::optional{at->second.gone.get_token()};
}

void task_gate::answer(const std::string& task, bool runs) {
  std::unique_lock held{mutex_};
  auto let = waiting_.extract(task);
  held.unlock();
  if (let)
    let.mapped().answer(runs);
}

void task_gate::answer_all(bool runs) {
  std::unique_lock held{mutex_};
  for_all_ = runs;
  auto all = std::exchange(waiting_, {});
  held.unlock();
  for (auto& [task, each] : all)
    each.answer(runs);
}

void task_gate::abandon() {
  std::unique_lock held{mutex_};
  abandoned_ = true;
  auto end = std::exchange(end_, {});
  held.unlock();
  if (end)
    end();
}

void task_gate::on_abandoned(std::function<void()> end) {
  std::unique_lock held{mutex_};
  if (!abandoned_) {
    end_ = std::move(end);
    return;
  }
  held.unlock();
  end();
}

} // namespace troupe
