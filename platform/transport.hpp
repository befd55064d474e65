#pragma once

#include "platform/result.hpp"
#include "platform/tls.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// A name or address, and a port.
struct endpoint {
  std::string host;
  uint16_t port = 0;
};

/// Reads "HOST:PORT"; an address of IPv6 stands in brackets. Port 0 is only
/// for who listens, and means: any that is free.
result<endpoint> parse_endpoint(std::string_view text);

std::string to_string(const endpoint& x);

/// What is told of one connection, on the thread of the transport: nothing
/// that waits may be done there.
struct connection_calls {
  /// Both ends are sure of each other. Once, and first.
  std::function<void(const tls_peer&)> opened;
  /// What the other end says, some 16 KiB at most; no more comes before
  /// `connection::read`.
  std::function<void(std::string)> came;
  /// So many bytes that were given to `connection::write` are on their way.
  std::function<void(size_t)> took;
  /// It broke, or was never made. Once, and last.
  std::function<void(const error&)> gone;
};

/// A connection over TCP and TLS. None of it waits; from any thread.
class connection {
public:
  virtual ~connection() = default;

  virtual void write(std::string bytes) = 0;

  /// There is room for more bytes.
  virtual void read() = 0;

  /// Ends it once everything is written, or a second later. Nothing is told of
  /// it any more, but what is being told at this moment.
  virtual void hang_up() = 0;
};

/// What a listener takes upon itself.
struct listen_terms {
  /// Connections whose handshake goes on: when one more comes, the oldest goes.
  size_t handshakes_most = 256;
  size_t connections_most = 16'000;
  std::chrono::milliseconds handshake{5000};
};

/// Who is sure of whom, and where he calls from.
struct arrived_connection {
  std::shared_ptr<connection> line;
  tls_peer peer;
  std::string address;
};

/// Takes connections until it is destroyed.
class listener {
public:
  virtual ~listener() = default;

  virtual uint16_t port() const = 0;

  /// For the connections that come from now on.
  virtual void renew(std::shared_ptr<const tls_context> context) = 0;
};

/// Connections of this process, all on one thread.
class transport {
public:
  virtual ~transport() = default;

  /// @param to with a numeric address
  virtual std::shared_ptr<connection>
  dial(const endpoint& to, std::shared_ptr<const tls_context> context,
       connection_calls calls)
    = 0;

  /// `arrived` hears of who has shown a certificate that is accepted, and says
  /// what to tell of the connection (`opened` is not told). `failed` hears who
  /// has not, and why; may be null.
  virtual result<std::unique_ptr<listener>> listen(
    const endpoint& at, std::shared_ptr<const tls_context> context,
    const listen_terms& terms,
    std::function<connection_calls(arrived_connection)> arrived,
    std::function<void(const std::string& address, const error& why)> failed)
    = 0;
};

result<std::shared_ptr<transport>> make_transport();

} // namespace troupe
