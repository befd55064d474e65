#include "platform/web/web_line.hpp"

#include "platform/posix/socket.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace troupe {

namespace {

constexpr size_t read_at_once = size_t{64} << 10;
constexpr std::chrono::seconds parting{1};

using steady = std::chrono::steady_clock;

const char* words_of(int status) {
  switch (status) {
  case 200:
    return "OK";
  case 202:
    return "Accepted";
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 408:
    return "Request Timeout";
  case 409:
    return "Conflict";
  case 411:
    return "Length Required";
  case 413:
    return "Content Too Large";
  case 431:
    return "Request Header Fields Too Large";
  case 503:
    return "Service Unavailable";
  case 505:
    return "HTTP Version Not Supported";
  default:
    return "Internal Server Error";
  }
}

} // namespace

server_answer web_refusal(const web_fault& why) {
  // The words are the server's own, without anything to escape.
  return {why.status, "application/json",
          fmt::format("{{\"error\":\"{}\"}}\n", why.why)};
}

bool web_server_line::take(moment until) {
  if (!wait_ready(fd_.get(), POLLIN, {until, stop_}))
    return false;
  auto before = in_.size();
  in_.resize(before + read_at_once);
  ssize_t got = 0;
  do
    got = ::recv(fd_.get(), in_.data() + before, read_at_once, 0);
  while (got < 0 && errno == EINTR);
  in_.resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
  return got > 0 || (got < 0 && errno == EAGAIN);
}

std::optional<web_fault> web_server_line::read_head(server_request& to) {
  auto until = steady::now() + bounds_.head;
  for (;;) {
    auto end = end_of_web_head(in_);
    if (end.value_or(in_.size()) > web_head_most)
      return web_fault{431, "the head of the request is too large"};
    if (end) {
      auto wrong = read_web_head(std::string_view{in_}.substr(0, *end), to);
      in_.erase(0, *end);
      to.address = address_;
      return wrong;
    }
    if (!take(until))
      return web_fault{408, "the head of the request did not come in time"};
  }
}

std::optional<web_fault> web_server_line::read_body(server_request& to,
                                                    uint64_t most) {
  web_fault wrong;
  auto length = body_length_of(to, wrong);
  if (!length)
    return wrong;
  if (*length > most)
    return web_fault{413, "the body of the request is too large"};
  auto until = steady::now() + bounds_.body;
  auto* expects = to.header("expect");
  if (expects && *length > in_.size()
      && !send("HTTP/1.1 100 Continue\r\n\r\n", until))
    return web_fault{408, "the client is gone"};
  while (in_.size() < *length)
    if (!take(until))
      return web_fault{408, "the body of the request did not come in time"};
  to.body = in_.substr(0, *length);
  return std::nullopt;
}

bool web_server_line::send(std::string_view bytes, moment until) {
  while (!bytes.empty()) {
    auto sent = ::send(fd_.get(), bytes.data(), bytes.size(),
                       MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
      continue;
    }
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0 && errno != EAGAIN)
      return false;
    if (!wait_ready(fd_.get(), POLLOUT, {until, stop_}))
      return false;
  }
  return true;
}

bool web_server_line::send_head(const server_answer& what, bool with_length) {
  auto out = fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\n"
                         "Cache-Control: no-store\r\n"
                         "X-Content-Type-Options: nosniff\r\n"
                         "Connection: close\r\n",
                         what.status, words_of(what.status), what.type);
  if (with_length)
    out += fmt::format("Content-Length: {}\r\n", what.body.size());
  for (auto& [name, text] : what.headers)
    out += fmt::format("{}: {}\r\n", name, text);
  return send(out + "\r\n", steady::now() + bounds_.stall);
}

void web_server_line::send(const server_answer& what) {
  auto body = only_head_ ? std::string_view{} : std::string_view{what.body};
  if (send_head(what, true) && send(body, steady::now() + bounds_.body))
    part();
}

void web_server_line::part() {
  ::shutdown(fd_.get(), SHUT_WR);
  auto until = steady::now() + parting;
  do
    in_.clear();
  while (take(until) && steady::now() < until);
}

void web_server_line::refuse(web_handler& handler, const web_fault& why) {
  handler.refused(address_, why);
  send(web_refusal(why));
}

void web_server_line::serve(web_handler& handler,
                            const std::function<bool()>& may_stream) {
  server_request request;
  if (auto wrong = read_head(request))
    // Who connects and says nothing is not even answered.
    return in_.empty() && wrong->status == 408 ? void()
                                               : refuse(handler, *wrong);
  only_head_ = request.method == "HEAD";
  auto admitted = handler.admit(request);
  if (auto* at_once = std::get_if<server_answer>(&admitted))
    return send(*at_once);
  if (auto wrong = read_body(request, std::get<uint64_t>(admitted)))
    return refuse(handler, *wrong);
  auto what = handler.answer(request);
  if (!what.stream || only_head_)
    return send(what);
  if (!may_stream())
    return refuse(handler, {503, "too many streams are open"});
  if (send_head(what, false))
    what.stream(*this);
}

bool web_server_line::write(std::string_view bytes) {
  return !stop_.stop_requested() && send(bytes, steady::now() + bounds_.stall);
}

bool web_server_line::wait(std::chrono::milliseconds time) {
  auto ready = wait_ready(fd_.get(), POLLIN, {steady::now() + time, stop_});
  if (!ready)
    return ready.why().code == errc::timeout;
  // Nobody has anything to say behind a request but that he is gone.
  return false;
}

} // namespace troupe
