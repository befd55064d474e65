#include "modules/module.hpp"
#include "modules/support/services/service_backend.hpp"

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
      = {{.name = "name",
          .summary = "The service; needed for all but `daemon_reload` and "
                     "`daemon_reexec`."},
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
         {.name = "daemon_reexec",
          .type = arg_type::boolean,
          .summary = "Let systemd start itself anew first.",
          .fallback = false,
          .aliases = {"daemon-reexec"}},
         {.name = "masked",
          .type = arg_type::boolean,
          .summary = "Whether it is impossible to start it (systemd)."},
         {.name = "force",
          .type = arg_type::boolean,
          .summary = "Replace links that are in the way (systemd)."},
         {.name = "scope",
          .summary = "Which systemd is meant.",
          .choices = {"system", "user", "global"}},
         {.name = "no_block",
          .type = arg_type::boolean,
          .summary = "Do not wait until it is done (systemd)."},
         {.name = "use",
          .summary = "Manager to use: `systemd`, `sysvinit`, `openrc`; `auto` "
                     "looks what the host has.",
          .fallback = "auto"}},
      .required_one_of
      = {{"state", "enabled", "masked", "daemon_reload", "daemon_reexec"}},
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
    if (manager == "systemd")
      return run_as_unit(args, ctx);
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

  /// As Ansible does it, the module of that manager has the last word.
  static module_result run_as_unit(const arguments& args,
                                   const module_context& ctx) {
    auto module = builtin_modules().find("systemd");
    auto passed = args.all();
    // These say nothing of systemd's units, and Ansible passes over them too.
    for (auto* each : {"use", "pattern", "sleep", "runlevel", "arguments"})
      passed.erase(std::string_view{each});
    auto checked = check_arguments(module->spec(), passed);
    if (!checked)
      return module_result::failure(checked.why());
    return module->run(*checked, ctx);
  }

  /// What only systemd can do is not passed over where there is another.
  static result<void> is_for(const std::string& manager,
                             const arguments& args) {
    std::string_view only;
    for (auto* each :
         {"daemon_reload", "daemon_reexec", "masked", "force", "no_block"})
      if (args.flag(each))
        only = each;
    if (auto scope = args.text("scope"); !scope.empty() && scope != "system")
      only = "scope";
    if (!only.empty())
      return error{errc::unsupported,
                   fmt::format("{} is for systemd, and '{}' is controlled by "
                               "{}",
                               only, args.text("name"), manager)};
    if (args.text("name").empty())
      return error{errc::missing_argument,
                   "the name of the service is missing"};
    return {};
  }

  static result<backend_pointer> choose(const std::string& manager,
                                        const arguments& args,
                                        service_task& task,
                                        const module_context& ctx) {
    if (auto fine = is_for(manager, args); !fine)
      return fine.why();
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
