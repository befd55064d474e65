#pragma once

#include "platform/posix/spawn.hpp"
#include "platform/web/web_server.hpp"

#include <stop_token>
#include <string>
#include <string_view>

namespace troupe {

/// One connection of a web server, on a thread of its own: a request, and what
/// is sent for it.
class web_server_line final : public web_stream {
public:
  web_server_line(descriptor fd, std::string address, const web_bounds& bounds,
                  std::stop_token stop)
      : fd_{std::move(fd)}, address_{std::move(address)}, bounds_{bounds},
        stop_{std::move(stop)} {
  }

  /// @param may_stream asked before a stream begins
  void serve(web_handler& handler, const std::function<bool()>& may_stream);

  bool write(std::string_view bytes) override;
  bool wait(std::chrono::milliseconds time) override;

private:
  using moment = std::chrono::steady_clock::time_point;

  std::optional<web_fault> read_head(server_request& to);
  std::optional<web_fault> read_body(server_request& to, uint64_t most);
  /// Some bytes more; false when there are none by then.
  bool take(moment until);
  bool send(std::string_view bytes, moment until);
  void send(const server_answer& what);
  bool send_head(const server_answer& what, bool with_length);
  void refuse(web_handler& handler, const web_fault& why);
  /// Takes what still comes for a moment: else what was sent might be lost.
  void part();

  descriptor fd_;
  std::string address_;
  const web_bounds& bounds_;
  std::stop_token stop_;
  std::string in_;
  // Nothing but the head of the answer is asked for.
  bool only_head_ = false;
};

/// A refusal as JSON.
server_answer web_refusal(const web_fault& why);

} // namespace troupe
