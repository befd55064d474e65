#include "actors/cli/asked_run.hpp"

#include "actors/cli/kept_command.hpp"
#include "actors/cli/prompts.hpp"
#include "actors/cli/secrets.hpp"
#include "actors/run/tag_watch.hpp"
#include "actors/run/task_gate.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "platform/terminal.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

dict given_settings(const run_options& given) {
  dict out;
  if (given.parallel)
    out.set("parallel_tasks", static_cast<int64_t>(*given.parallel));
  if (given.sequential)
    out.set("parallel_tasks", 1);
  if (given.check)
    out.set("check_mode", true);
  if (given.diff)
    out.set("diff_mode", true);
  if (!given.policy.empty())
    out.set("failure_policy", given.policy);
  if (!given.controller.empty())
    out.set("controller_endpoint", given.controller);
  if (given.require_controller)
    out.set("require_controller", true);
  return out;
}

/// Takes the state folder; false after saying why it cannot be used.
bool open_state(const run_options& given, run_request& request,
                command_line& line) {
  // A prediction makes no folders unless it is asked to.
  if (given.no_state || given.look.wanted()
      || (given.check && given.state.folder.empty()))
    return true;
  auto& machine = *line.machine;
  auto path = given.state.path(machine);
  if (path.empty()) {
    line.fail(exit_code::state_unusable,
              "there is no place for the state of the run (HOME is not set): "
              "give one with --state-dir, or use --no-state");
    return false;
  }
  auto& plan = given.made ? given.called : given.choice.plan;
  auto opened
    = state_directory::open(machine, path, plan, given.going_on.wait_lock);
  if (opened) {
    request.state = std::move(*opened);
    return true;
  }
  if (opened.why().code == errc::exhausted)
    line.fail(exit_code::locked,
              fmt::format("another run holds '{}': {}. Wait for it with "
                          "--wait-lock, or use another --state-dir",
                          path, opened.why().message));
  else
    line.fail(exit_code::state_unusable,
              fmt::format("state folder: {}. Give another one with "
                          "--state-dir, or use --no-state",
                          opened.why().message));
  return false;
}

/// What the options say of a run.
run_request request_of(const run_options& given, command_line& line) {
  run_request out;
  out.host_name = given.choice.host;
  out.packed = given.choice.packed;
  out.given_settings = given_settings(given);
  out.tasks = given.tasks;
  out.verbosity = line.verbosity;
  out.watched = !given.view.quiet && given.view.output == "live";
  if (given.step)
    out.gate = std::make_shared<task_gate>();
  if (!given.tasks.tags.empty() || !given.tasks.skip_tags.empty())
    out.seen_tags = std::make_shared<tag_watch>();
  out.command = to_command(given, *line.machine);
  out.resume = given.going_on.newest;
  out.resume_run = given.going_on.run;
  // A run that is asked for anew has all its variables on its command line.
  out.added_vars = kept_vars(given.going_on.newest ? given.choice.extra_vars
                                                   : given.going_on.added_vars,
                             *line.machine);
  out.rerun_failed = given.going_on.rerun_failed;
  out.on_unknown = given.going_on.on_unknown == "rerun"  ? unknown_policy::rerun
                   : given.going_on.on_unknown == "skip" ? unknown_policy::skip
                                                         : unknown_policy::fail;
  return out;
}

/// What the options say that cannot be; empty: nothing.
std::string contradiction(const run_options& given, command_line& line) {
  bool goes_on = given.going_on.newest || !given.going_on.run.empty();
  if (!goes_on
      && (given.going_on.rerun_failed || given.going_on.on_unknown != "fail"))
    return "--rerun-failed and --on-unknown are about going on with a run: use "
           "them with --resume";
  if (given.view.quiet && line.verbosity > 0)
    return "--quiet and --verbose exclude each other";
  if (given.no_state && !given.state.argument(*line.machine).empty())
    return "--no-state and --state-dir exclude each other";
  if (given.step && given.view.output != "text")
    return "--step asks among what --output text shows: use it without another "
           "--output";
  if (given.step && !has_terminal())
    return "--step asks on a terminal, and there is none";
  if (!given.confirm)
    return {};
  if (given.view.output != "text" && given.view.output != "live")
    return "--confirm shows to a person what would change: use it with "
           "--output text or live";
  if (!has_terminal())
    return "--confirm asks on a terminal, and there is none: see what would "
           "change with --check, and run without --confirm to do it";
  return {};
}

} // namespace

std::optional<asked_run> read_asked(const run_options& given,
                                    command_line& line) {
  auto& machine = *line.machine;
  auto refuse = [&](exit_code code, const error& why) {
    line.fail(code, why.message);
    return std::nullopt;
  };
  if (auto why = contradiction(given, line); !why.empty())
    return refuse(exit_code::usage, {errc::invalid_argument, why});
  auto outputs = check_paths(
    given.view, files_read(given.choice, machine),
    given.no_state ? std::string{} : given.state.path(machine), machine);
  if (!outputs)
    return refuse(exit_code::usage, outputs.why());
  warn_of_variables(given.choice, line);
  auto settings = read_settings(machine, given.choice.config_file);
  if (!settings)
    return refuse(exit_code::invalid_plan, settings.why());
  auto found = find_plan(given, machine, settings->current());
  if (!found)
    return refuse(exit_code::invalid_plan, found.why());
  auto passwords = read_vault(given.choice.vault, machine);
  if (!passwords)
    return refuse(exit_code::usage, passwords.why());
  auto vars = read_extra_vars(machine, given.choice.extra_vars,
                              given.choice.packed.vars, passwords->get());
  if (!vars)
    return refuse(exit_code::usage, vars.why());
  auto dial = given.hosts.read_dial(machine);
  if (!dial)
    return refuse(exit_code::usage, dial.why());
  auto prompted = given.look.wanted() || found->made
                    ? result<prompted_answers>{prompted_answers{}}
                    : ask_prompts(*found, *vars, passwords->get(), line);
  if (!prompted)
    return refuse(exit_code::usage, prompted.why());
  auto hidden = std::move(prompted->secrets);
  hidden.insert(hidden.end(), {dial->password, dial->become_password});
  auto secrets = take_secrets(given.choice, *vars, hidden);
  if (!secrets)
    return refuse(exit_code::usage, secrets.why());
  // Made plans are playbooks, or have no hosts.
  auto meant = found->made
                 ? result<bool>{true}
                 : given.hosts.meant_for(found->whole.text, found->whole.source,
                                         machine, passwords->get());
  if (!meant)
    return refuse(meant.why().code == errc::invalid_plan
                    ? exit_code::invalid_plan
                    : exit_code::usage,
                  meant.why());
  // What is only listed needs none of what is encrypted.
  auto hosts = *meant
                 ? given.hosts.read(line.machine, *passwords,
                                    given.look.wanted() && !given.look.syntax)
                 : result<std::shared_ptr<playbook_hosts>>{nullptr};
  if (!hosts)
    return refuse(exit_code::invalid_plan, hosts.why());
  auto request = request_of(given, line);
  request.secrets = std::move(*secrets);
  request.passwords = std::move(*passwords);
  request.hosts = std::move(*hosts);
  request.around_plays = given.hosts.around();
  request.force_handlers = given.hosts.force_handlers;
  request.dial = std::move(*dial);
  request.conducted = request.hosts && given.choice.host.empty();
  request.module_folders = given.hosts.module_path;
  if (given.hosts.ansible) {
    request.ansible = given.hosts.ansible;
    for (auto& each : given.hosts.ansible->texts("DEFAULT_MODULE_PATH"))
      request.module_folders.push_back(each);
  }
  if (!open_state(given, request, line))
    return std::nullopt;
  request.options = std::move(*settings);
  request.extra_vars = std::move(*vars);
  request.answers = std::move(prompted->of);
  return asked_run{std::move(*found), std::move(request), std::move(*outputs)};
}

std::optional<prepared_run> prepare_asked(found_plan& found,
                                          const run_request& request,
                                          const run_options& given,
                                          command_line& line) {
  auto refuse = [&](exit_code code, const error& why) {
    line.fail(code, why.message);
    return std::nullopt;
  };
  auto what = prepare_found(found, given, request, line.machine);
  if (!what) {
    if (what.why().code == errc::invalid_argument)
      return refuse(exit_code::usage, what.why());
    if (what.why().code != errc::invalid_plan)
      return refuse(exit_code::state_unusable, what.why());
    // Already names its file and every problem.
    line.code = exit_code::invalid_plan;
    line.tell(what.why().message + "\n");
    return std::nullopt;
  }
  if (auto fine = check_sources(given.view, *what, *line.machine); !fine)
    return refuse(exit_code::usage, fine.why());
  return std::move(*what);
}

} // namespace troupe
