#include "actors/cli/run_plan.hpp"
#include "config/value/duration.hpp"
#include "config/value/json.hpp"
#include "config/value/line_breaks.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

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

/// One line of the table; the first one names the columns.
std::string row(std::string_view run, std::string_view state,
                std::string_view started, std::string_view took,
                std::string_view tasks, std::string_view plan) {
  return fmt::format("{:<27} {:<8} {:<19} {:>8} {:>6}  {}\n", run, state,
                     started, took, tasks, terminal_line(plan));
}

/// The same for a narrow terminal, in which the columns have no room beside
/// each other.
std::string block(std::string_view run, std::string_view state,
                  std::string_view started, std::string_view took,
                  std::string_view tasks, std::string_view plan) {
  return fmt::format("{} {}\n  {}  {}  {} task{}\n  {}\n", run, state, started,
                     took, tasks, tasks == "1" ? "" : "s", terminal_line(plan));
}

bool is_narrow(const command_line& line) {
  return line.out->is_terminal()
         && line.out->terminal_size().columns < usual_columns;
}

std::string heading_row() {
  return row("RUN", "ENDED", "STARTED", "TOOK", "TASKS", "PLAN");
}

std::string row_of(const run_past& past, const std::string& state,
                   uint64_t ended, bool narrow) {
  auto& header = past.header();
  auto started = format_time(header.started).substr(0, 19);
  std::replace(started.begin(), started.end(), 'T', ' ');
  auto took = past.ending()
                ? format_duration(past.ending()->time - header.started)
                : std::string{"-"};
  auto made = narrow ? block : row;
  return made(header.run, state, started, took, std::to_string(ended),
              header.plan_name.empty() || header.plan_name == header.source
                ? header.source
                : fmt::format("{} ({})", header.source, header.plan_name));
}

/// How a run ended, or "undone" when something that it did was taken back.
std::string standing_of(const run_past& past, bool is_newest, host& machine,
                        const std::string& state) {
  auto out = state_of(past, is_newest,
                      file_lock::holder_of(state + "/lock").has_value());
  return out != "running" && taken_back(machine, state, past) ? "undone" : out;
}

void list_all(const runs_options& given, command_line& line) {
  auto& machine = *line.machine;
  auto path = given.state.path(machine);
  auto runs = list_runs(machine, path);
  auto narrow = is_narrow(line);
  if (!runs.empty() && !given.json && !narrow)
    line.say(heading_row());
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
      line.say(row_of(**past, state, ended, narrow));
  }
  if (runs.empty() && !given.json)
    line.tell(fmt::format("troupe: no runs in '{}'\n", path));
}

/// The tasks of one host; `many`: it is named, for there are others.
void show_tasks(const run_past& past, bool many, command_line& line) {
  auto where = many ? fmt::format("[{}] ", terminal_line(past.header().host))
                    : std::string{};
  for (auto& report : past.reports()) {
    auto& r = *report->result;
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
                  "  troupe runs 20260131T120000-1a2b3c4d\n"
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
