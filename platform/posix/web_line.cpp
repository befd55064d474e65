#include "platform/posix/web_line.hpp"

#include "platform/posix/socket.hpp"

#include <poll.h>

#include <array>
#include <cerrno>

namespace troupe {

namespace {

using line_clock = std::chrono::steady_clock;

constexpr size_t line_piece = size_t{16} << 10;

} // namespace

result<void> web_line::begin_tls() {
  auto context = make_web_tls(request_.terms);
  if (!context)
    return context.why();
  tls_ = std::make_unique<tls_session>(*context, request_.host);
  if (auto ok = tls_->begin(); !ok)
    return ok;
  while (!tls_->open()) {
    if (auto ok = flush(); !ok)
      return ok;
    std::string nothing;
    auto more = receive(nothing);
    if (!more)
      return more.why();
    if (!*more)
      return error{errc::network,
                   "the connection was closed before TLS was spoken"};
    early_ += nothing;
  }
  return flush();
}

result<void> web_line::send(std::string_view bytes) {
  while (tls_ && !bytes.empty()) {
    auto part = bytes.substr(0, line_piece);
    bytes.remove_prefix(part.size());
    auto ok = tls_->send(part);
    if (ok)
      ok = flush();
    if (!ok)
      return ok;
  }
  return tls_ ? result<void>{} : put(bytes);
}

result<bool> web_line::receive(std::string& to) {
  to += std::exchange(early_, {});
  if (!to.empty())
    return true;
  if (tls_ && tls_->ended())
    return false;
  std::array<char, line_piece> part;
  for (;;) {
    auto n = ::recv(fd_.get(), part.data(), part.size(), 0);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno != EAGAIN)
      return error{errc::network, system_error(errno, "receive").message};
    if (n == 0)
      return close();
    if (n > 0)
      return take({part.data(), static_cast<size_t>(n)}, to);
    if (auto ok = wait_ready(fd_.get(), POLLIN, limit()); !ok)
      return ok.why();
  }
}

wait_limit web_line::limit() const {
  return request_.limit.at_most(later(line_clock::now(), request_.patience));
}

// Without the last words of TLS somebody may have cut the answer off.
result<bool> web_line::close() {
  if (!tls_ || !tls_->open())
    return false;
  return error{errc::network,
               "the connection was cut off in the middle of the answer"};
}

result<bool> web_line::take(std::string_view bytes, std::string& to) {
  if (!tls_) {
    to += bytes;
    return true;
  }
  auto ok = tls_->receive(bytes, to);
  if (!ok) {
    // What the other side is told of a refusal is worth an attempt.
    static_cast<void>(flush());
    return ok.why();
  }
  if (auto sent = flush(); !sent)
    return sent.why();
  return !tls_->ended() || !to.empty();
}

result<void> web_line::flush() {
  return put(tls_->take_output());
}

result<void> web_line::put(std::string_view bytes) {
  while (!bytes.empty()) {
    auto n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n >= 0)
      bytes.remove_prefix(static_cast<size_t>(n));
    else if (errno == EAGAIN) {
      if (auto ok = wait_ready(fd_.get(), POLLOUT, limit()); !ok)
        return ok;
    } else if (errno != EINTR)
      return error{errc::network, system_error(errno, "send").message};
  }
  return {};
}

} // namespace troupe
