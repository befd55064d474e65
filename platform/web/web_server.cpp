#include "platform/web/web_server.hpp"

#include "platform/linux/socket_names.hpp"
#include "platform/posix/socket.hpp"
#include "platform/web/web_line.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <exception>
#include <list>
#include <system_error>
#include <thread>

namespace troupe {

namespace {

// When there are no descriptors or threads.
constexpr std::chrono::milliseconds breath{100};

class threaded_server final : public web_server {
public:
  threaded_server(descriptor fd, uint16_t port, web_bounds bounds,
                  std::shared_ptr<web_handler> handler)
      : fd_{std::move(fd)}, port_{port}, bounds_{bounds}, handler_{std::move(
                                                            handler)},
        accepting_{[this](const std::stop_token& stop) { accept_all(stop); }} {
  }

  ~threaded_server() override {
    accepting_.request_stop();
    accepting_.join();
    for (auto& each : clients_)
      each.thread.request_stop();
    clients_.clear();
  }

  uint16_t port() const override {
    return port_;
  }

private:
  struct client {
    std::atomic<bool> over = false;
    std::jthread thread;
  };

  void accept_all(const std::stop_token& stop) {
    constexpr auto for_ever = std::chrono::steady_clock::time_point::max();
    while (!stop.stop_requested()) {
      if (!wait_ready(fd_.get(), POLLIN, {for_ever, stop}))
        continue;
      socket_name from;
      from.length = sizeof from.storage;
      descriptor got{::accept4(fd_.get(), from.raw(), &from.length,
                               SOCK_CLOEXEC | SOCK_NONBLOCK)};
      if (got)
        take(std::move(got), numeric_address(from.storage));
      else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
        rest(stop);
    }
  }

  void rest(const std::stop_token& stop) {
    // Nothing comes out of this one: it only waits.
    static_cast<void>(wait_ready(
      -1, POLLIN, {std::chrono::steady_clock::now() + breath, stop}));
  }

  void take(descriptor fd, std::string address) {
    clients_.remove_if([](auto& each) { return each.over.load(); });
    if (clients_.size() >= bounds_.connections)
      return turn_away(std::move(fd), address);
    say_at_once(fd.get());
    auto& one = clients_.emplace_back();
    auto held = std::make_shared<descriptor>(std::move(fd));
    try {
      one.thread = std::jthread{
        [this, &one, held, address](const std::stop_token& stop) {
          serve(std::move(*held), address, stop);
          one.over = true;
        }};
    } catch (const std::system_error&) {
      clients_.pop_back();
      turn_away(std::move(*held), address);
    }
  }

  void serve(descriptor fd, const std::string& address,
             const std::stop_token& stop) {
    bool streams = false;
    web_server_line line{std::move(fd), address, bounds_, stop};
    auto may_stream = [&] {
      streams = true;
      return ++streams_ <= bounds_.streams;
    };
    // One request that ends in an exception is no end of the others.
    try {
      line.serve(*handler_, may_stream);
    } catch (const std::exception&) {
      handler_->refused(address, {500, "it ended in an exception"});
    }
    if (streams)
      --streams_;
  }

  void turn_away(descriptor fd, const std::string& address) {
    web_fault why{503, "too many connections are open"};
    handler_->refused(address, why);
    std::string words{"HTTP/1.1 503 Service Unavailable\r\n"
                      "Connection: close\r\nContent-Length: 0\r\n\r\n"};
    // Whether it arrives does not matter.
    static_cast<void>(::send(fd.get(), words.data(), words.size(),
                             MSG_NOSIGNAL | MSG_DONTWAIT));
  }

  descriptor fd_;
  uint16_t port_;
  web_bounds bounds_;
  std::shared_ptr<web_handler> handler_;
  std::atomic<size_t> streams_ = 0;
  // Only used by the thread that accepts, and once that has ended.
  std::list<client> clients_;
  // Last: it uses the others.
  std::jthread accepting_;
};

} // namespace

result<std::unique_ptr<web_server>>
web_server::start(const endpoint& at, web_bounds bounds,
                  std::shared_ptr<web_handler> handler) {
  constexpr int backlog = 64;
  auto socket = listen_at(at, backlog);
  if (!socket)
    return socket.why();
  return std::unique_ptr<web_server>{std::make_unique<threaded_server>(
    std::move(socket->fd), socket->port, bounds, std::move(handler))};
}

} // namespace troupe
