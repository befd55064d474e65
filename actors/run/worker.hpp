#pragma once

#include "actors/messages.hpp"
#include "actors/state/journal.hpp"
#include "actors/state/undo_recorder.hpp"
#include "config/redactor.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <string>
#include <vector>

namespace troupe {

/// What every call of a module in a run has in common.
struct worker_environment {
  std::shared_ptr<host> machine;
  std::shared_ptr<const language> templates;
  std::vector<std::string> search_path;
  std::string temporary_directory;
  std::shared_ptr<journal> log = nullptr;
  std::shared_ptr<undo_store> undo = nullptr;
  std::shared_ptr<const redactor> secrets = nullptr;
};

/// Calls the module, once the journal knows of it. The one place of a run where
/// exceptions end: a module that throws has failed with "internal error".
job_result_ptr run_job(const job& what, const worker_environment& environment);

struct worker_state {
  static inline const char* name = "worker";

  std::shared_ptr<const worker_environment> environment;
};

/// WORKER (see messages.hpp for its interface). Modules block: `give_thread`.
worker_actor::behavior_type
worker(worker_actor::stateful_pointer<worker_state> self,
       std::shared_ptr<const worker_environment> environment);

} // namespace troupe
