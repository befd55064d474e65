#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// One task of `reboot`.
class reboot_work {
public:
  reboot_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx} {
  }

  module_result run() {
    module_result out;
    out.data.set("elapsed", 0);
    out.data.set("rebooted", true);
    out.changed = true;
    if (ctx_.check_mode)
      return out;
    // Who brings a command knows better.
    if (auto inside = container();
        !inside.empty() && !args_.has("reboot_command"))
      return module_result::failure(
        errc::unsupported,
        fmt::format("this is a container ({}), which cannot start its host "
                    "anew: do that from outside",
                    inside));
    auto argv = command();
    if (!argv)
      return module_result::failure(argv.why());
    ctx_.changing("start of the host");
    auto ended = run_tool(*std::move(argv), ctx_, {.detach = true});
    if (!ended)
      return module_result::failure(ended.why());
    if (ended->rc != 0)
      return module_result::failure(
        errc::command_failed,
        fmt::format("the host does not start anew: {}", tool_words(*ended)));
    return wait_for_end(std::move(out));
  }

private:
  /// The kind of container that this is; empty: it is none.
  std::string container() const {
    auto facts = ctx_.machine.facts().virtualization();
    if (!facts || facts->role != "guest")
      return {};
    constexpr std::string_view kinds[]
      = {"container", "containerd", "docker",         "lxc", "openvz",
         "podman",    "rkt",        "systemd-nspawn", "uml", "vserver"};
    auto& type = facts->type;
    return std::find(std::begin(kinds), std::end(kinds), type)
               != std::end(kinds)
             ? type
             : std::string{};
  }

  result<std::vector<std::string>> command() const {
    auto folders = args_.texts("search_paths");
    auto find = [&](const std::string& name) -> result<std::string> {
      if (name.starts_with("/"))
        return name;
      for (auto& each : folders)
        if (auto path = joined(each, name);
            ctx_.machine.files().access(path, "x"))
          return path;
      return error{
        errc::unsupported,
        fmt::format("Unable to find command \"{}\" in search paths", name)};
    };
    auto own = args_.has("reboot_command");
    auto words = own ? split_command(args_.text("reboot_command"))
                     : result<std::vector<std::string>>{{"shutdown"}};
    if (!words || words->empty())
      return error{errc::invalid_argument, "reboot_command is no command"};
    auto path = find(words->front());
    if (!path)
      return path.why();
    words->front() = *path;
    if (own)
      return words;
    auto minutes = std::max<int64_t>(0, args_.integer("pre_reboot_delay")) / 60;
    words->insert(words->end(),
                  {"-r", "--", fmt::format("{}", minutes), args_.text("msg")});
    return words;
  }

  /// The end of the host ends this run, too, which is what was wanted: whoever
  /// goes on with it does not start the host anew once more.
  module_result wait_for_end(module_result out) const {
    auto longest = std::chrono::seconds{
      std::clamp<int64_t>(args_.integer("reboot_timeout"), 1, 86'400)
      + std::clamp<int64_t>(args_.integer("pre_reboot_delay"), 0, 86'400)};
    auto& clock = ctx_.machine.clock();
    auto begin = clock.steady_now();
    auto waited = ctx_.wait(longest);
    if (ctx_.stop.stop_requested()) {
      out.data.set("elapsed", std::chrono::duration_cast<std::chrono::seconds>(
                                clock.steady_now() - begin)
                                .count());
      return out;
    }
    if (!waited)
      return module_result::failure(ctx_.must_end());
    return module_result::failure(
      errc::timeout, fmt::format("the host is still up {} s after it was told "
                                 "to start anew",
                                 longest.count()));
  }

  const arguments& args_;
  const module_context& ctx_;
};

argument reboot_number(std::string_view name, std::string_view summary,
                       value fallback) {
  return {.name = name,
          .type = arg_type::integer,
          .summary = summary,
          .fallback = std::move(fallback)};
}

class reboot final : public task_module {
public:
  const module_spec& spec() const override {

    static const module_spec instance{
      .name = "reboot",
      .summary = "Starts the host anew.",
      .arguments
      = {reboot_number("pre_reboot_delay", "Seconds before, in whole minutes.",
                       0),
         reboot_number("reboot_timeout",
                       "Seconds after which a host that is still up is a "
                       "failure.",
                       600),
         {.name = "msg",
          .summary = "What users are told.",
          .fallback = "Reboot initiated by Ansible"},
         {.name = "search_paths",
          .type = arg_type::list,
          .summary = "Folders in which the command is looked for.",
          .fallback
          = list{"/sbin", "/bin", "/usr/sbin", "/usr/bin", "/usr/local/sbin"}},
         {.name = "reboot_command",
          .summary = "The command to use instead of shutdown."},
         reboot_number("post_reboot_delay",
                       "Of a host that is reached via a connection: seconds to "
                       "wait once it is back.",
                       0),
         reboot_number("connect_timeout",
                       "Of such a host: seconds for each attempt to reach it.",
                       {}),
         {.name = "test_command",
          .summary = "Of such a host: says by its exit status whether the host "
                     "is ready.",
          .fallback = "whoami"},
         {.name = "boot_time_command",
          .summary = "Of such a host: prints something else after each start.",
          .fallback = "cat /proc/sys/kernel/random/boot_id"}},
      .idempotent = false,
      .lock = "reboot",
      .elsewhere = elsewhere_task::restart,
      .example = R"({"reboot": {"msg": "new kernel"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return reboot_work{args, ctx}.run();
  }
};

const register_module reboot_registration{std::make_shared<reboot>()};

} // namespace

} // namespace troupe
