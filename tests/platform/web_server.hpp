#pragma once

#include "platform/tls.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace troupe::test {

/// What a server does with one connection.
struct web_turn {
  /// Sent when the head of a request has come, with what it says of its
  /// length.
  std::string answer = {};
  /// Sent before anything has come.
  bool at_once = false;
  /// Says nothing more, and does not close either.
  bool holds = false;
  /// With TLS, says at its end that it is the end.
  bool says_end = true;
  /// Is a proxy: another request follows on the connection.
  std::string then = {};
};

/// A server of the web on the loopback: each connection gets the next turn, the
/// last one for good.
class web_server {
public:
  explicit web_server(std::vector<web_turn> turns, certified_key own = {})
      : turns_{std::move(turns)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (::bind(fd_, raw, size) != 0 || ::listen(fd_, 8) != 0
        || ::getsockname(fd_, raw, &size) != 0)
      return;
    port = ntohs(address.sin_port);
    if (!own.certificate.empty())
      if (auto made = make_tls(tls_side::listens, {own, own.certificate, true}))
        context_ = *made;
    thread_ = std::thread{[this] { serve(); }};
  }

  ~web_server() {
    over_ = true;
    ::shutdown(fd_, SHUT_RDWR);
    if (thread_.joinable())
      thread_.join();
    ::close(fd_);
  }

  web_server(const web_server&) = delete;
  web_server& operator=(const web_server&) = delete;

  uint16_t port = 0;

  /// All requests; to be asked when the last answer is there.
  std::vector<std::string> heard;

private:
  class peer {
  public:
    peer(int fd, std::shared_ptr<const tls_context> context,
         const std::atomic<bool>& over)
        : fd_{fd}, over_{over} {
      if (context) {
        tls_ = std::make_unique<tls_session>(std::move(context));
        broken_ = !tls_->begin();
      }
    }

    ~peer() {
      ::close(fd_);
    }

    peer(const peer&) = delete;
    peer& operator=(const peer&) = delete;

    /// Takes what comes; false at the end.
    bool read(std::string& to) {
      std::array<char, 4096> part;
      if (broken_ || !ready())
        return false;
      auto n = ::recv(fd_, part.data(), part.size(), 0);
      if (n <= 0)
        return false;
      std::string_view bytes{part.data(), static_cast<size_t>(n)};
      if (!tls_) {
        to += bytes;
        return true;
      }
      broken_ = !tls_->receive(bytes, to);
      put(tls_->take_output());
      return !broken_;
    }

    void write(std::string_view bytes) {
      if (!tls_)
        return put(bytes);
      if (!tls_->send(bytes))
        broken_ = true;
      put(tls_->take_output());
    }

    void end() {
      if (!tls_)
        return;
      tls_->close();
      put(tls_->take_output());
    }

  private:
    bool ready() const {
      pollfd one{fd_, POLLIN, 0};
      while (!over_)
        if (::poll(&one, 1, 5) != 0)
          return true;
      return false;
    }

    void put(std::string_view bytes) const {
      while (!bytes.empty()) {
        auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0)
          return;
        bytes.remove_prefix(static_cast<size_t>(n));
      }
    }

    int fd_;
    const std::atomic<bool>& over_;
    std::unique_ptr<tls_session> tls_;
    bool broken_ = false;
  };

  void serve() {
    for (size_t i = 0; !over_; ++i) {
      auto fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0)
        return;
      auto& turn = turns_[std::min(i, turns_.size() - 1)];
      peer other{fd, context_, over_};
      talk(other, turn);
    }
  }

  void talk(peer& other, const web_turn& turn) {
    if (!turn.at_once && !hear(other))
      return;
    other.write(turn.answer);
    if (!turn.then.empty() && hear(other))
      other.write(turn.then);
    std::string ignored;
    while (turn.holds && other.read(ignored)) {
    }
    if (turn.says_end)
      other.end();
  }

  /// One request with its body.
  bool hear(peer& other) {
    std::string text;
    size_t wanted = std::string::npos;
    while (text.size() < wanted) {
      if (!other.read(text))
        return false;
      auto end = text.find("\r\n\r\n");
      if (end == std::string::npos)
        continue;
      wanted = end + 4;
      auto at = text.find("Content-Length: ");
      if (at < end)
        wanted += std::stoul(text.substr(at + 16));
    }
    heard.push_back(std::move(text));
    return true;
  }

  int fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::atomic<bool> over_ = false;
  std::vector<web_turn> turns_;
  std::shared_ptr<const tls_context> context_;
  std::thread thread_;
};

} // namespace troupe::test
