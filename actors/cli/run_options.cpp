#include "actors/cli/member_folder.hpp"
#include "actors/cli/run_plan.hpp"

namespace troupe {

void state_options::add_to(option_list& to) {
  to.push_back({.names = "--state-dir",
                .help = "Folder for journals, undo logs and the facts cache",
                .to = &folder,
                .environment = "TROUPE_STATE_DIR"});
}

std::string state_options::path(host& machine) const {
  return folder.empty() ? state_directory::default_path(machine)
                        : full_path(machine, folder);
}

std::string state_options::argument(host& machine) const {
  return folder.empty() || machine.variable("TROUPE_STATE_DIR") == folder
           ? std::string{}
           : " --state-dir " + full_path(machine, folder);
}

void resume_options::add_to(option_list& to) {
  to.push_back({.names = "--rerun-failed",
                .help = "When going on: run failed tasks again",
                .to = &rerun_failed});
  to.push_back({.names = "--on-unknown",
                .help = "When going on: what to do with a task that was "
                        "running when the run ended and is not safe to repeat; "
                        "fail when not given",
                .to = &on_unknown,
                .choices = {"fail", "rerun", "skip"}});
}

void resume_options::add_lock_to(option_list& to) {
  to.push_back({.names = "--wait-lock",
                .help = "Wait for a run that holds the state folder",
                .to = &wait_lock});
}

void plan_look::add_to(option_list& to) {
  // There is no run that they could be about.
  const std::vector<std::string> of_runs{
    "--report", "--junit",  "--trace",     "--profile",           "--quiet",
    "--output", "--resume", "--wait-lock", "--detailed-exitcode", "--confirm",
    "--step"};
  to.push_back({.names = "--syntax-check",
                .help = "Say whether the plan is valid; run nothing",
                .to = &syntax,
                .excludes = of_runs});
  to.push_back({.names = "--list-hosts",
                .help = "List the hosts of each play; run nothing",
                .to = &hosts,
                .excludes = of_runs});
  to.push_back({.names = "--list-tasks",
                .help = "List the tasks and their tags; run nothing",
                .to = &tasks,
                .excludes = of_runs});
  to.push_back({.names = "--list-tags",
                .help = "List the tags; run nothing",
                .to = &tags,
                .excludes = of_runs});
}

void run_options::add_shared_to(option_list& to) {
  choice.add_options_to(to);
  option_list own{
    {.names = "-C,--check", .help = "Predict changes, make none", .to = &check},
    {.names = "-D,--diff", .help = "Show what changes in files", .to = &diff},
    {.names = "--detailed-exitcode",
     .help = "With --check: exit with 3 when something would or may change",
     .to = &detailed_exitcode},
    {.names = "--confirm",
     .help = "Show what would change, and ask before doing it",
     .to = &confirm,
     .excludes = {"--check", "--detailed-exitcode", "--quiet"}},
    {.names = "--no-state",
     .help = "Keep nothing: the run cannot be gone on with or undone",
     .to = &no_state,
     .excludes = {"--wait-lock"}},
    {.names = "--secret",
     .help = "NAME=SOURCE: a variable that is hidden everywhere; env:VAR, "
             "file:PATH, fd:N or credential:NAME",
     .to = &choice.secrets},
  };
  to.insert(to.end(), own.begin(), own.end());
  view.add_to(to);
  state.add_to(to);
  going_on.add_lock_to(to);
}

void run_options::add_to(option_list& to) {
  add_shared_to(to);
  option_list own{
    {.names = "--parallel",
     .help = "How many tasks run at once where the plan allows it",
     .to = &parallel,
     .least = 1,
     .most = 1024},
    {.names = "--sequential",
     .help = "One task at a time",
     .to = &sequential,
     .excludes = {"--parallel"}},
    {.names = "-t,--tags",
     .help = "Only tasks with one of these tags",
     .to = &tasks.tags,
     .comma = true},
    {.names = "--skip-tags",
     .help = "No task with one of these tags",
     .to = &tasks.skip_tags,
     .comma = true},
    {.names = "--start-at-task",
     .help = "Skip the tasks before the one of this name or id",
     .to = &tasks.start_at},
    {.names = "--step",
     .help = "Ask before each task whether it shall run",
     .to = &step,
     .excludes = {"--confirm", "--quiet"}},
    {.names = "--policy",
     .help = "What a failed task means: abort, continue or rollback",
     .to = &policy,
     .choices = {"abort", "continue", "rollback"}},
    {.names = "--controller",
     .help = "HOST:PORT of the controller that hears of the run",
     .to = &controller},
    {.names = "--require-controller",
     .help = "Run nothing while the controller is away",
     .to = &require_controller},
    {.names = "--membership",
     .help = "Where 'agent join' has kept key and certificate of this host",
     .to = &membership,
     .environment = "TROUPE_MEMBERSHIP"},
    {.names = "--flush-cache",
     .help = "Forget the facts that fact_caching has kept of the hosts",
     .to = &hosts.flush_cache},
    {.names = "--resume",
     .help = "Go on with the newest run of this plan that has not ended well, "
             "if there is one",
     .to = &going_on.newest,
     .excludes = {"--no-state", "--check", "--confirm"}},
  };
  to.insert(to.end(), own.begin(), own.end());
  hosts.add_to(to);
  look.add_to(to);
  going_on.add_to(to);
}

} // namespace troupe
