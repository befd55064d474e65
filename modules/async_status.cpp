#include "modules/module.hpp"

namespace troupe {

namespace {

/// Only the specification: the engine knows what became of its jobs.
class async_status final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "async_status",
      .summary = "Says what became of a task with `async` and `poll: 0`.",
      .arguments
      = {{.name = "jid",
          .summary = "The `ansible_job_id` in the result of that task.",
          .required = true},
         {.name = "mode",
          .summary = "`status` answers the result once there is one; "
                     "`cleanup` forgets it.",
          .fallback = "status",
          .choices = {"status", "cleanup"}}},
      .only_reads = true,
      .engine = engine_task::job_status,
      .example = R"({"async_status": {"jid": "{{ started.ansible_job_id }}"},
 "register": "job", "until": "job.finished", "retries": 60, "delay": 1})",
    };
    return instance;
  }

  module_result run(const arguments&, const module_context&) const override {
    return module_result::failure(errc::unsupported,
                                  "jobs in the background are known to the "
                                  "engine, and there is none here");
  }
};

const register_module async_status_registration{
  std::make_shared<async_status>()};

} // namespace

} // namespace troupe
