#include "actors/run/workers.hpp"

#include "actors/run/coordinator.hpp"

#include <deque>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace troupe {

namespace {

/// How many more actors a thread runs whose next work is there already.
constexpr int actors_before_work = 16;

} // namespace

class worker_threads::pool : public std::enable_shared_from_this<pool> {
public:
  pool(caf::actor_system& system, unsigned most)
      : system_{system}, most_{most} {
  }

  bool start(blocking_work what) {
    std::unique_lock held{mutex_};
    // The thread that leads is the one that is awake.
    if (own && own->home == this && own->leads && !own->next) {
      give(*own, std::move(what));
      return true;
    }
    if (!idle_.empty()) {
      auto* free = idle_.back();
      idle_.pop_back();
      give(*free, std::move(what));
      free->wake.notify_one();
      return true;
    }
    waiting_.push_back(std::move(what));
    if (threads_ < most_ && !add_thread() && threads_ == 0) {
      waiting_.pop_back();
      return false;
    }
    return true;
  }

  size_t finish(std::chrono::nanoseconds patience) {
    std::unique_lock held{mutex_};
    leaving_ = true;
    for (auto* each : idle_)
      each->wake.notify_one();
    gone_.wait_for(held, patience, [this] { return threads_ == 0; });
    return threads_;
  }

private:
  /// What a thread knows of itself.
  struct worker {
    pool* home;
    std::condition_variable wake;
    std::optional<blocking_work> next;
    // Read without the lock by the thread itself.
    std::atomic<bool> has_next = false;
    bool leads = false;
  };

  static thread_local worker* own;

  static void give(worker& to, blocking_work what) {
    to.next = std::move(what);
    to.has_next = true;
  }

  /// With the lock held. False when the system has no thread.
  bool add_thread() {
    try {
      start_thread(system_, "troupe.worker", [me = shared_from_this()] {
        me->serve();
      }).detach();
    } catch (const std::system_error&) {
      return false;
    }
    ++threads_;
    return true;
  }

  /// With the lock held: the next work, waiting for it; nothing at the end.
  std::optional<blocking_work> take(std::unique_lock<std::mutex>& held,
                                    worker& mine) {
    if (!mine.next && !waiting_.empty()) {
      give(mine, std::move(waiting_.front()));
      waiting_.pop_front();
    }
    if (!mine.next && !leaving_) {
      idle_.push_back(&mine);
      mine.wake.wait(held, [&] { return mine.next || leaving_; });
      std::erase(idle_, &mine);
    }
    mine.has_next = false;
    return std::exchange(mine.next, std::nullopt);
  }

  void serve() {
    worker mine{this, {}, {}, false, false};
    own = &mine;
    std::unique_lock held{mutex_};
    while (auto work = take(held, mine)) {
      held.unlock();
      work->run();
      held.lock();
      mine.leads = true;
      held.unlock();
      int more = actors_before_work;
      lead(system_, work->answer,
           [&] { return mine.has_next.load() && --more < 0; });
      // What it holds on to may be the last of its actor.
      work.reset();
      held.lock();
      mine.leads = false;
    }
    own = nullptr;
    --threads_;
    gone_.notify_all();
  }

  caf::actor_system& system_;
  const size_t most_;
  std::mutex mutex_;
  std::condition_variable gone_;
  std::deque<blocking_work> waiting_;
  // The last to have worked is the first to work again.
  std::vector<worker*> idle_;
  size_t threads_ = 0;
  bool leaving_ = false;
};

thread_local worker_threads::pool::worker* worker_threads::pool::own = nullptr;

worker_threads::worker_threads(caf::actor_system& system, unsigned most)
    : pool_{std::make_shared<pool>(system, most)} {
}

worker_threads::~worker_threads() {
  finish(std::chrono::nanoseconds{0});
}

bool worker_threads::start(blocking_work what) {
  return pool_->start(std::move(what));
}

size_t worker_threads::finish(std::chrono::nanoseconds patience) {
  return pool_->finish(patience);
}

} // namespace troupe
