#include "actors/cli/ansible_playbook.hpp"

#include "actors/cli/run_plan.hpp"
#include "actors/cli/usage.hpp"
#include "config/playbook/collection_playbooks.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <sstream>

namespace troupe {

namespace {

option_list options_of(run_options& given, command_line& line) {
  option_list out{
    {.names = "-v,--verbose", .help = "Show more", .to = &line.verbosity},
    {.names = "-C,--check",
     .help = "Predict changes, make none",
     .to = &given.check},
    {.names = "-D,--diff",
     .help = "Show what changes in files",
     .to = &given.diff},
    {.names = "-t,--tags",
     .help = "Only tasks with one of these tags",
     .to = &given.tasks.tags,
     .comma = true},
    {.names = "--skip-tags",
     .help = "No task with one of these tags",
     .to = &given.tasks.skip_tags,
     .comma = true},
    {.names = "--start-at-task",
     .help = "Skip the tasks before the one of this name",
     .to = &given.tasks.start_at},
    {.names = "--step",
     .help = "Ask before each task whether it shall run",
     .to = &given.step},
    {.names = "-e,--extra-vars",
     .help = "KEY=VALUE, JSON, or @FILE with JSON or YAML",
     .to = &given.choice.extra_vars},
    {.names = "--syntax-check",
     .help = "Say whether the playbook is valid; run nothing",
     .to = &given.look.syntax},
    {.names = "--list-tasks",
     .help = "List the tasks; run nothing",
     .to = &given.look.tasks},
    {.names = "--list-tags",
     .help = "List the tags; run nothing",
     .to = &given.look.tags},
    {.names = "--list-hosts",
     .help = "List the hosts; run nothing",
     .to = &given.look.hosts},
    {.names = "--force-handlers",
     .help = "Run handlers even if a task fails",
     .to = &given.hosts.force_handlers},
    {.names = "--sftp-extra-args,--scp-extra-args",
     .help = "Arguments for programs that are not used",
     .to = &given.hosts.copy_args},
    {.names = "-M,--module-path",
     .help = "Folders with modules",
     .to = &given.hosts.module_path},
    {.names = "--flush-cache",
     .help = "Forget the facts that are kept of the hosts",
     .to = &given.hosts.flush_cache},
  };
  given.hosts.add_to(out);
  given.choice.vault.add_to(out);
  return out;
}

/// Of what is one value the last one counts, as for Python's option parser.
void take_last_values(CLI::App& app) {
  for (auto* each : app.get_options())
    if (each->nonpositional() && each->get_items_expected_max() == 1)
      each->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

int code_of(exit_code code) {
  switch (code) {
  case exit_code::ok:
  case exit_code::would_change:
    return 0;
  case exit_code::tasks_failed:
  case exit_code::unknown_state:
    return 2;
  case exit_code::unreachable:
  case exit_code::invalid_plan:
    return 4;
  case exit_code::usage:
    return 5;
  case exit_code::interrupted:
    return 99;
  case exit_code::internal:
    return 250;
  default:
    return 1;
  }
}

/// Several playbooks as one that imports them.
void take_playbooks(const std::vector<std::string>& names, run_options& given,
                    host& machine) {
  given.choice.plan = names.front();
  if (names.size() == 1)
    return;
  auto here = machine.files().real_path(".");
  list all;
  for (auto& each : names) {
    auto path = each.starts_with('/') || !here ? each : *here + "/" + each;
    all.push_back(dict{{"import_playbook", path}});
  }
  given.made = std::make_shared<const made_plan>(
    made_plan{value{std::move(all)}, std::string{}});
  given.called = names.front();
  given.choice.plan = "-";
}

} // namespace

bool is_ansible_playbook(const char* started_as) {
  std::string_view name = started_as ? started_as : "";
  return name.substr(name.rfind('/') + 1) == "ansible-playbook";
}

int run_as_ansible_playbook(int argc, char** argv, command_line& line) {
  line.blames_as = "ERROR! ";
  run_options given;
  given.view.output = "ansible";
  given.no_state = true;
  given.look.as_ansible = true;
  given.hosts.always = true;
  given.hosts.tolerant = true;
  std::vector<std::string> playbooks;
  CLI::App app{"Runs playbooks on this host", "ansible-playbook"};
  app.formatter(make_help_format(*line.out));
  app.set_version_flag(
    "--version", "ansible-playbook [core 2.14.18] (troupe " TROUPE_VERSION ")");
  app.add_option("PLAYBOOK", playbooks, "The playbooks")->required();
  add_options(app, options_of(given, line));
  take_last_values(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    std::ostringstream help;
    if (problem.get_exit_code() == 0 && app.exit(problem, help, help) == 0)
      line.say_in_lines(help.str());
    else
      line.fail(exit_code::usage, usage_sentence(app, problem));
    auto code = line.end();
    // As for Python's option parser.
    return code == exit_code::usage ? 2 : code_of(code);
  }
  for (auto& each : playbooks) {
    each = playbook_file(each, *line.machine);
    if (auto there = line.machine->files().status(each, true);
        !there || !*there) {
      line.fail(exit_code::exhausted,
                fmt::format("the playbook: {} could not be found", each));
      return code_of(line.end());
    }
  }
  take_playbooks(playbooks, given, *line.machine);
  if (!given.hosts.copy_args.empty())
    line.warn("--sftp-extra-args and --scp-extra-args change nothing: neither "
              "program is used");
  run_plan(given, line);
  return code_of(line.end());
}

} // namespace troupe
