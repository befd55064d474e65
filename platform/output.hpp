#pragma once

#include "platform/result.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// Takes the places of those of standard input, output and error that were
/// closed when this process began. Else files that are opened later get them,
/// and what is printed goes into these. Reading there finds the end, writing
/// fails. Before anything opens a file.
void hold_standard_streams();

/// A stream of this process: standard output or error.
class output {
public:
  enum class stream : uint8_t { out = 1, err = 2 };

  explicit output(stream which) : fd_{static_cast<int>(which)} {
  }

  virtual ~output() = default;

  /// Writes everything. A reader that has gone away is no failure of the run:
  /// from then on nothing is written. The first other failure is kept, and
  /// nothing is written after it either.
  virtual void write(std::string_view bytes);

  /// Why something could not be written, if so. From any thread.
  virtual std::optional<error> failure() const;

  virtual bool is_terminal() const;

  /// Columns and lines of the terminal; 80 and 24 when unknown.
  struct size {
    unsigned columns = 80;
    unsigned lines = 24;
  };

  virtual size terminal_size() const;

private:
  int fd_;
  std::atomic<bool> closed_ = false;
  std::atomic<int> failed_ = 0;
};

} // namespace troupe
