#include "platform/transport.hpp"

#include "platform/linux/event_loop.hpp"
#include "platform/linux/tls_line.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <list>
#include <thread>

namespace troupe {

namespace {

using clock_type = event_loop::clock;

// For a connection of TCP to stand, and the handshake of TLS after it.
constexpr std::chrono::seconds dial_patience{15};
// Before connections are taken again when descriptors have run out.
constexpr std::chrono::milliseconds accept_pause{100};

struct socket_name {
  sockaddr_storage storage{};
  socklen_t length = 0;

  sockaddr* raw() {
    return reinterpret_cast<sockaddr*>(&storage);
  }
};

result<socket_name> name_of(const endpoint& x) {
  socket_name out;
  auto& four = reinterpret_cast<sockaddr_in&>(out.storage);
  auto& six = reinterpret_cast<sockaddr_in6&>(out.storage);
  if (::inet_pton(AF_INET, x.host.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = htons(x.port);
    out.length = sizeof four;
  } else if (::inet_pton(AF_INET6, x.host.c_str(), &six.sin6_addr) == 1) {
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(x.port);
    out.length = sizeof six;
  } else {
    return error{errc::invalid_argument,
                 "expected a numeric address, found '" + x.host + "'"};
  }
  return out;
}

std::string address_of(const sockaddr_storage& x) {
  char text[INET6_ADDRSTRLEN] = {};
  if (x.ss_family == AF_INET)
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(x).sin_addr,
                text, sizeof text);
  else
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(x).sin6_addr,
                text, sizeof text);
  return text;
}

void say_at_once(int fd) {
  int on = 1;
  static_cast<void>(::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
}

/// A line with its owner.
class line final : public watched {
public:
  line(descriptor fd, std::shared_ptr<const tls_context> context,
       bool connecting, clock_type::time_point give_up)
      : tls_{std::move(fd), std::move(context), connecting, give_up} {
  }

  int fd() const override {
    return tls_.fd();
  }

  uint32_t events() const override {
    return tls_.events();
  }

  clock_type::time_point due() const override {
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

  void tick(clock_type::time_point now) override {
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
  held_line(std::shared_ptr<event_loop> loop, std::shared_ptr<line> what)
      : loop_{std::move(loop)}, line_{std::move(what)} {
  }

  ~held_line() override {
    hang_up();
  }

  void write(std::string bytes) override {
    post([bytes = std::move(bytes)](line& x) { x.tls().write(bytes); });
  }

  void read() override {
    post([](line& x) { x.tls().read(); });
  }

  void hang_up() override {
    if (line_->quiet.exchange(true))
      return;
    post([](line& x) {
      x.tls().hang_up(clock_type::now());
      x.calls = {};
    });
  }

private:
  void post(std::function<void(line&)> what) {
    loop_->post([loop = loop_, x = line_, what = std::move(what)] {
      what(*x);
      x->tell();
      loop->settle(x);
    });
  }

  std::shared_ptr<event_loop> loop_;
  std::shared_ptr<line> line_;
};

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
    return until_ == clock_type::time_point::max() ? EPOLLIN : 0U;
  }

  clock_type::time_point due() const override {
    return until_;
  }

  bool over() const override {
    return closed;
  }

  void shut() override {
    fd_.reset();
  }

  void tick(clock_type::time_point now) override {
    if (now >= until_)
      until_ = clock_type::time_point::max();
  }

  void ready(uint32_t) override {
    // Others have their turn in between.
    for (int i = 0; i < 64; ++i) {
      socket_name from;
      from.length = sizeof from.storage;
      descriptor got{::accept4(fd(), from.raw(), &from.length,
                               SOCK_CLOEXEC | SOCK_NONBLOCK)};
      if (got)
        take(std::move(got), address_of(from.storage));
      else if (errno == EAGAIN || errno == EWOULDBLOCK)
        return;
      else if (errno != EINTR && errno != ECONNABORTED)
        return wait();
    }
  }

  std::shared_ptr<const tls_context> context;
  std::function<connection_calls(arrived_connection)> arrived;
  std::function<void(const std::string&, const error&)> failed;
  bool closed = false;

private:
  void wait() {
    until_ = clock_type::now() + accept_pause;
  }

  void take(descriptor got, const std::string& address) {
    if (*open_ >= terms_.connections_most)
      return;
    std::erase_if(greeting_, [](auto& each) {
      auto there = each.lock();
      return !there || there->tls().open() || there->over();
    });
    if (greeting_.size() >= terms_.handshakes_most) {
      if (auto oldest = greeting_.front().lock()) {
        oldest->tls().hang_up(clock_type::now());
        loop_->settle(oldest);
      }
      greeting_.pop_front();
    }
    say_at_once(got.get());
    auto one = std::make_shared<line>(std::move(got), context, false,
                                      clock_type::now() + terms_.handshake);
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
        opened->tls().hang_up(clock_type::now());
    };
    one->tls().begin();
    loop_->add(one);
    greeting_.push_back(one);
  }

  void hand_on(const std::shared_ptr<line>& one, const std::string& address) {
    // Counted as long as its owner holds it.
    ++*open_;
    std::shared_ptr<connection> held{new held_line{loop_, one},
                                     [open = open_](connection* x) {
                                       delete x;
                                       --*open;
                                     }};
    one->calls = arrived({held, one->tls().peer(), address});
  }

  descriptor fd_;
  listen_terms terms_;
  std::shared_ptr<event_loop> loop_;
  std::list<std::weak_ptr<line>> greeting_;
  std::shared_ptr<std::atomic<size_t>> open_
    = std::make_shared<std::atomic<size_t>>(0);
  clock_type::time_point until_ = clock_type::time_point::max();
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
    auto name = name_of(to);
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
    auto one = std::make_shared<line>(std::move(fd), std::move(context), true,
                                      clock_type::now() + dial_patience);
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
    auto name = name_of(at);
    if (!name)
      return name.why();
    auto what = "cannot listen at " + to_string(at);
    descriptor fd{::socket(name->storage.ss_family,
                           SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    int on = 1;
    if (!fd
        || ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
        || ::bind(fd.get(), name->raw(), name->length) != 0
        || ::listen(fd.get(), 1024) != 0)
      return error{errc::network, system_error(errno, what).message};
    socket_name bound;
    bound.length = sizeof bound.storage;
    if (::getsockname(fd.get(), bound.raw(), &bound.length) != 0)
      return error{errc::network, system_error(errno, what).message};
    // The port is at the same place in both families.
    auto port = ntohs(reinterpret_cast<sockaddr_in&>(bound.storage).sin_port);
    auto door = std::make_shared<doorman>(std::move(fd), terms, loop_);
    door->context = std::move(context);
    door->arrived = std::move(arrived);
    door->failed = std::move(failed);
    loop_->post([loop = loop_, door] { loop->add(door); });
    return std::unique_ptr<listener>{
      std::make_unique<held_doorman>(loop_, door, port)};
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
