#pragma once

#include "actors/run/run.hpp"

namespace troupe {

/// Begins a run in another way than as that of one host.
class run_starter {
public:
  virtual ~run_starter() = default;

  virtual any_run_actor start(caf::actor_system& system,
                              run_setting setting) const = 0;
};

} // namespace troupe
