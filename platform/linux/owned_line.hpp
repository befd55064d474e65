#pragma once

#include "platform/linux/event_loop.hpp"
#include "platform/linux/tls_line.hpp"
#include "platform/transport.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace troupe {

/// A line with its owner.
class owned_line final : public watched {
public:
  owned_line(descriptor fd, std::shared_ptr<const tls_context> context,
             bool connecting, event_loop::clock::time_point give_up)
      : tls_{std::move(fd), std::move(context), connecting, give_up} {
  }

  int fd() const override {
    return tls_.fd();
  }

  uint32_t events() const override {
    return tls_.events();
  }

  event_loop::clock::time_point due() const override {
    return tls_.due();
  }

  bool over() const override {
    return tls_.over();
  }

  void shut() override {
    tls_.shut();
  }

  void ready(uint32_t events) override {
    tls_.ready(events);
    tell();
  }

  void tick(event_loop::clock::time_point now) override {
    tls_.tick(now);
    tell();
  }

  /// Tells the owner what there is to tell.
  void tell() {
    if (tls_.open() && !told_open_) {
      told_open_ = true;
      if (on_open)
        std::exchange(on_open, nullptr)();
    }
    if (quiet)
      return;
    if (auto gone = tls_.take_gone(); gone > 0 && calls.took)
      calls.took(gone);
    if (auto came = tls_.take_arrived(); !came.empty() && calls.came)
      calls.came(std::move(came));
    if (!tls_.over() || told_end_)
      return;
    told_end_ = true;
    if (tls_.why() && calls.gone)
      calls.gone(*tls_.why());
    calls = {};
    on_open = nullptr;
  }

  tls_line& tls() {
    return tls_;
  }

  connection_calls calls;
  std::function<void()> on_open;
  /// Nothing is told any more.
  std::atomic<bool> quiet = false;

private:
  tls_line tls_;
  bool told_open_ = false;
  bool told_end_ = false;
};

/// What the owner of a line holds.
class held_line final : public connection {
public:
  held_line(std::shared_ptr<event_loop> loop, std::shared_ptr<owned_line> what)
      : loop_{std::move(loop)}, line_{std::move(what)} {
  }

  ~held_line() override {
    hang_up();
  }

  void write(std::string bytes) override {
    post([bytes = std::move(bytes)](owned_line& x) { x.tls().write(bytes); });
  }

  void read() override {
    post([](owned_line& x) { x.tls().read(); });
  }

  void hang_up() override {
    if (line_->quiet.exchange(true))
      return;
    post([](owned_line& x) {
      x.tls().hang_up(event_loop::clock::now());
      x.calls = {};
    });
  }

private:
  void post(std::function<void(owned_line&)> what) {
    loop_->post([loop = loop_, x = line_, what = std::move(what)] {
      what(*x);
      x->tell();
      loop->settle(x);
    });
  }

  std::shared_ptr<event_loop> loop_;
  std::shared_ptr<owned_line> line_;
};

} // namespace troupe
