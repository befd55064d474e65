#include "platform/transport.hpp"

#include "platform/linux/doorman.hpp"
#include "platform/linux/socket_names.hpp"

#include <netinet/in.h>

#include <cerrno>
#include <thread>

namespace troupe {

namespace {

// For a connection of TCP to stand, and the handshake of TLS after it.
constexpr std::chrono::seconds dial_patience{15};

class tls_transport final : public transport {
public:
  explicit tls_transport(std::shared_ptr<event_loop> loop)
      : loop_{std::move(loop)}, thread_{[loop = loop_] { loop->run(); }} {
  }

  ~tls_transport() override {
    loop_->stop();
    if (thread_.get_id() == std::this_thread::get_id())
      thread_.detach();
    else
      thread_.join();
  }

  std::shared_ptr<connection> dial(const endpoint& to,
                                   std::shared_ptr<const tls_context> context,
                                   connection_calls calls) override {
    auto name = socket_name_of(to);
    descriptor fd;
    int failed = 0;
    if (name) {
      fd = descriptor{::socket(name->storage.ss_family,
                               SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
      if (!fd
          || (::connect(fd.get(), name->raw(), name->length) != 0
              && errno != EINPROGRESS))
        failed = errno;
    }
    if (!name || failed != 0) {
      auto why
        = name ? error{errc::network, system_error(failed, "connect").message}
               : name.why();
      loop_->post([gone = std::move(calls.gone), why] {
        if (gone)
          gone(why);
      });
      return std::make_shared<no_line>();
    }
    say_at_once(fd.get());
    auto one
      = std::make_shared<owned_line>(std::move(fd), std::move(context), true,
                                     event_loop::clock::now() + dial_patience);
    one->calls = std::move(calls);
    one->on_open = [at = std::weak_ptr{one}] {
      if (auto there = at.lock(); there && !there->quiet && there->calls.opened)
        there->calls.opened(there->tls().peer());
    };
    loop_->post([loop = loop_, one] { loop->add(one); });
    return std::make_shared<held_line>(loop_, one);
  }

  result<std::unique_ptr<listener>> listen(
    const endpoint& at, std::shared_ptr<const tls_context> context,
    const listen_terms& terms,
    std::function<connection_calls(arrived_connection)> arrived,
    std::function<void(const std::string&, const error&)> failed) override {
    constexpr int backlog = 1024;
    auto socket = listen_at(at, backlog);
    if (!socket)
      return socket.why();
    auto door = std::make_shared<doorman>(std::move(socket->fd), terms, loop_);
    door->context = std::move(context);
    door->arrived = std::move(arrived);
    door->failed = std::move(failed);
    loop_->post([loop = loop_, door] { loop->add(door); });
    return std::unique_ptr<listener>{
      std::make_unique<held_doorman>(loop_, door, socket->port)};
  }

private:
  /// A connection that could not even begin.
  class no_line final : public connection {
  public:
    void write(std::string) override {
    }
    void read() override {
    }
    void hang_up() override {
    }
  };

  std::shared_ptr<event_loop> loop_;
  std::thread thread_;
};

} // namespace

result<std::shared_ptr<transport>> make_transport() {
  auto loop = event_loop::make();
  if (!loop)
    return loop.why();
  return std::shared_ptr<transport>{std::make_shared<tls_transport>(*loop)};
}

} // namespace troupe
