#include "modules/module.hpp"
#include "modules/support/services/systemd_backend.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class systemd final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "systemd",
      .summary = "Controls units of systemd.",
      .arguments
      = {{.name = "name",
          .summary = "The unit; without a suffix a service.",
          .aliases = {"service", "unit"}},
         {.name = "state",
          .summary = "How it shall be.",
          .choices = {"reloaded", "restarted", "started", "stopped"}},
         {.name = "enabled",
          .type = arg_type::boolean,
          .summary = "Whether it starts with the host."},
         {.name = "masked",
          .type = arg_type::boolean,
          .summary = "Whether it is impossible to start it."},
         {.name = "force",
          .type = arg_type::boolean,
          .summary = "Replace links that are in the way."},
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
         {.name = "scope",
          .summary = "Which systemd is meant.",
          .fallback = "system",
          .choices = {"system", "user", "global"}},
         {.name = "no_block",
          .type = arg_type::boolean,
          .summary = "Do not wait until it is done.",
          .fallback = false}},
      .aliases = {"systemd_service"},
      .required_one_of
      = {{"state", "enabled", "masked", "daemon_reload", "daemon_reexec"}},
      .resource = {"service", {"name"}},
      .example
      = R"({"systemd": {"name": "nginx", "state": "started", "enabled": true}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto acts = args.has("state") || args.has("enabled") || args.has("masked");
    auto name = args.text("name");
    if (acts && name.empty())
      return module_result::failure(
        errc::missing_argument,
        "state, enabled and masked need the name of the unit");
    systemd_backend backend{
      name,
      {args.text("scope"), args.flag("no_block"), args.flag("force")},
      ctx};
    for (auto command : {"daemon_reexec", "daemon_reload"}) {
      if (!args.flag(command) || ctx.check_mode)
        continue;
      auto word = std::string_view{command} == "daemon_reload"
                    ? "daemon-reload"
                    : "daemon-reexec";
      if (auto done = backend.manage(word); !done)
        return module_result::failure(done.why());
    }
    if (!acts)
      return {};
    auto masked = mask(args, backend, ctx);
    if (!masked)
      return module_result::failure(masked.why());
    service_task task;
    task.name = name;
    task.state = args.text("state");
    if (args.has("enabled"))
      task.enabled = args.flag("enabled");
    auto out = run_service_task(backend, task, ctx);
    out.changed = out.changed || *masked;
    out.data.set("status", backend.properties());
    return out;
  }

private:
  static result<bool> mask(const arguments& args, systemd_backend& backend,
                           const module_context& ctx) {
    if (!args.has("masked"))
      return false;
    auto wanted = args.flag("masked");
    auto status = backend.look();
    if (!status)
      return status.why();
    auto known = ctx.predicted
                   ? ctx.predicted->what().service(args.text("name")).masked
                   : std::nullopt;
    if (known.value_or(status->masked) == wanted)
      return false;
    if (ctx.predicted)
      ctx.predicted->what().note_service(args.text("name"), {.masked = wanted});
    if (!ctx.check_mode)
      if (auto done = backend.set_masked(wanted); !done)
        return done.why();
    return true;
  }
};

const register_module systemd_registration{std::make_shared<systemd>()};

} // namespace

} // namespace troupe
