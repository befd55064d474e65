#include "platform/linux/tls_line.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace troupe {

namespace {

constexpr size_t piece = size_t{16} << 10;
constexpr std::chrono::seconds last_words{1};

} // namespace

void tls_line::begin() {
  if (connecting_)
    return;
  if (auto ok = session_.begin(); !ok)
    return fail(ok.why());
  out_ += session_.take_output();
  flush();
}

void tls_line::fail(error why) {
  // What the other side is told of a refusal is worth an attempt.
  out_ += session_.take_output();
  if (!over_ && !out_.empty())
    static_cast<void>(::send(fd(), out_.data(), out_.size(), MSG_NOSIGNAL));
  if (!hanging_up_ && !over_)
    why_ = std::move(why);
  over_ = true;
}

void tls_line::write(std::string_view bytes) {
  while (!bytes.empty() && !over_) {
    auto part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    if (auto ok = session_.send(part); !ok)
      return fail(ok.why());
    out_ += session_.take_output();
    marks_.push_back({written_ + out_.size(), part.size()});
  }
  flush();
}

void tls_line::read() {
  wanted_ = true;
}

std::string tls_line::take_arrived() {
  if (!wanted_ || plain_.empty() || !open_)
    return {};
  wanted_ = false;
  return std::exchange(plain_, {});
}

void tls_line::hang_up(clock::time_point now) {
  if (hanging_up_ || over_)
    return;
  hanging_up_ = true;
  session_.close();
  out_ += session_.take_output();
  give_up_ = now + last_words;
  flush();
  if (!open_ || out_.empty())
    over_ = true;
}

uint32_t tls_line::events() const {
  uint32_t out = 0;
  if (connecting_ || !out_.empty())
    out |= EPOLLOUT;
  // While its owner has no room nothing is read, and the peer has to wait.
  if (!connecting_ && !hanging_up_ && plain_.empty() && (!open_ || wanted_))
    out |= EPOLLIN;
  return out;
}

void tls_line::tick(clock::time_point now) {
  if (now < give_up_)
    return;
  if (hanging_up_)
    over_ = true;
  else
    fail({errc::timeout, connecting_ ? "no connection in time"
                                     : "no handshake of TLS in time"});
}

void tls_line::ready(uint32_t events) {
  if (connecting_) {
    int failed = 0;
    socklen_t size = sizeof failed;
    if (::getsockopt(fd(), SOL_SOCKET, SO_ERROR, &failed, &size) != 0)
      failed = errno;
    if (failed != 0)
      return fail({errc::network, system_error(failed, "connect").message});
    if ((events & EPOLLOUT) == 0)
      return;
    connecting_ = false;
    return begin();
  }
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && !hanging_up_)
    receive();
  if (!over_ && (events & EPOLLOUT) != 0)
    flush();
  if (hanging_up_ && (out_.empty() || (events & (EPOLLHUP | EPOLLERR)) != 0))
    over_ = true;
}

void tls_line::receive() {
  // The session may still have to be told why.
  if (!plain_.empty() && open_ && !wanted_)
    return fail({errc::network, "the other end has broken the connection"});
  std::array<char, piece> buffer;
  auto n = ::recv(fd(), buffer.data(), buffer.size(), 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (n < 0)
    return fail({errc::network, system_error(errno, "receive").message});
  if (n == 0)
    return fail({errc::network, "the other end has closed the connection"});
  auto ok = session_.receive({buffer.data(), static_cast<size_t>(n)}, plain_);
  if (!ok)
    return fail(ok.why());
  out_ += session_.take_output();
  if (!open_ && session_.open()) {
    open_ = true;
    give_up_ = clock::time_point::max();
  }
  if (session_.ended() && plain_.empty())
    return fail({errc::network, "the other end has closed the connection"});
  flush();
}

void tls_line::flush() {
  size_t done = 0;
  while (!over_ && !connecting_ && done < out_.size()) {
    auto n = ::send(fd(), out_.data() + done, out_.size() - done, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno == EAGAIN)
      break;
    if (n < 0)
      return fail({errc::network, system_error(errno, "send").message});
    done += static_cast<size_t>(n);
  }
  out_.erase(0, done);
  if (out_.empty() && out_.capacity() > 4 * piece)
    out_.shrink_to_fit();
  written_ += done;
  for (; !marks_.empty() && marks_.front().at <= written_; marks_.pop_front())
    gone_ += marks_.front().bytes;
}

} // namespace troupe
