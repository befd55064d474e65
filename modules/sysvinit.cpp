#include "modules/module.hpp"
#include "modules/support/services/service_backend.hpp"

namespace troupe {

namespace {

class sysvinit final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "sysvinit",
      .summary = "Controls services by their scripts in /etc/init.d.",
      .arguments
      = {{.name = "name",
          .summary = "The service.",
          .required = true,
          .aliases = {"service"}},
         {.name = "state",
          .summary = "How it shall be.",
          .choices = {"started", "stopped", "restarted", "reloaded"}},
         {.name = "enabled",
          .type = arg_type::boolean,
          .summary = "Whether it starts with the host."},
         {.name = "sleep",
          .type = arg_type::integer,
          .summary = "Seconds between stop and start of a restart.",
          .fallback = 1},
         {.name = "pattern",
          .summary = "Text in a command line that shows that it runs."},
         {.name = "runlevels",
          .type = arg_type::list,
          .summary = "Where it shall start."},
         {.name = "arguments",
          .summary = "More arguments for the script.",
          .aliases = {"args"}},
         {.name = "daemonize",
          .type = arg_type::boolean,
          .summary = "Without effect: a service always outlives its task.",
          .fallback = false}},
      .required_one_of = {{"state", "enabled"}},
      .resource = {"service", {"name"}},
      .example = R"({"sysvinit": {"name": "cron", "state": "started"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    service_task task;
    task.name = args.text("name");
    task.state = args.text("state");
    task.pattern = args.text("pattern");
    task.sleep = std::chrono::seconds{args.integer("sleep")};
    if (args.has("enabled"))
      task.enabled = args.flag("enabled");
    auto backend = make_sysv_backend(
      task, {args.text("arguments"), args.texts("runlevels")}, ctx);
    return run_service_task(*backend, task, ctx);
  }
};

const register_module sysvinit_registration{std::make_shared<sysvinit>()};

} // namespace

} // namespace troupe
