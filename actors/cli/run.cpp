#include "actors/cli/run_plan.hpp"

namespace troupe {

void add_run(CLI::App& app, command_line& line) {
  auto given = std::make_shared<run_options>();
  auto* run = app.add_subcommand("run", "Run a plan on this host");
  run->footer("Examples:\n"
              "  troupe run site.json\n"
              "  troupe run site.json --check --diff\n"
              "  troupe run site.json -e version=1.2 -e @vars.yaml --tags web\n"
              "  troupe run site.json --resume\n"
              "  generate-plan | troupe run - --output ndjson");
  given->choice.add_to(*run);
  run
    ->add_option("--parallel", given->parallel,
                 "How many tasks run at once where the plan allows it")
    ->check(CLI::Range(1, 1024));
  run->add_flag("--sequential", given->sequential, "One task at a time")
    ->excludes("--parallel");
  run->add_flag("--check", given->check, "Predict changes, make none");
  run->add_flag("--diff", given->diff, "Show what changes in files");
  run->add_flag("--detailed-exitcode", given->detailed_exitcode,
                "With --check: exit with 3 when something would change");
  run->add_option("--tags", given->tags, "Only tasks with one of these tags")
    ->delimiter(',')
    ->allow_extra_args(false);
  run
    ->add_option("--skip-tags", given->skip_tags,
                 "No task with one of these tags")
    ->delimiter(',')
    ->allow_extra_args(false);
  run
    ->add_option("--policy", given->policy,
                 "What a failed task means: abort, continue or rollback")
    ->check(CLI::IsMember({"abort", "continue", "rollback"}));
  given->view.add_to(*run);
  given->state.add_to(*run);
  run->add_flag("--no-state", given->no_state,
                "Keep nothing: the run cannot be gone on with or undone");
  run->add_flag("--resume", given->resume,
                "Go on with the newest run of this plan that has not ended "
                "well, if there is one");
  given->add_resume_options(*run);
  run->add_flag("-v,--verbose", line.verbosity, "Show more; up to -vvv");
  run->callback([given, &line] { run_plan(*given, line); });
}

} // namespace troupe
