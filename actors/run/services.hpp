#pragma once

#include "actors/run/background.hpp"
#include "actors/run/scheduler.hpp"
#include "actors/run/stage.hpp"
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
  /// Where tasks wait for those of other hosts; null: there are none.
  stage_actor stage;
};

using services_ptr = std::shared_ptr<const run_services>;

/// PLAY RUNNER, as far as its tasks need it. Its death is theirs, so nobody
/// waits for its answer in vain.
using handler_flusher = caf::typed_actor<
  // A `meta: flush_handlers` task wants the notified handlers to run now.
  // Answers when they have, with the one that failed.
  // `place_ptr`: where the task stands; null: at no gate. `bool`: a rescue
  // waits for what fails: the flush ends there, and the play goes on.
  caf::replies_to<flush_atom, place_ptr, bool>::with<ending_ptr>,
  // A `meta: end_play` task: start nothing more of the play.
  caf::reacts_to<finish_atom>,
  // A task that cannot reach its host: nothing more of the play runs there, no
  // rescue and no handlers either.
  caf::reacts_to<lost_atom>>;

} // namespace troupe
