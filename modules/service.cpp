#include "modules/module.hpp"
#include "modules/support/services/service_backend.hpp"
#include "modules/support/services/systemd_backend.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class service final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "service",
      .summary = "Controls services by whatever manager the host has.",
      .arguments
      = {{.name = "name", .summary = "The service.", .required = true},
         {.name = "state",
          .summary = "How it shall be.",
          .choices = {"reloaded", "restarted", "started", "stopped"}},
         {.name = "enabled",
          .type = arg_type::boolean,
          .summary = "Whether it starts with the host."},
         {.name = "pattern",
          .summary = "Text in a command line that shows that it runs (not "
                     "with systemd)."},
         {.name = "sleep",
          .type = arg_type::integer,
          .summary = "Seconds between stop and start of a restart (not with "
                     "systemd)."},
         {.name = "runlevel",
          .summary = "Where it is enabled (OpenRC).",
          .fallback = "default"},
         {.name = "arguments",
          .summary = "More arguments for the script (not with systemd).",
          .aliases = {"args"}},
         {.name = "daemon_reload",
          .type = arg_type::boolean,
          .summary = "Let systemd read changed unit files first.",
          .fallback = false,
          .aliases = {"daemon-reload"}},
         {.name = "use",
          .summary = "Manager to use: `systemd`, `sysvinit`, `openrc`; `auto` "
                     "looks what the host has.",
          .fallback = "auto"}},
      .required_one_of = {{"state", "enabled", "daemon_reload"}},
      .resource = {"service", {"name"}},
      .example
      = R"({"service": {"name": "nginx", "state": "started", "enabled": true}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto manager = args.text("use");
    if (manager == "auto" || manager == "service")
      manager = service_manager_of(ctx);
    service_task task;
    task.name = args.text("name");
    task.state = args.text("state");
    if (args.has("enabled"))
      task.enabled = args.flag("enabled");
    auto backend = choose(manager, args, task, ctx);
    if (!backend)
      return module_result::failure(backend.why());
    return run_service_task(**backend, task, ctx);
  }

private:
  using backend_pointer = std::shared_ptr<service_backend>;

  static result<backend_pointer> choose(const std::string& manager,
                                        const arguments& args,
                                        service_task& task,
                                        const module_context& ctx) {
    // These say of systemd's units nothing, and Ansible passes over them too.
    if (manager == "systemd") {
      auto units
        = std::make_shared<systemd_backend>(task.name, systemd_options{}, ctx);
      if (args.flag("daemon_reload") && !ctx.check_mode)
        if (auto done = units->manage("daemon-reload"); !done)
          return done.why();
      return backend_pointer{std::move(units)};
    }
    if (args.flag("daemon_reload"))
      return error{errc::unsupported,
                   fmt::format("daemon_reload is for systemd, and '{}' is "
                               "controlled by {}",
                               task.name, manager)};
    task.pattern = args.text("pattern");
    if (args.has("sleep"))
      task.sleep = std::chrono::seconds{args.integer("sleep")};
    if (manager == "openrc")
      return backend_pointer{make_openrc_backend(task, args.text("runlevel"),
                                                 args.text("arguments"), ctx)};
    // Without a manager that is known, the scripts are what every system had.
    auto has_scripts = ctx.machine.files().access("/etc/init.d", "");
    if (manager != "sysvinit" && manager != "upstart" && !has_scripts)
      return error{errc::unsupported,
                   fmt::format("cannot control the service '{}': the service "
                               "manager '{}' is not known here, and there is "
                               "no /etc/init.d",
                               task.name, manager)};
    return backend_pointer{
      make_sysv_backend(task, {args.text("arguments"), {}}, ctx)};
  }
};

const register_module service_registration{std::make_shared<service>()};

} // namespace

} // namespace troupe
