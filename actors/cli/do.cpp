#include "actors/cli/one_task.hpp"
#include "actors/cli/run_plan.hpp"

#include <algorithm>

namespace troupe {

namespace {

struct do_options {
  one_task task;
  run_options run;
};

void do_task(do_options& given, command_line& line) {
  auto& run = given.run;
  auto module = builtin_modules().find(given.task.module);
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
  auto* command = app.add_subcommand("do", "Run one task on this host");
  command->footer("Examples:\n"
                  "  troupe do file path=/srv/app state=directory mode=0750\n"
                  "  troupe do command 'ls -l /srv'\n"
                  "  troupe do package name=vim state=present --check --diff\n"
                  "  troupe do debug msg='{{ ansible_distribution }}'");
  command->add_option("MODULE", given->task.module, "What the task does")
    ->required();
  command->add_option("ARGUMENTS", given->task.words,
                      "KEY=VALUE, or what the module takes instead");
  option_list options{
    {.names = "-b,--become", .help = "Act as root", .to = &given->task.become},
    {.names = "--become-user",
     .help = "Act as this user",
     .to = &given->task.become_user},
  };
  given->run.add_shared_to(options);
  add_options(*command, options);
  command->add_flag("-v,--verbose", line.verbosity, "Show more; up to -vvv");
  command->callback([given, &line] { do_task(*given, line); });
}

} // namespace troupe
