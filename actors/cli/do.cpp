#include "actors/cli/one_task.hpp"
#include "actors/cli/run_plan.hpp"
#include "modules/support/plan/absent_modules.hpp"
#include "modules/support/plan/plan_modules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

struct do_options {
  one_task task;
  /// The module and its arguments as Ansible's command for one task has them.
  std::string module_name;
  std::string args;
  run_options run;
};

/// Puts what `-m` and `-a` say where the words of the command line go.
result<void> take_ansible_form(do_options& given) {
  auto& task = given.task;
  if (!given.module_name.empty()) {
    if (!task.module.empty())
      return error{errc::invalid_argument,
                   fmt::format("the module is '{}' by --module-name, and "
                               "'{}' as well; hosts are named by --hosts {}",
                               given.module_name, task.module, task.module)};
    task.module = given.module_name;
  }
  // As in Ansible.
  if (task.module.empty() && !given.args.empty())
    task.module = "command";
  if (task.module.empty())
    return error{errc::missing_argument, "MODULE is required"};
  if (!given.args.empty())
    task.words.push_back(given.args);
  return {};
}

/// Who does it: this host, or hosts of an inventory.
result<void> choose_hosts(do_options& given, host& machine) {
  auto& task = given.task;
  auto& to = given.run.hosts;
  if (!to.inventories.empty() && task.hosts.empty())
    task.hosts = "all";
  if (!task.hosts.empty()) {
    to.always = true;
    if (!to.sources(machine).empty())
      return {};
    return error{errc::missing_argument,
                 fmt::format("--hosts {}: there is no inventory with it; give "
                             "--inventory",
                             task.hosts)};
  }
  // An inventory that nobody has typed is for playbooks in this folder.
  to.only_given = true;
  task.become = std::exchange(to.become, false);
  task.become_user = std::exchange(to.become_user, {});
  if (auto* only = to.only_for_playbooks())
    return error{errc::invalid_argument,
                 fmt::format("{} is about hosts of an inventory, and this task "
                             "is for this host: give --inventory",
                             only)};
  return {};
}

/// Those that may be words of a command, as in `ls -l`, have no short name.
void add_host_options(option_list& to, host_options& hosts) {
  option_list all;
  hosts.add_to(all);
  for (auto& each : all) {
    auto name = each.long_name();
    if (name == "--limit")
      continue;
    if (name != "--become" && name != "--inventory")
      each.names = each.names.substr(each.names.find("--"));
    to.push_back(each);
  }
}

/// Words without a value, of a module that takes no text, that stand where
/// Ansible's command for one task has the hosts.
result<void> refuse_host_words(const one_task& task,
                               const task_module* module) {
  if (task.hosts.empty() || !module || !module->spec().free_form.empty())
    return {};
  for (auto& each : task.words)
    if (each.find('=') == std::string::npos && !each.empty()
        && each.find_first_of("{ \t\n") == std::string::npos)
      return error{errc::invalid_argument,
                   fmt::format("{} takes named arguments only, not the text "
                               "'{}'; hosts are named by --hosts {}",
                               module->spec().name, each, each)};
  return {};
}

/// Whether `name` says the collection that a module is in.
bool names_collection(std::string_view name) {
  return std::count(name.begin(), name.end(), '.') == 2
         && !name.starts_with("ansible.");
}

/// What speaks against a module that is not built in. Collections belong to
/// playbooks: of hosts they are looked through where their play is read.
result<void> find_outside(const one_task& task, host& machine) {
  auto& name = task.module;
  bool collected = names_collection(name);
  if ((collected && !task.hosts.empty())
      || !find_custom_module(name, module_folders_beside("."), machine).empty())
    return {};
  return error{errc::invalid_argument,
               absent_module(name, builtin_modules().nearest(name))
                 + (collected ? "; modules of collections are for hosts of an "
                                "inventory: give --hosts"
                              : "")};
}

void do_task(do_options& given, command_line& line) {
  if (auto fine = take_ansible_form(given); !fine)
    return line.fail(exit_code::usage, fine.why().message);
  if (auto fine = choose_hosts(given, *line.machine); !fine)
    return line.fail(exit_code::usage, fine.why().message);
  auto& run = given.run;
  auto module = builtin_modules().find(given.task.module);
  if (!module)
    if (auto fine = find_outside(given.task, *line.machine); !fine)
      return line.fail(exit_code::usage, fine.why().message);
  if (auto fine = refuse_host_words(given.task, module.get()); !fine)
    return line.fail(exit_code::usage, fine.why().message);
  run.made = std::make_shared<const made_plan>(
    plan_of(given.task, "troupe do", module ? &module->spec() : nullptr));
  run.called = "do " + given.task.module;
  // The plan is kept with the run, as one from standard input is.
  run.choice.plan = "-";
  run.view.brief = true;
  if (!run.view.quiet)
    line.verbosity = std::max(line.verbosity, 1);
  run_plan(run, line);
}

} // namespace

void add_do(CLI::App& app, command_line& line) {
  auto given = std::make_shared<do_options>();
  auto* command
    = app.add_subcommand("do", "Run one task on this host, or on others");
  command->footer("Examples:\n"
                  "  troupe do file path=/srv/app state=directory mode=0750\n"
                  "  troupe do command 'ls -l /srv'\n"
                  "  troupe do package name=vim state=present --check --diff\n"
                  "  troupe do debug msg='{{ ansible_distribution }}'\n"
                  "  troupe do -m file -a 'path=/srv/app state=directory'\n"
                  "  troupe do -i hosts.ini --hosts web service name=nginx "
                  "state=restarted --become");
  command->add_option("MODULE", given->task.module, "What the task does")
    ->check(not_empty());
  command->add_option("ARGUMENTS", given->task.words,
                      "KEY=VALUE, or what the module takes instead");
  option_list options{
    {.names = "-m,--module-name",
     .help = "MODULE, for those who are used to Ansible",
     .to = &given->module_name},
    {.names = "-a,--args",
     .help = "ARGUMENTS in one text; without a module those of command",
     .to = &given->args},
    {.names = "--hosts",
     .help
     = "The hosts of the inventory that do it, by a pattern; all when not "
       "given",
     .to = &given->task.hosts},
  };
  add_host_options(options, given->run.hosts);
  given->run.add_shared_to(options);
  add_options(*command, options);
  command->add_flag("-v,--verbose", line.verbosity, "Show more; up to -vvv");
  command->callback([given, &line] { do_task(*given, line); });
}

} // namespace troupe
