#pragma once

#include "actors/link/spool.hpp"
#include "actors/report/event_writer.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace troupe {

/// A spool that the view of a run fills and UPLINK empties.
struct shared_spool {
  std::mutex mutex;
  std::unique_ptr<spool> kept;
  /// UPLINK was told that there is more, and has not looked.
  std::atomic<bool> told = false;
};

/// What an event is worth when there is no room for all.
link_rank rank_of(const run_event& event);

/// A line of docs/events.md that fits into a message. Of a result that is too
/// large the largest parts are left out, and `cut` names them.
std::string body_of(const run_event& event);

/// One more view of a run: puts its events into the spool of its host, whether
/// or not there is a controller. Waits for the disk and for nothing else.
class uplink_writer final : public event_writer {
public:
  /// @param part which process of its run this is, from 0
  /// @param more called when the spool has more, once until `told` is false
  ///        again; on the thread of the view
  uplink_writer(std::shared_ptr<shared_spool> to, uint64_t part,
                std::function<void()> more)
      : to_{std::move(to)}, part_{part}, more_{std::move(more)} {
  }

  void on(const run_event& event) override;
  void finish() override;

private:
  void put(link_event event);

  std::shared_ptr<shared_spool> to_;
  uint64_t part_;
  std::function<void()> more_;
  // What a SINK says of events that it left out has the number of the one
  // that follows: only that one is kept then.
  std::optional<link_event> held_;
};

} // namespace troupe
