#pragma once

#include "actors/simulate/simulated_fleet.hpp"
#include "actors/simulate/simulation_tally.hpp"

#include <string>

namespace troupe {

/// What a simulation came to.
struct simulation_end {
  std::string plan;
  uint64_t seed = 0;
  /// How many hosts it was about, and how many of them were simulated: each of
  /// these stands for its share, and all counts of hosts are multiplied.
  uint64_t hosts = 0;
  uint64_t simulated = 0;
  run_outcome outcome;
  int code = 0;
  bool unknown_fails = false;
  const simulation_tally* tally = nullptr;
  const std::vector<unknown_use>* unknown = nullptr;
};

/// For people.
std::string describe(const simulation_end& end);

/// The same as data, with a version; docs/simulation.md has the keys.
value to_value(const simulation_end& end);

/// Virtual time as people read it: "1 h 5 min", "3.2 s".
std::string describe_time(std::chrono::nanoseconds time);

} // namespace troupe
