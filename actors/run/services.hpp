#pragma once

#include "actors/run/background.hpp"
#include "actors/run/scheduler.hpp"
#include "actors/run/workers.hpp"
#include "actors/state/state_keeper.hpp"

#include <memory>

namespace troupe {

/// Who and what everything in a run works with. Made once by RUN; an inclusion
/// has a copy with a context of its own.
struct run_services {
  context_ptr ctx;
  /// What modules are called with, from `ctx`.
  std::shared_ptr<const job_environment> jobs;
  std::shared_ptr<workers> threads;
  state_keeper_actor state;
  scheduler_actor scheduler;
  background_actor background;
};

using services_ptr = std::shared_ptr<const run_services>;

/// PLAY RUNNER, as far as its tasks need it. Its death is theirs, so nobody
/// waits for its answer in vain.
using handler_flusher = caf::typed_actor<
  // A `meta: flush_handlers` task wants the notified handlers to run now.
  // Answers when they have; false when one of them failed.
  caf::replies_to<flush_atom>::with<bool>,
  // A `meta: end_play` task: start nothing more of the play.
  caf::reacts_to<finish_atom>>;

} // namespace troupe
