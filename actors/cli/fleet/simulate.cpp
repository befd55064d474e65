#include "actors/cli/asked_run.hpp"
#include "actors/cli/fleet/fleet_commands.hpp"
#include "actors/cli/plan_listing.hpp"
#include "actors/cli/run_code.hpp"
#include "actors/conduct/conduct.hpp"
#include "actors/report/ndjson_writer.hpp"
#include "actors/simulate/simulation.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/plan/task_choice.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/value/json.hpp"
#include "config/value/nearest.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

struct simulate_options {
  run_options run;
  std::optional<unsigned> hosts;
  std::optional<unsigned> sample;
  std::vector<std::string> profiles;
  std::string seed;
  std::vector<std::string> fails;
  std::string unreachable;
  std::string latency;
  std::vector<std::string> behaviours;
  std::string unknown = "succeed";
  std::string output = "text";

  void add_to(option_list& to);
};

void simulate_options::add_to(option_list& to) {
  option_list own{
    {.names = "--hosts",
     .help = "How many hosts, of a plan or of a playbook without an inventory; "
             "100 when not given",
     .to = &hosts,
     .least = 1,
     .most = simulation_setting::most_hosts},
    {.names = "--sample",
     .help = "Simulate so many of the hosts of --hosts, each of which stands "
             "for several; 5000 when there are more than 10000",
     .to = &sample,
     .least = 1,
     .most = simulation_setting::most_simulated},
    {.names = "--profile",
     .help = "What the hosts are, in turn; debian when not given",
     .to = &profiles,
     .choices = profile_names(),
     .comma = true},
    {.names = "--seed",
     .help = "The same number simulates the same; 1 when not given",
     .to = &seed},
    {.names = "--fail",
     .help = "PART%, of tasks on hosts; TASK=PART%, of one task",
     .to = &fails},
    {.names = "--unreachable",
     .help = "PART% of hosts that are out of reach",
     .to = &unreachable},
    {.names = "--latency",
     .help = "How long a call to a host is on its way: 5ms..60ms when not "
             "given",
     .to = &latency},
    {.names = "--behaviours",
     .help = "File, or folder with files, that say what programs and modules "
             "do; simulate.d beside the plan when not given",
     .to = &behaviours},
    {.names = "--unknown",
     .help = "What becomes of programs that nobody knows: succeed or fail",
     .to = &unknown,
     .choices = {"succeed", "fail"}},
    {.names = "--output",
     .help = "text; json, the same as data; or trace, every event as a line of "
             "JSON",
     .to = &output,
     .choices = {"text", "json", "trace"}},
    {.names = "-C,--check",
     .help = "Simulate a run that only predicts",
     .to = &run.check},
    {.names = "-t,--tags",
     .help = "Only tasks with one of these tags",
     .to = &run.tasks.tags,
     .comma = true},
    {.names = "--skip-tags",
     .help = "No task with one of these tags",
     .to = &run.tasks.skip_tags,
     .comma = true},
    {.names = "-i,--inventory",
     .help = "Hosts of a playbook: a file, a folder, a program, or HOST,HOST; "
             "the variable simulated_profile says what a host is",
     .to = &run.hosts.inventories},
    {.names = "-l,--limit",
     .help = "Only those of a playbook's hosts that match",
     .to = &run.hosts.limit},
    {.names = "-f,--forks",
     .help = "How many hosts of a playbook work at once; 5 when not given",
     .to = &run.hosts.forks,
     .least = 1,
     .most = most_forks},
  };
  run.choice.add_options_to(to);
  to.insert(to.end(), own.begin(), own.end());
}

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

bool read_fates(const simulate_options& given, fleet_setting& to,
                command_line& line) {
  auto refuse = [&](const char* option, const error& why) {
    line.fail(exit_code::usage, fmt::format("{}: {}", option, why.message));
    return false;
  };
  for (auto& each : given.fails) {
    auto mark = each.rfind('=');
    auto part
      = parse_share(mark == std::string::npos ? each : each.substr(mark + 1));
    if (!part)
      return refuse("--fail", part.why());
    if (mark == std::string::npos)
      to.fails = *part;
    else
      to.task_fails.emplace_back(each.substr(0, mark), *part);
  }
  if (!given.unreachable.empty()) {
    auto part = parse_share(given.unreachable);
    if (!part)
      return refuse("--unreachable", part.why());
    to.unreachable = *part;
  }
  if (!given.latency.empty()) {
    auto range = parse_time_range(given.latency);
    if (!range)
      return refuse("--latency", range.why());
    to.latency = *range;
  }
  to.unknown_fails = given.unknown == "fail";
  return true;
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

/// The profile that the inventory says for a host.
std::function<std::string(const std::string&)>
said_by(const std::shared_ptr<playbook_hosts>& hosts, std::string folder) {
  return [hosts, folder = std::move(folder)](const std::string& host) {
    std::string out;
    auto layers = hosts->names_of(host, folder);
    if (layers)
      for (auto& each : *layers)
        if (auto* x = each.find("simulated_profile"))
          out = std::string{x->text_or("")};
    return out;
  };
}

bool has_known_profiles(const simulation_setting& what, command_line& line) {
  if (!what.profile_said)
    return true;
  for (auto& host : what.hosts)
    if (auto said = what.profile_said(host);
        !said.empty() && !find_profile(said)) {
      line.fail(exit_code::invalid_plan,
                fmt::format("the variable simulated_profile of '{}': there is "
                            "no profile '{}'; there are {}",
                            host, said, fmt::join(profile_names(), ", ")));
      return false;
    }
  return true;
}

/// How many of the hosts that nobody has named are simulated.
unsigned simulated_of(const simulate_options& given) {
  constexpr unsigned usual_hosts = 100;
  constexpr unsigned usual_sample = 5000;
  auto all = given.hosts.value_or(usual_hosts);
  auto most = given.sample.value_or(
    all > simulation_setting::most_simulated ? usual_sample : all);
  return std::min(all, most);
}

/// Says which hosts there are; false after saying what is wrong.
bool choose_hosts(const simulate_options& given, asked_run& asked,
                  simulation_setting& to, command_line& line) {
  auto count = simulated_of(given);
  auto document = parse_plan(asked.found.whole.text, asked.found.whole.source);
  bool playbook = asked.request.hosts || (document && is_playbook(*document));
  if (asked.request.hosts && (given.hosts || given.sample)) {
    line.fail(exit_code::usage,
              fmt::format("{} and an inventory exclude each other: the "
                          "inventory names the hosts",
                          given.hosts ? "--hosts" : "--sample"));
    return false;
  }
  if (!playbook) {
    for (unsigned i = 1; i <= count; ++i)
      to.hosts.push_back(fmt::format("host-{}", i));
    return true;
  }
  if (asked.request.hosts) {
    to.profile_said
      = said_by(asked.request.hosts, parent_of(asked.found.whole.source));
  } else {
    auto made = make_hosts(line.machine, count, groups_in(*document));
    if (!made) {
      line.fail(exit_code::usage, made.why().message);
      return false;
    }
    asked.request.hosts = *made;
  }
  asked.request.conducted = true;
  auto all = asked.request.hosts->chosen({"all"});
  if (!all) {
    line.fail(exit_code::invalid_plan, all.why().message);
    return false;
  }
  to.hosts = std::move(*all);
  if (to.hosts.size() > simulation_setting::most_simulated) {
    line.fail(exit_code::usage,
              fmt::format("the inventory has {} hosts, and {} at most are "
                          "simulated: choose some with --limit",
                          to.hosts.size(), simulation_setting::most_simulated));
    return false;
  }
  return has_known_profiles(to, line);
}

void show(const simulation_end& end, const simulate_options& given,
          command_line& line) {
  if (given.output == "text")
    line.say_in_lines(describe(end));
  else if (given.output == "json")
    line.put(to_json(to_value(end)) + "\n");
}

/// A task as `--fail` may name it.
struct called_task {
  std::string id;
  std::string name;
  std::string module;

  called_task(const std::string& id, const std::string& name,
              const std::string& of)
      : id{id}, name{name}, module{of.substr(of.rfind('.') + 1)} {
  }

  bool is(const std::string& wanted) const {
    return module == wanted || is_start(id, name, wanted);
  }
};

/// Names of `--fail` that no task has, each as a message: nothing would be made
/// to fail by them.
std::vector<std::string> unknown_fates(const simulate_options& given,
                                       const std::vector<called_task>& tasks) {
  std::vector<std::string> out;
  for (auto& each : given.fails) {
    auto mark = each.rfind('=');
    if (mark == std::string::npos)
      continue;
    auto name = each.substr(0, mark);
    if (std::any_of(tasks.begin(), tasks.end(),
                    [&](auto& one) { return one.is(name); }))
      continue;
    std::vector<std::string> known;
    for (auto& one : tasks)
      known.insert(known.end(),
                   {one.id, std::string{name_in_role(one.name)}, one.module});
    out.push_back(fmt::format("--fail: no task and no module is called '{}'{}",
                              name, did_you_mean(name, known)));
  }
  return out;
}

/// False after saying what is wrong: `--fail` names a task that there is not.
bool has_known_fates(const simulate_options& given, const plan& p,
                     command_line& line) {
  if (given.fails.empty() || has_open_tasks(p))
    return true;
  std::vector<called_task> all;
  for (auto& each : p.plays)
    for (auto* nodes : {&each.body.body, &each.handlers})
      for_each_task(*nodes, [&](const task& t) {
        all.emplace_back(t.id, t.name, t.module);
      });
  auto wrong = unknown_fates(given, all);
  for (auto& each : wrong)
    line.fail(exit_code::usage, each);
  return wrong.empty();
}

/// Of a plan whose tasks are known only now.
void warn_of_fates(const simulate_options& given, const simulation_tally& tally,
                   command_line& line) {
  std::vector<called_task> all;
  for (auto& each : tally.tasks())
    all.emplace_back(each.id, each.name, each.module);
  for (auto& each : unknown_fates(given, all))
    line.warn(each);
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
