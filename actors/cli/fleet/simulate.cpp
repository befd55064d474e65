#include "actors/cli/fleet/fleet_commands.hpp"
#include "actors/cli/fleet/simulate_options.hpp"
#include "actors/cli/run_code.hpp"
#include "actors/conduct/conduct.hpp"
#include "actors/report/ndjson_writer.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/value/json.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

/// Reads what is one number, or says what is wrong with it.
std::optional<uint64_t> read_seed(const std::string& text, command_line& line) {
  uint64_t out = 1;
  auto* end = text.data() + text.size();
  auto got = std::from_chars(text.data(), end, out);
  if (text.empty() || (got.ec == std::errc{} && got.ptr == end))
    return out;
  line.fail(exit_code::usage,
            fmt::format("--seed: a whole number from 0 to {} was expected, not "
                        "'{}'",
                        UINT64_MAX, text));
  return std::nullopt;
}

/// The files of behaviours that a path names; one that must not be there need
/// not.
result<std::vector<std::string>>
behaviour_files(host& machine, const std::string& path, bool must) {
  auto& files = machine.files();
  auto there = files.status(path, true);
  if (!there)
    return there.why();
  if (!*there && !must)
    return std::vector<std::string>{};
  if (!*there)
    return error{errc::not_found, fmt::format("'{}' does not exist", path)};
  if ((*there)->kind != file_kind::directory)
    return std::vector<std::string>{path};
  auto names = files.list(path);
  if (!names)
    return names.why();
  std::vector<std::string> out;
  for (auto& each : *names)
    if (each.ends_with(".yml") || each.ends_with(".yaml")
        || each.ends_with(".json"))
      out.push_back(joined(path, each));
  return out;
}

bool read_table(const simulate_options& given, const std::string& plan,
                behaviours& to, command_line& line) {
  to = usual_behaviours();
  auto paths = given.behaviours;
  bool must = !paths.empty();
  if (!must)
    paths = {joined(parent_of(plan), "simulate.d")};
  for (auto& path : paths) {
    auto files = behaviour_files(*line.machine, path, must);
    if (!files) {
      line.fail(exit_code::usage,
                fmt::format("--behaviours: {}", files.why().message));
      return false;
    }
    for (auto& each : *files) {
      auto text = line.machine->files().read(each, behaviours::longest_file);
      if (!text) {
        line.fail(exit_code::usage, text.why().message);
        return false;
      }
      problems own;
      read_behaviours(*text, each, to, own);
      if (own.empty())
        continue;
      line.tell(format_problems(own, each, *text));
      line.code = exit_code::invalid_plan;
      return false;
    }
  }
  return true;
}

void show(const simulation_end& end, const simulate_options& given,
          command_line& line) {
  if (given.output == "text")
    line.say_in_lines(describe(end));
  else if (given.output == "json")
    line.put(to_json(to_value(end)) + "\n");
}

void simulate(simulate_options& given, command_line& line) {
  simulation_setting setting;
  auto seed = read_seed(given.seed, line);
  if (!seed || !read_fates(given, setting.fleet, line)
      || !read_table(given, given.run.choice.plan, setting.fleet.table, line))
    return;
  setting.fleet.seed = *seed;
  if (!given.profiles.empty())
    setting.profiles = given.profiles;
  setting.forks = given.run.hosts.forks.value_or(usual_forks);
  // Nothing of it outlives the simulation.
  given.run.no_state = true;
  if (auto said = ansible_settings::read(*line.machine))
    given.run.hosts.ansible = *said;
  // Who asks for a number of hosts does not mean an inventory that nobody has
  // typed.
  given.run.hosts.only_given = given.hosts || given.sample;
  auto forks = given.run.hosts.forks;
  given.run.hosts.forks.reset();
  auto asked = read_asked(given.run, line);
  given.run.hosts.forks = forks;
  if (!asked || !choose_hosts(given, *asked, setting, line))
    return;
  asked->request.run_name = fmt::format("simulated-{}", *seed);
  simulation_end end;
  end.plan = asked->found.whole.source;
  end.seed = *seed;
  end.simulated = setting.hosts.size();
  end.hosts = given.hosts ? *given.hosts : end.simulated;
  // As many of these at once as of all.
  if (end.hosts > end.simulated)
    setting.forks = static_cast<unsigned>(
      std::max<uint64_t>(1, setting.forks * end.simulated / end.hosts));
  end.unknown_fails = setting.fleet.unknown_fails;
  simulation world{std::move(setting), line.machine};
  auto what
    = prepare_found(asked->found, given.run, asked->request, world.control());
  if (!what) {
    // Names its file and every problem.
    line.code = what.why().code == errc::invalid_plan ? exit_code::invalid_plan
                                                      : exit_code::usage;
    line.tell(what.why().message + "\n");
    return;
  }
  if (!has_known_fates(given, *what->ctx->what, line))
    return;
  tell_before(*what, given.run, line);
  asked.reset();
  std::vector<std::shared_ptr<event_writer>> writers;
  if (given.output == "trace")
    writers.push_back(std::make_shared<ndjson_writer>(line.out));
  end.outcome = world.run(std::move(*what), std::move(writers));
  line.code = code_for(end.outcome, false);
  end.code = static_cast<int>(line.code);
  end.tally = &world.tally();
  warn_of_fates(given, world.tally(), line);
  end.unknown = &world.fleet().unknown();
  show(end, given, line);
}

} // namespace

void add_simulate(CLI::App& app, command_line& line) {
  auto given = std::make_shared<simulate_options>();
  auto* command = app.add_subcommand(
    "simulate", "Run a plan on simulated hosts, to see what would happen");
  command->footer(
    "Examples:\n"
    "  troupe simulate site.yml --hosts 500 --profile debian,ubuntu\n"
    "  troupe simulate site.yml -i hosts --seed 7 --fail 2%\n"
    "  troupe simulate site.yml --fail 'Install nginx=10%' --output json");
  given->run.choice.add_plan_to(*command);
  option_list options;
  given->add_to(options);
  add_options(*command, options);
  command->callback([given, &line] { simulate(*given, line); });
}

} // namespace troupe
