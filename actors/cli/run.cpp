#include "actors/cli/run_plan.hpp"

namespace troupe {

void add_run(CLI::App& app, command_line& line) {
  auto given = std::make_shared<run_options>();
  auto* run
    = app.add_subcommand("run", "Run a plan on this host, or a playbook "
                                "on its hosts");
  run->footer("Examples:\n"
              "  troupe run site.json\n"
              "  troupe run site.json --check --diff\n"
              "  troupe run site.json -e version=1.2 -e @vars.yaml --tags web\n"
              "  troupe run site.json --resume\n"
              "  troupe run site.yml -i hosts --limit web --check --diff\n"
              "  generate-plan | troupe run - --output ndjson");
  given->look_closer = warn_of_misspelt_names;
  given->look.deeper = has_valid_imports;
  given->choice.add_plan_to(*run);
  option_list options;
  given->add_to(options);
  add_options(*run, options);
  run->add_flag("-v,--verbose", line.verbosity, "Show more; up to -vvv");
  run->callback([given, &line] { run_plan(*given, line); });
}

} // namespace troupe
