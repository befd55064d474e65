#include "actors/worker.hpp"

#include <fmt/format.h>

#include <exception>

namespace troupe {

job_result_ptr run_job(const job& what, const worker_environment& environment) {
  auto out = std::make_shared<job_result>();
  out->start = std::chrono::system_clock::now();
  auto begin = std::chrono::steady_clock::now();
  module_context ctx{.machine = *environment.machine,
                     .check_mode = what.check_mode,
                     .diff_mode = what.diff_mode,
                     .verbosity = what.verbosity,
                     .search_path = environment.search_path,
                     .temporary_directory = environment.temporary_directory,
                     .environment = what.environment,
                     .deadline = what.deadline,
                     .stop = what.stop,
                     .templates = environment.templates.get(),
                     .names = what.names.get(),
                     .output_limit = what.output_limit};
  try {
    out->result = what.module->run(what.args, ctx);
  } catch (const std::exception& problem) {
    out->result = module_result::failure(
      errc::system, fmt::format("internal error in module {}: {}",
                                what.module->spec().name, problem.what()));
  }
  out->duration = std::chrono::steady_clock::now() - begin;
  return out;
}

worker_actor::behavior_type
worker(worker_actor::stateful_pointer<worker_state> self,
       std::shared_ptr<const worker_environment> environment) {
  self->state.environment = std::move(environment);
  return {
    [self](const job_ptr& what) {
      return run_job(*what, *self->state.environment);
    },
  };
}

} // namespace troupe
