#pragma once

#include "platform/http.hpp"
#include "platform/posix/spawn.hpp"
#include "platform/tls.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// A connection to a server of the web, with TLS or without. Every wait is
/// bounded by the patience and the limit of the request, which must outlive
/// this.
class web_line {
public:
  web_line(descriptor fd, const http_request& request)
      : fd_{std::move(fd)}, request_{request} {
  }

  /// Says hello, and finds out whether it is the server that is meant.
  result<void> begin_tls();

  result<void> send(std::string_view bytes);

  /// Adds what has come, which may be nothing yet; false when no more will.
  result<bool> receive(std::string& to);

private:
  wait_limit limit() const;
  result<bool> close();
  result<bool> take(std::string_view bytes, std::string& to);
  result<void> flush();
  result<void> put(std::string_view bytes);

  descriptor fd_;
  const http_request& request_;
  std::unique_ptr<tls_session> tls_;
  // What came together with the end of the handshake.
  std::string early_;
};

} // namespace troupe
