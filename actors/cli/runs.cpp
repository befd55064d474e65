#include "actors/cli/kept_command.hpp"
#include "actors/cli/run_plan.hpp"
#include "config/value/duration.hpp"
#include "config/value/json.hpp"
#include "config/value/line_breaks.hpp"
#include "config/value/utf8.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace troupe {

namespace {

struct runs_options {
  state_options state;
  std::string run;
  bool json = false;
};

value summary(const run_past& past, const std::string& state, uint64_t ended) {
  auto& header = past.header();
  dict out{{"run", header.run},
           {"state", state},
           {"started", format_time(header.started)},
           {"plan", header.source},
           {"name", header.plan_name},
           {"host", header.host},
           {"tasks_ended", static_cast<int64_t>(ended)}};
  if (auto& ending = past.ending()) {
    out.set("ended", format_time(ending->time));
    out.set("message", ending->sentence);
    out.set("counts", to_value(ending->counts));
  }
  return value{std::move(out)};
}

/// A run as the table has it.
struct listed_run {
  std::string run;
  std::string state;
  std::string started;
  std::string took;
  std::string tasks;
  std::string plan;
  /// The plan as it was typed, and where that was.
  std::string typed = {};
  std::string path = {};
};

/// What of the table has room beside each other.
enum class table_form : uint8_t {
  whole,
  /// When a run began its id tells too.
  without_start,
  /// Nothing: a few lines for each run.
  blocks,
};

std::string line_of(const listed_run& each, table_form form) {
  if (form == table_form::blocks)
    return fmt::format("{} {}\n  {}  {}  {} task{}\n  {}\n", each.run,
                       each.state, each.started, each.took, each.tasks,
                       each.tasks == "1" ? "" : "s", each.plan);
  auto started = form == table_form::whole
                   ? fmt::format("{:<19} ", each.started)
                   : std::string{};
  return fmt::format("{:<27} {:<8} {}{:>8} {:>6}  {}\n", each.run, each.state,
                     started, each.took, each.tasks, each.plan);
}

/// The first form whose lines all fit.
table_form fitting_form(const std::vector<listed_run>& runs, size_t columns) {
  for (auto form : {table_form::whole, table_form::without_start})
    if (std::all_of(runs.begin(), runs.end(), [&](auto& each) {
          // The end of the line takes no column.
          auto line = line_of(each, form);
          line.pop_back();
          return columns_of(line) <= columns;
        }))
      return form;
  return table_form::blocks;
}

void say_table(std::vector<listed_run> runs, command_line& line) {
  runs.insert(runs.begin(),
              {"RUN", "ENDED", "STARTED", "TOOK", "TASKS", "PLAN"});
  auto form = fitting_form(runs, line.out->is_terminal()
                                   ? line.out->terminal_size().columns
                                   : any_columns);
  for (auto& each : runs)
    if (form != table_form::blocks || &each != &runs.front())
      line.say(line_of(each, form));
}

listed_run listed(const run_past& past, const std::string& state,
                  uint64_t ended) {
  auto& header = past.header();
  auto started = format_time(header.started).substr(0, 19);
  std::replace(started.begin(), started.end(), 'T', ' ');
  auto took = past.ending()
                ? format_duration(past.ending()->time - header.started)
                : std::string{"-"};
  auto plan = header.plan_name.empty() || header.plan_name == header.source
                ? header.source
                : fmt::format("{} ({})", header.source, header.plan_name);
  return {header.run,
          state,
          std::move(started),
          std::move(took),
          std::to_string(ended),
          terminal_line(plan),
          header.source,
          plan_path_of(past)};
}

/// Plans that were typed alike in different folders are told apart by these.
void name_folders(std::vector<listed_run>& runs) {
  std::map<std::string, std::set<std::string>> places;
  for (auto& each : runs)
    if (each.path.starts_with('/'))
      places[each.typed].insert(each.path);
  for (auto& each : runs)
    if (places[each.typed].size() > 1 && !each.typed.starts_with('/')
        && each.path.ends_with("/" + each.typed)) {
      auto folder = each.path.substr(0, each.path.size() - each.typed.size());
      each.plan.insert(0,
                       terminal_line(base_name(parent_of(folder + "x"))) + "/");
    }
}

/// How a run ended, or "undone" when something that it did was taken back, and
/// "half undone" when the undo was cut off.
std::string standing_of(const run_past& past, bool is_newest, host& machine,
                        const std::string& state) {
  auto out = state_of(past, is_newest,
                      file_lock::holder_of(state + "/lock").has_value());
  if (out == "running" || !taken_back(machine, state, past))
    return out;
  return is_half_undone(machine, state, past.header().run) ? "half undone"
                                                           : "undone";
}

void list_all(const runs_options& given, command_line& line) {
  auto& machine = *line.machine;
  auto path = given.state.path(machine);
  auto runs = list_runs(machine, path);
  std::vector<listed_run> shown;
  for (auto& run : runs) {
    auto past = look_at_run(path, run);
    if (!past) {
      line.warn(fmt::format("run {}: {}", run, past.why().message));
      continue;
    }
    auto state = standing_of(**past, run == runs.back(), machine, path);
    auto ended = tasks_ended_in(machine, path, **past);
    if (given.json)
      line.put(to_json(summary(**past, state, ended)) + "\n");
    else
      shown.push_back(listed(**past, state, ended));
  }
  name_folders(shown);
  if (!runs.empty() && !given.json)
    say_table(std::move(shown), line);
  if (runs.empty() && !given.json)
    line.tell(fmt::format("troupe: no runs in '{}'\n", path));
}

/// The tasks of one host; `many`: it is named, for there are others.
void show_tasks(const run_past& past, bool many, command_line& line) {
  auto where = many ? fmt::format("[{}] ", terminal_line(past.header().host))
                    : std::string{};
  for (auto& report : past.reports()) {
    auto& r = *report->result;
    // What the plan has without anybody's having written it.
    if (r.name.empty() && !r.failed())
      continue;
    line.say(fmt::format(
      "{:<9} {:<8} {}{}{}\n", to_string(r.status), r.changed ? "changed" : "",
      where, terminal_line(r.failed() ? known_as(r) : r.name),
      r.failed() && !r.msg.empty() ? ": " + terminal_words(r.msg) : ""));
  }
  for (auto& id : past.unknown_tasks())
    line.say(fmt::format("{:<9} {:<8} {}{}\n", "unknown", "", where, id));
}

/// "host     web1", or of several "hosts    web1, web2".
std::string host_line(const run_past& past, const std::string& path,
                      host& machine) {
  std::vector<std::string> names;
  if (has_hosts(machine, path, past))
    for_each_journal(machine, path, past, [&](auto& each) {
      // The run's own journal is no host's.
      if (&each != &past)
        names.push_back(each.header().host);
    });
  if (names.empty())
    names.push_back(past.header().host);
  return fmt::format("{:<9}{}\n", names.size() > 1 ? "hosts" : "host",
                     terminal_line(fmt::format("{}", fmt::join(names, ", "))));
}

void show_text(const run_past& past, const std::string& state,
               const std::string& path, command_line& line) {
  auto& header = past.header();
  line.say(fmt::format("run      {}\nplan     {}\n", header.run,
                       terminal_line(header.source)));
  line.say(host_line(past, path, *line.machine));
  line.say(fmt::format("started  {}\nstate    {}\n",
                       format_time(header.started), state));
  if (past.ending())
    line.say_in_lines(fmt::format("ended    {}: {}\n",
                                  format_time(past.ending()->time),
                                  past.ending()->sentence));
  auto many = has_hosts(*line.machine, path, past);
  for_each_journal(*line.machine, path, past,
                   [&](auto& each) { show_tasks(each, many, line); });
}

/// With `many`, of whom they are is said of each.
void add_tasks(const run_past& past, bool many, list& tasks, list& unknown) {
  auto& host = past.header().host;
  for (auto& report : past.reports()) {
    auto shown = to_value(*report->result);
    if (many)
      shown.as_dict().set("host", host);
    tasks.push_back(std::move(shown));
  }
  for (auto& id : past.unknown_tasks())
    unknown.push_back(many ? value{dict{{"host", host}, {"id", id}}}
                           : value{id});
}

void show(const runs_options& given, command_line& line) {
  auto& machine = *line.machine;
  auto path = given.state.path(machine);
  auto run = find_run(machine, path, given.run);
  if (!run)
    return line.fail(exit_code::usage, run.why().message);
  auto past = look_at_run(path, *run);
  if (!past)
    return line.fail(exit_code::state_unusable,
                     fmt::format("run {}: {}", *run, past.why().message));
  auto runs = list_runs(machine, path);
  auto state
    = standing_of(**past, !runs.empty() && runs.back() == *run, machine, path);
  if (!given.json)
    return show_text(**past, state, path, line);
  auto out = summary(**past, state, tasks_ended_in(machine, path, **past));
  list tasks;
  list unknown;
  bool many = has_hosts(machine, path, **past);
  for_each_journal(machine, path, **past,
                   [&](auto& each) { add_tasks(each, many, tasks, unknown); });
  out.as_dict().set("tasks", std::move(tasks));
  out.as_dict().set("unknown", std::move(unknown));
  line.put(to_json(out, {.indent = 2}) + "\n");
}

} // namespace

std::string state_of(const run_past& past, bool is_newest, bool is_held) {
  if (past.ending())
    return past.ending()->failed ? "failed" : "ok";
  return is_newest && is_held ? "running" : "died";
}

void add_runs(CLI::App& app, command_line& line) {
  auto given = std::make_shared<runs_options>();
  auto* command = app.add_subcommand(
    "runs", "List the runs that are kept, or show one of them");
  command->footer("Examples:\n"
                  "  troupe runs\n"
                  "  troupe runs 20260131T120000123-1a2b3c4d\n"
                  "  troupe runs --json\n\n"
                  "TASKS says how many tasks have ended, whatever became of "
                  "them: those\nof the plan, handlers, and those of included "
                  "files.");
  command->add_option("RUN", given->run,
                      "Show this run (its id, the beginning of it, or last)");
  command->add_flag("--json", given->json, "Print JSON");
  option_list options;
  given->state.add_to(options);
  add_options(*command, options);
  command->callback([given, &line] {
    if (given->run.empty())
      list_all(*given, line);
    else
      show(*given, line);
  });
}

} // namespace troupe
