#include "actors/cli/run_plan.hpp"
#include "actors/report/html_page.hpp"
#include "config/value/json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

struct report_options {
  state_options state;
  std::string run;
  std::string html;
};

/// What a page is made of.
struct page_source {
  value report;
  page_options how;
};

/// A task that had begun when the process of its run ended.
value unknown_task(const run_past& past, const std::string& id) {
  auto began = past.header().started;
  if (auto* task = past.begun(id))
    for (auto& [item, call] : task->calls)
      began = std::max(began, call.begun);
  return dict{{"id", id},
              {"name", id},
              {"status", "unknown"},
              {"start", format_time(began)},
              {"duration", 0.0},
              {"msg", "The run ended while it was under way: nobody knows "
                      "whether it took effect."}};
}

std::vector<std::string> notes_of(const run_past& past, size_t kept,
                                  bool any_diff, const std::string& state) {
  std::vector<std::string> out;
  if (state == "died")
    out.emplace_back("The process of this run ended without a word. What is "
                     "shown is what its journal knew by then.");
  else if (state == "running")
    out.emplace_back("This run goes on: what ends later is not here.");
  auto& ending = past.ending();
  if (ending && ending->counts.total > kept)
    out.push_back(fmt::format(
      "Tasks without a result in the journal: {}. It keeps none of what was "
      "not run because of a failure or the end of the run, nor of what only "
      "includes other tasks.",
      ending->counts.total - kept));
  if (!any_diff)
    out.emplace_back(
      "No differences of files were kept: --diff shows and keeps "
      "them.");
  return out;
}

/// The tasks of all hosts.
struct kept_tasks {
  /// By name, when they are several or one of an inventory.
  dict hosts;
  list ended;
  list unknown;
  std::chrono::system_clock::time_point last;
  bool any_diff = false;

  /// `many`: of whom they are is said of each.
  void take(const run_past& past, bool many) {
    auto& host = past.header().host;
    auto put = [&](list& to, value task) {
      if (many)
        task.as_dict().set("host", host);
      to.push_back(std::move(task));
    };
    for (auto& each : past.reports()) {
      put(ended, to_value(*each->result));
      last = std::max(last, each->result->end);
      any_diff = any_diff || !each->result->diff.is_null();
    }
    for (auto& id : past.unknown_tasks())
      put(unknown, unknown_task(past, id));
  }
};

page_source source_of(const run_past& past, const std::string& state,
                      kept_tasks kept) {
  auto& header = past.header();
  auto end = std::max(header.started, kept.last);
  auto& tasks = kept.ended;
  page_source out;
  out.how.state = state;
  out.how.notes = notes_of(past, tasks.size(), kept.any_diff, state);
  if (state != "running")
    for (auto& each : kept.unknown)
      tasks.push_back(each);
  auto& ending = past.ending();
  if (ending)
    end = ending->time;
  dict report{
    {"v", 1},
    {"run", header.run},
    {"plan", header.plan_name.empty() ? header.source : header.plan_name},
    {"host", header.host},
    {"start", format_time(header.started)},
    {"end", format_time(end)},
    {"duration", std::chrono::duration<double>{end - header.started}.count()},
    {"message", ending ? ending->sentence : std::string{}},
    {"tasks", std::move(tasks)}};
  if (ending)
    report.set("counts", to_value(ending->counts));
  if (!kept.hosts.empty())
    report.set("hosts", std::move(kept.hosts));
  out.report = value{std::move(report)};
  return out;
}

result<page_source> read_kept_run(const report_options& given, host& machine) {
  auto path = given.state.path(machine);
  auto run = find_run(machine, path, given.run);
  if (!run)
    return run.why();
  auto past = look_at_run(path, *run);
  if (!past)
    return error{errc::system,
                 fmt::format("run {}: {}", *run, past.why().message)};
  auto runs = list_runs(machine, path);
  kept_tasks kept;
  bool many = has_hosts(machine, path, **past);
  for_each_journal(machine, path, **past, [&](auto& each) {
    kept.take(each, many);
    // The run's own journal is no host's.
    if (many && &each != past->get())
      kept.hosts.set(each.header().host, dict{});
  });
  auto out
    = source_of(**past,
                state_of(**past, runs.back() == *run,
                         file_lock::holder_of(path + "/lock").has_value()),
                std::move(kept));
  if (taken_back(machine, path, **past))
    out.how.notes.emplace_back("What this run did was taken back, wholly or in "
                               "part.");
  return out;
}

// Of a million tasks.
constexpr size_t longest_report = size_t{1} << 30U;

/// Reads what `--report` wrote.
result<page_source> read_report_file(const std::string& path, host& machine) {
  auto text = machine.files().read_stream(path, longest_report);
  if (!text)
    return text.why();
  auto refused = [&](std::string_view why) {
    return error{errc::invalid_argument,
                 fmt::format("'{}' is no report of a run: {}", path, why)};
  };
  auto report = parse_json(*text, {.text_bytes = size_t{256} << 20});
  if (!report)
    return refused(report.why().message);
  auto* version = report->find("v");
  auto* tasks = report->find("tasks");
  if (!version || *version != value{1} || !tasks || !tasks->is_list())
    return refused("it has no tasks, or is of another version");
  for (auto* key : {"start", "end", "run"})
    if (auto* x = report->find(key); !x || !x->is_text())
      return refused(fmt::format("'{}' is missing", key));
  auto* failed = report->find("failed");
  return page_source{
    *report, {.state = failed && *failed == value{false} ? "ok" : "failed"}};
}

void write_page(const report_options& given, command_line& line) {
  auto& machine = *line.machine;
  bool is_file
    = given.run.ends_with(".json") || given.run.find('/') != std::string::npos;
  bool to_file = given.html != "-";
  std::shared_ptr<void> open;
  if (named_file page{"--html", given.html}; to_file) {
    result<void> fine;
    if (is_file)
      fine = keep_apart({page}, {{"the report", given.run}}, machine);
    auto opened = fine ? check_writable(page, machine) : fine.why();
    if (!opened)
      return line.fail(exit_code::usage, opened.why().message);
    open = std::move(*opened);
  }
  auto source = is_file ? read_report_file(given.run, machine)
                        : read_kept_run(given, machine);
  if (!source)
    return line.fail(source.why().code == errc::system
                       ? exit_code::state_unusable
                       : exit_code::usage,
                     source.why().message);
  auto page = html_page(source->report, source->how);
  if (!to_file)
    return line.put(page);
  if (auto done = machine.files().write_output(given.html, page); !done)
    line.fail(exit_code::exhausted, done.why().message);
}

} // namespace

void add_report(CLI::App& app, command_line& line) {
  auto given = std::make_shared<report_options>();
  auto* command
    = app.add_subcommand("report", "Show a run as a page for browsers");
  command->footer(
    "Examples:\n"
    "  troupe report last --html run.html\n"
    "  troupe report 20260131T120000123-1a2b3c4d --html run.html\n"
    "  troupe report report.json --html run.html");
  command
    ->add_option("RUN", given->run,
                 "Which run: its id, the beginning of it, or last; or a file "
                 "that --report wrote (NAME.json, or a path with a /)")
    ->required();
  command
    ->add_option("--html", given->html,
                 "The file to write, or - for standard output")
    ->required()
    ->check(not_empty());
  option_list options;
  given->state.add_to(options);
  add_options(*command, options);
  command->callback([given, &line] { write_page(*given, line); });
}

} // namespace troupe
