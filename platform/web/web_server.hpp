#pragma once

#include "platform/transport.hpp"
#include "platform/web/server_request.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

/// What is sent piece by piece, as it comes.
class web_stream {
public:
  virtual ~web_stream() = default;

  /// Sends bytes. False when the client is gone or does not take them in time:
  /// then it is over.
  virtual bool write(std::string_view bytes) = 0;

  /// Waits for so long. False when the client is gone or the server ends.
  virtual bool wait(std::chrono::milliseconds time) = 0;
};

struct server_answer {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// Called once the head is sent, instead of `body`, on the thread of the
  /// connection.
  std::function<void(web_stream&)> stream = nullptr;
};

/// Answers requests, on many threads at once.
class web_handler {
public:
  virtual ~web_handler() = default;

  /// Looks at the head of a request before anything of its body is read: how
  /// many bytes that may have, or the answer that it gets without it.
  virtual std::variant<uint64_t, server_answer>
  admit(const server_request& head) = 0;

  virtual server_answer answer(const server_request& request) = 0;

  /// A request that was refused without asking: too large, too slow, broken,
  /// one connection too many.
  virtual void refused(const std::string& address, const web_fault& why) = 0;
};

/// How much a server has for its clients. A connection is for one request.
struct web_bounds {
  /// When one more comes it is refused.
  size_t connections = 64;
  /// Of them so many may be streams; one more is refused.
  size_t streams = 32;
  /// For the whole head; for the whole body; for any bytes to be taken.
  std::chrono::milliseconds head{5000};
  std::chrono::milliseconds body{60'000};
  std::chrono::milliseconds stall{10'000};
};

/// Speaks HTTP/1.1 with those who connect, without TLS, a thread each.
class web_server {
public:
  /// @param at with a numeric address
  static result<std::unique_ptr<web_server>>
  start(const endpoint& at, web_bounds bounds,
        std::shared_ptr<web_handler> handler);

  /// Ends all connections.
  virtual ~web_server() = default;

  virtual uint16_t port() const = 0;
};

} // namespace troupe
