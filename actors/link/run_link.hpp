#pragma once

#include "actors/link/membership.hpp"
#include "actors/report/event_writer.hpp"
#include "platform/clock.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace troupe {

/// To whom the runs of this process are told.
struct run_link_setting {
  std::shared_ptr<host> machine;
  membership who;
  /// Of the membership: spool and renewed certificates lie in it.
  std::string folder;
  /// Where the controller is dialled.
  endpoint at;
};

/// How much has not come to the controller.
struct run_link_end {
  size_t left = 0;
  /// Why, as far as that is known.
  std::string trouble;
};

/// The link of a process that runs plans itself to the controller of its host:
/// a spool of its own and UPLINK, for no other purpose than to tell of runs.
/// Nothing that the controller does is waited for, unless that is asked for
/// here.
class run_link {
public:
  /// Takes a spool and dials. On failure (no room for a spool, a certificate
  /// that cannot be read) nothing is told.
  static result<std::unique_ptr<run_link>> open(run_link_setting setting);

  virtual ~run_link() = default;

  /// One more view of a run.
  /// @param part which process of its run this is, from 0
  virtual std::shared_ptr<event_writer> writer(uint64_t part) = 0;

  /// Waits until the controller has let this host in; class `timeout` or
  /// `cancelled` when the limit came first, with what was in the way.
  virtual result<void> wait_joined(const wait_limit& limit) = 0;

  /// The runs have ended: waits until the controller has stored everything,
  /// while there is hope and no longer than `most`. What is left the next
  /// process of this host sends.
  virtual run_link_end finish(std::chrono::milliseconds most) = 0;
};

} // namespace troupe
