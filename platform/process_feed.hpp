#pragma once

#include "platform/clock.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// A terminal that a program has to itself: its three streams and what controls
/// its session. What it prints is its output, with the line ends of terminals.
struct program_terminal {
  /// Whether what is typed shows in the output.
  bool echo = false;
  unsigned short rows = 24;
  unsigned short columns = 80;
};

/// What is written to the standard input of a program while it runs; see
/// `process_spec::feed`. From any thread.
class process_feed {
public:
  process_feed() = default;

  /// What is written is typed at a terminal of the program's own.
  explicit process_feed(const program_terminal& typed_at)
      : terminal_{typed_at} {
  }

  /// Nothing: the program reads a pipe.
  const std::optional<program_terminal>& terminal() const {
    return terminal_;
  }

  /// Who has to be told that there is something to take; called with the feed
  /// locked, it may not wait.
  class reader {
  public:
    virtual ~reader() = default;
    virtual void wake() = 0;
  };

  /// What is to be written next.
  struct piece {
    std::string bytes;
    /// Nothing follows.
    bool last = false;
  };

  /// Queues bytes; waits while more than a megabyte is queued. False when the
  /// program takes nothing any more, or the limit came first: then nothing of
  /// `bytes` is queued.
  bool write(std::string_view bytes, const wait_limit& limit);

  /// The program sees the end of its input once it has read what is queued.
  void close();

  /// From now on the program is ended at this moment, as at its deadline; null:
  /// it is not. Whoever waits for something from it puts that off.
  void end_at(std::optional<std::chrono::steady_clock::time_point> when);

  // Who runs the program.

  /// From now on this one is woken; null: nobody is.
  void attend(reader* by);

  /// All that is queued.
  piece take();

  /// As `end_at` said.
  std::optional<std::chrono::steady_clock::time_point> end();

  /// The program is gone, or has closed its input.
  void shut();

private:
  std::mutex mutex_;
  std::condition_variable_any taken_;
  std::string queued_;
  reader* reader_ = nullptr;
  std::optional<program_terminal> terminal_;
  std::optional<std::chrono::steady_clock::time_point> end_;
  bool closed_ = false;
  bool shut_ = false;
};

} // namespace troupe
