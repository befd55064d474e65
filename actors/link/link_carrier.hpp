#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace troupe {

/// What a carrier tells of one connection, on any thread.
struct carrier_calls {
  /// It stands, and both ends are sure of each other. Once, and first.
  std::function<void()> opened;
  /// Bytes came, some 16 KiB at most; no more come before `read`.
  std::function<void(std::string bytes)> came;
  /// So many of the bytes that were given to `write` are on their way.
  std::function<void(size_t bytes)> took;
  /// It broke, or was never made. Once, and last.
  std::function<void(std::string why)> gone;
};

/// Carries bytes between a host and its controller. None of it waits.
class link_carrier {
public:
  virtual ~link_carrier() = default;

  /// Begins a connection; one that there was is hung up first.
  virtual void dial(carrier_calls calls) = 0;

  virtual void write(std::string bytes) = 0;

  /// There is room for more bytes; also called once it stands.
  virtual void read() = 0;

  /// Ends it once everything is written, or a moment later. Nothing is told of
  /// it any more.
  virtual void hang_up() = 0;
};

} // namespace troupe
