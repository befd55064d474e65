#include "actors/cli/fleet/fleet_commands.hpp"
#include "actors/cli/fleet/fleet_runs.hpp"
#include "config/value/utf8.hpp"

namespace troupe {

namespace {

/// What an order is made of.
option_list order_options(fleet_run_options& given) {
  return {
    {.names = "--hosts",
     .help = "Names, labels and patterns of hosts: 'web:&prod:!web9'",
     .to = &given.hosts},
    {.names = "--key",
     .help = "Private key of 'troupe key new' that signs the plan",
     .to = &given.key},
    {.names = "--where",
     .help = "Only hosts whose facts satisfy this expression",
     .to = &given.where},
    {.names = "--serial",
     .help = "Batches: numbers of hosts or percentages; the last one repeats",
     .to = &given.serial,
     .comma = true},
    {.names = "--max-fail",
     .help = "Begin no more hosts once more than so many, or so many percent, "
             "have failed; 0 with --serial, else 100%",
     .to = &given.max_fail},
    {.names = "--parallel",
     .help = "No more hosts than this at once",
     .to = &given.parallel,
     .least = 1,
     .most = 100'000},
    {.names = "--wait",
     .help = "Seconds to wait for hosts that are not connected; 10 when not "
             "given",
     .to = &given.wait,
     .least = 1,
     .most = 86'400},
    {.names = "--host-timeout",
     .help = "A host that has not ended so long after its turn counts as lost "
             "and is cancelled; 1d when not given",
     .to = &given.host_timeout},
    {.names = "--expires",
     .help = "Hosts that hear of it later refuse; 1h when not given",
     .to = &given.expires},
    {.names = "-e,--extra-vars",
     .help = "KEY=VALUE, JSON, or @FILE with JSON or YAML",
     .to = &given.extra_vars},
    {.names = "--check",
     .help = "Predict changes, make none",
     .to = &given.check},
  };
}

void add_run_options(CLI::App& run, fleet_run_options& given) {
  auto options = order_options(given);
  option_list more{
    {.names = "--detach",
     .help = "Print the name of the run, and do not wait for it",
     .to = &given.detach},
    {.names = "--json",
     .help = "Events as they come, then the state, as JSON lines",
     .to = &given.json},
    {.names = "--dir", .help = "The membership to use", .to = &given.folder},
  };
  options.insert(options.end(), more.begin(), more.end());
  add_options(run, options);
  run.get_option("--hosts")->required();
  run.get_option("--key")->required();
}

CLI::App* add_one(CLI::App& command, const char* name, const char* help,
                  const std::shared_ptr<fleet_run_options>& given,
                  bool about_run) {
  auto* out = command.add_subcommand(name, help);
  if (about_run)
    out->add_option("RUN", given->run, "The run")->required();
  out->add_flag("--json", given->json, "JSON lines");
  out->add_option("--dir", given->folder, "The membership to use")
    ->check(not_empty());
  return out;
}

} // namespace

void add_fleet(CLI::App& app, command_line& line) {
  auto given = std::make_shared<fleet_run_options>();
  auto join = std::make_shared<join_options>();
  auto* command
    = app.add_subcommand("fleet", "Run plans on the hosts of a fleet");
  command->footer(
    "Examples:\n"
    "  troupe fleet join controller.example.com:7411 --name alice --token "
    "alice.token\n"
    "  troupe fleet run site.yml --hosts web --key release.key --serial "
    "1,10%,100%\n"
    "  troupe fleet watch RUN");
  command->require_subcommand(1);
  auto* enter
    = command->add_subcommand("join", "Join as operator, viewer or admin");
  join->add_to(*enter);
  enter->callback([join, &line] { join_fleet(*join, "operator", line); });
  auto* run = command->add_subcommand("run", "Send a plan to hosts");
  run
    ->add_option("PLAN", given->plan,
                 "The plan: a JSON or YAML file, or - for standard input")
    ->required();
  add_run_options(*run, *given);
  run->callback([given, &line] { run_on_fleet(*given, line); });
  auto* sign = command->add_subcommand(
    "sign", "Print a signed plan for the HTTP face of a controller");
  sign
    ->add_option("PLAN", given->plan,
                 "The plan: a JSON or YAML file, or - for standard input")
    ->required();
  add_options(*sign, order_options(*given));
  sign->get_option("--hosts")->required();
  sign->get_option("--key")->required();
  sign->callback([given, &line] { sign_for_fleet(*given, line); });
  auto* watch
    = add_one(*command, "watch", "Show a run as it goes on", given, true);
  watch->callback([given, &line] { watch_run(*given, line); });
  auto* cancel = add_one(*command, "cancel", "End a run", given, true);
  cancel->callback([given, &line] { cancel_run(*given, line); });
  auto* history
    = add_one(*command, "history", "List the runs of the fleet", given, false);
  history->callback([given, &line] { list_fleet_runs(*given, line); });
  auto* logs
    = add_one(*command, "logs", "Show the events of a run", given, true);
  logs->add_option("--host", given->host, "Only those of this host")
    ->check(not_empty());
  logs->callback([given, &line] { show_fleet_logs(*given, line); });
}

} // namespace troupe
