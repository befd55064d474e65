#pragma once

#include "platform/clock.hpp"

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace troupe {

/// What is written to the standard input of a program while it runs; see
/// `process_spec::feed`. From any thread.
class process_feed {
public:
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

  // Who runs the program.

  /// From now on this one is woken; null: nobody is.
  void attend(reader* by);

  /// All that is queued.
  piece take();

  /// The program is gone, or has closed its input.
  void shut();

private:
  std::mutex mutex_;
  std::condition_variable_any taken_;
  std::string queued_;
  reader* reader_ = nullptr;
  bool closed_ = false;
  bool shut_ = false;
};

} // namespace troupe
