#pragma once

#include "platform/posix/spawn.hpp"
#include "platform/result.hpp"

#include <sys/epoll.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

namespace troupe {

/// One descriptor of the loop.
class watched {
public:
  using clock = std::chrono::steady_clock;

  virtual ~watched() = default;
  virtual int fd() const = 0;
  virtual uint32_t events() const = 0;
  virtual clock::time_point due() const = 0;
  virtual void ready(uint32_t events) = 0;
  virtual void tick(clock::time_point now) = 0;
  virtual bool over() const = 0;
  /// Gives the descriptor back.
  virtual void shut() = 0;

  // What the loop knows of it.
  uint32_t known = 0;
  bool is_known = false;
  clock::time_point timer = clock::time_point::max();
};

using watched_ptr = std::shared_ptr<watched>;

/// The thread on which everything happens.
class event_loop {
public:
  using clock = watched::clock;

  static result<std::shared_ptr<event_loop>> make();

  void post(std::function<void()> what);

  void stop() {
    post([this] { stopping_ = true; });
  }

  void run();

  /// Looks after it until it is over. On the thread of the loop.
  void add(const watched_ptr& one);

  /// What it waits for may have changed.
  void settle(const watched_ptr& one);

private:
  int pause() const;

  void hear(const epoll_event& what);

  void take_posted();

  void take_due();

  descriptor poll_;
  descriptor wake_;
  bool stopping_ = false;
  std::map<int, watched_ptr> all_;
  std::set<std::pair<clock::time_point, int>> timers_;
  std::mutex mutex_;
  bool stopped_ = false;
  std::vector<std::function<void()>> posted_;
};

} // namespace troupe
