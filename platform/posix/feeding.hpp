#pragma once

#include "platform/posix/spawn.hpp"
#include "platform/process_feed.hpp"

#include <memory>
#include <string>

namespace troupe {

/// Writes what comes for a program, as far as the program takes it.
class feeding final : process_feed::reader {
public:
  /// @param from null: nothing comes
  explicit feeding(std::shared_ptr<process_feed> from);
  ~feeding() override;
  feeding(const feeding&) = delete;
  feeding& operator=(const feeding&) = delete;

  /// Polls readable when something has come; -1: nothing ever does.
  int fd() const {
    return woken_.get();
  }

  /// Whether it waits for the program to take more.
  bool has_more() const {
    return done_ < piece_.bytes.size();
  }

  /// Writes without waiting, and closes `to` when nothing follows or the
  /// program has closed its end (`is_closed`).
  void go_on(descriptor& to, bool is_closed);

private:
  void wake() override;
  void end(descriptor& to);

  std::shared_ptr<process_feed> from_;
  // A pipe: the end that polls, and the one that is written to.
  descriptor woken_;
  descriptor waker_;
  process_feed::piece piece_;
  size_t done_ = 0;
};

} // namespace troupe
