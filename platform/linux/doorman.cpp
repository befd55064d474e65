#include "platform/linux/doorman.hpp"

#include "platform/linux/socket_names.hpp"

#include <cerrno>

namespace troupe {

namespace {

// Before connections are taken again when descriptors have run out.
constexpr std::chrono::milliseconds accept_pause{100};

} // namespace

void doorman::ready(uint32_t) {
  // Others have their turn in between.
  for (int i = 0; i < 64; ++i) {
    socket_name from;
    from.length = sizeof from.storage;
    descriptor got{
      ::accept4(fd(), from.raw(), &from.length, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (got)
      take(std::move(got), numeric_address(from.storage));
    else if (errno == EAGAIN || errno == EWOULDBLOCK)
      return;
    else if (errno != EINTR && errno != ECONNABORTED)
      return wait();
  }
}

void doorman::wait() {
  until_ = event_loop::clock::now() + accept_pause;
}

void doorman::take(descriptor got, const std::string& address) {
  if (*open_ >= terms_.connections_most)
    return;
  std::erase_if(greeting_, [](auto& each) {
    auto there = each.lock();
    return !there || there->tls().open() || there->over();
  });
  if (greeting_.size() >= terms_.handshakes_most) {
    if (auto oldest = greeting_.front().lock()) {
      oldest->tls().hang_up(event_loop::clock::now());
      loop_->settle(oldest);
    }
    greeting_.pop_front();
  }
  say_at_once(got.get());
  auto one
    = std::make_shared<owned_line>(std::move(got), context, false,
                                   event_loop::clock::now() + terms_.handshake);
  one->calls.gone = [me = weak_from_this(), address](const error& why) {
    if (auto there = me.lock(); there && there->failed)
      there->failed(address, why);
  };
  one->on_open = [me = weak_from_this(), at = std::weak_ptr{one}, address] {
    auto there = me.lock();
    auto opened = at.lock();
    if (there && opened && !there->closed)
      there->hand_on(opened, address);
    else if (opened)
      opened->tls().hang_up(event_loop::clock::now());
  };
  one->tls().begin();
  loop_->add(one);
  greeting_.push_back(one);
}

void doorman::hand_on(const std::shared_ptr<owned_line>& one,
                      const std::string& address) {
  // Counted as long as its owner holds it.
  ++*open_;
  std::shared_ptr<connection> held{new held_line{loop_, one},
                                   [open = open_](connection* x) {
                                     delete x;
                                     --*open;
                                   }};
  one->calls = arrived({held, one->tls().peer(), address});
}

} // namespace troupe
