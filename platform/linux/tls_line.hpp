#pragma once

#include "platform/posix/spawn.hpp"
#include "platform/transport.hpp"

#include <sys/epoll.h>

#include <deque>
#include <optional>

namespace troupe {

/// One socket with TLS, on the thread of its loop. It knows nothing of other
/// sockets: `events` says what it waits for, `due` until when.
class tls_line {
public:
  using clock = std::chrono::steady_clock;

  tls_line(descriptor fd, std::shared_ptr<const tls_context> context,
           bool connecting, clock::time_point give_up)
      : fd_{std::move(fd)}, session_{std::move(context)},
        connecting_{connecting}, give_up_{give_up} {
  }

  int fd() const {
    return fd_.get();
  }

  /// Begins; the side that dials does once the socket stands.
  void begin();
  void write(std::string_view bytes);
  void read();
  void hang_up(clock::time_point now);
  void ready(uint32_t events);
  void tick(clock::time_point now);

  uint32_t events() const;

  /// When `tick` is to be called.
  clock::time_point due() const {
    return give_up_;
  }

  bool open() const {
    return open_;
  }

  /// Nothing more comes of it.
  bool over() const {
    return over_;
  }

  const tls_peer& peer() const {
    return *session_.peer();
  }

  void shut() {
    fd_.reset();
  }

  /// Why it ended; nothing while it goes on, or when it was hung up.
  const std::optional<error>& why() const {
    return why_;
  }

  /// What the other end has said, once `read` was called for it.
  std::string take_arrived();

  /// How many bytes are on their way since the last call.
  size_t take_gone() {
    return std::exchange(gone_, 0);
  }

private:
  struct mark {
    uint64_t at = 0;
    size_t bytes = 0;
  };

  void fail(error why);
  void receive();
  void flush();

  descriptor fd_;
  tls_session session_;
  bool connecting_;
  bool open_ = false;
  bool wanted_ = false;
  bool hanging_up_ = false;
  bool over_ = false;
  clock::time_point give_up_;
  std::optional<error> why_;
  // Of the other end, not handed on.
  std::string plain_;
  // For the network, and how much of it and of all before is written.
  std::string out_;
  uint64_t written_ = 0;
  // How much is written when so many bytes of the owner are.
  std::deque<mark> marks_;
  size_t gone_ = 0;
};

} // namespace troupe
