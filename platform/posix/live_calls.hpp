#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace troupe {

/// Which runs of programs go on, in memory that this process shares with its
/// watchdog: what is there when this process is killed shall end, and daemons
/// that calls have left behind on purpose shall not.
class live_calls {
public:
  /// Memory that processes forked from now on share; null when there is none.
  static live_calls* make_shared();
  static void give_back(live_calls* shared);

  /// Notes a call; the place to give to `end`.
  size_t begin(uint64_t call);
  void end(size_t place);

  /// Whether the call goes on. When there were too many to note, every call
  /// may go on.
  bool has(uint64_t call) const;
  bool any() const;

private:
  static constexpr size_t places = 1024;

  // A call's number plus one; 0: free.
  std::atomic<uint64_t> calls_[places];
  // How many did not fit.
  std::atomic<uint64_t> beyond_;
};

} // namespace troupe
