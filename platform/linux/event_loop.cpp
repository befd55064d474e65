#include "platform/linux/event_loop.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace troupe {

result<std::shared_ptr<event_loop>> event_loop::make() {
  auto out = std::make_shared<event_loop>();
  out->poll_ = descriptor{::epoll_create1(EPOLL_CLOEXEC)};
  out->wake_ = descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!out->poll_ || !out->wake_)
    return system_error(errno, "cannot wait for connections");
  epoll_event what{};
  what.events = EPOLLIN;
  what.data.fd = out->wake_.get();
  if (::epoll_ctl(out->poll_.get(), EPOLL_CTL_ADD, out->wake_.get(), &what)
      != 0)
    return system_error(errno, "cannot wait for connections");
  return out;
}

void event_loop::post(std::function<void()> what) {
  {
    std::lock_guard held{mutex_};
    if (stopped_)
      return;
    posted_.push_back(std::move(what));
  }
  uint64_t one = 1;
  static_cast<void>(::write(wake_.get(), &one, sizeof one));
}

void event_loop::run() {
  while (!stopping_) {
    std::array<epoll_event, 256> found;
    auto n = ::epoll_wait(poll_.get(), found.data(), found.size(), pause());
    for (int i = 0; i < n; ++i)
      hear(found[static_cast<size_t>(i)]);
    take_posted();
    take_due();
  }
  std::vector<std::function<void()>> left;
  {
    std::lock_guard held{mutex_};
    stopped_ = true;
    left.swap(posted_);
  }
  all_.clear();
  timers_.clear();
}

void event_loop::add(const watched_ptr& one) {
  all_[one->fd()] = one;
  settle(one);
}

void event_loop::settle(const watched_ptr& one) {
  auto fd = one->fd();
  auto at = all_.find(fd);
  if (at == all_.end() || at->second != one)
    return;
  if (auto due = one->over() ? clock::time_point::max() : one->due();
      due != one->timer) {
    timers_.erase({one->timer, fd});
    one->timer = due;
    if (due != clock::time_point::max())
      timers_.insert({due, fd});
  }
  if (one->over()) {
    static_cast<void>(::epoll_ctl(poll_.get(), EPOLL_CTL_DEL, fd, nullptr));
    all_.erase(at);
    one->shut();
    return;
  }
  auto wanted = one->events();
  if (one->is_known && wanted == one->known)
    return;
  epoll_event what{};
  what.events = wanted;
  what.data.fd = fd;
  static_cast<void>(::epoll_ctl(
    poll_.get(), one->is_known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &what));
  one->is_known = true;
  one->known = wanted;
}

int event_loop::pause() const {
  if (timers_.empty())
    return -1;
  auto left = std::chrono::ceil<std::chrono::milliseconds>(
    timers_.begin()->first - clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
}

void event_loop::hear(const epoll_event& what) {
  if (what.data.fd == wake_.get()) {
    uint64_t drained = 0;
    static_cast<void>(::read(wake_.get(), &drained, sizeof drained));
    return;
  }
  auto at = all_.find(what.data.fd);
  if (at == all_.end())
    return;
  auto one = at->second;
  one->ready(what.events);
  settle(one);
}

void event_loop::take_posted() {
  std::vector<std::function<void()>> now;
  {
    std::lock_guard held{mutex_};
    now.swap(posted_);
  }
  for (auto& each : now)
    each();
}

void event_loop::take_due() {
  auto now = clock::now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    auto fd = timers_.begin()->second;
    timers_.erase(timers_.begin());
    auto at = all_.find(fd);
    if (at == all_.end())
      continue;
    auto one = at->second;
    one->timer = clock::time_point::max();
    one->tick(now);
    settle(one);
  }
}

} // namespace troupe
