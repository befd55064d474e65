#pragma once

#include "platform/linux/owned_line.hpp"

#include <list>

namespace troupe {

/// A socket that takes connections. Lives on the thread of the loop.
class doorman final : public watched,
                      public std::enable_shared_from_this<doorman> {
public:
  doorman(descriptor fd, const listen_terms& terms,
          std::shared_ptr<event_loop> loop)
      : fd_{std::move(fd)}, terms_{terms}, loop_{std::move(loop)} {
  }

  int fd() const override {
    return fd_.get();
  }

  uint32_t events() const override {
    return until_ == event_loop::clock::time_point::max() ? EPOLLIN : 0U;
  }

  event_loop::clock::time_point due() const override {
    return until_;
  }

  bool over() const override {
    return closed;
  }

  void shut() override {
    fd_.reset();
  }

  void tick(event_loop::clock::time_point now) override {
    if (now >= until_)
      until_ = event_loop::clock::time_point::max();
  }

  void ready(uint32_t events) override;

  std::shared_ptr<const tls_context> context;
  std::function<connection_calls(arrived_connection)> arrived;
  std::function<void(const std::string&, const error&)> failed;
  bool closed = false;

private:
  /// Until descriptors may be there again.
  void wait();
  void take(descriptor got, const std::string& address);
  void hand_on(const std::shared_ptr<owned_line>& one,
               const std::string& address);

  descriptor fd_;
  listen_terms terms_;
  std::shared_ptr<event_loop> loop_;
  std::list<std::weak_ptr<owned_line>> greeting_;
  std::shared_ptr<std::atomic<size_t>> open_
    = std::make_shared<std::atomic<size_t>>(0);
  event_loop::clock::time_point until_ = event_loop::clock::time_point::max();
};

class held_doorman final : public listener {
public:
  held_doorman(std::shared_ptr<event_loop> loop, std::shared_ptr<doorman> what,
               uint16_t port)
      : loop_{std::move(loop)}, door_{std::move(what)}, port_{port} {
  }

  ~held_doorman() override {
    loop_->post([loop = loop_, door = door_] {
      door->closed = true;
      door->arrived = nullptr;
      door->failed = nullptr;
      loop->settle(door);
    });
  }

  uint16_t port() const override {
    return port_;
  }

  void renew(std::shared_ptr<const tls_context> context) override {
    loop_->post([door = door_, context = std::move(context)] {
      door->context = context;
    });
  }

private:
  std::shared_ptr<event_loop> loop_;
  std::shared_ptr<doorman> door_;
  uint16_t port_;
};

} // namespace troupe
