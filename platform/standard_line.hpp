#pragma once

#include "platform/clock.hpp"
#include "platform/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// The standard input and output of this process, as a line to whoever started
/// it. The descriptors are taken: what this process starts or prints does not
/// get at them.
class standard_line {
public:
  /// An error when a stream is closed.
  static result<standard_line> take();

  standard_line(standard_line&& other) noexcept;
  standard_line& operator=(standard_line&&) = delete;
  ~standard_line();

  /// What has come, some 64 KiB at most; empty: the other end is closed.
  /// Nothing when the limit came first.
  result<std::optional<std::string>> read(const wait_limit& limit);

  /// Writes everything; an error when nobody reads any more, or the limit came
  /// first: then a part may have been written. One thread at a time.
  result<void> write(std::string_view bytes, const wait_limit& limit);

private:
  standard_line(int in, int out) : in_{in}, out_{out} {
  }

  int in_;
  int out_;
};

} // namespace troupe
