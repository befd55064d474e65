#pragma once

#include "actors/engine.hpp"
#include "platform/simulated/simulated_clock.hpp"

namespace troupe {

/// Runs a prepared plan to its end in virtual time, with one thread: the same
/// plan on the same machines is the same run, event by event. All machines that
/// it is about have the clock `time`. Nothing is written down; `writers` are
/// called at once.
/// @param seed of pauses and of whatever else in the run is left to chance
run_outcome execute_in_virtual_time(
  const prepared_run& what,
  const std::vector<std::shared_ptr<event_writer>>& writers,
  const std::shared_ptr<simulated_clock>& time, uint64_t seed);

} // namespace troupe
