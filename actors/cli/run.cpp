#include "actors/cli/run.hpp"

#include "actors/report/live_writer.hpp"
#include "actors/report/ndjson_writer.hpp"
#include "actors/report/report_writer.hpp"
#include "actors/report/text_writer.hpp"
#include "platform/signals.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <atomic>
#include <mutex>

namespace troupe {

namespace {

/// Tells only what failed, on standard error.
class failure_writer final : public event_writer {
public:
  explicit failure_writer(std::shared_ptr<output> to) : to_{std::move(to)} {
  }

  bool wants(const run_event& event) const override {
    return event.what == run_event::kind::task_ended && event.failed;
  }

  void on(const run_event& event) override {
    auto& result = *event.result;
    to_->write(
      fmt::format("troupe: task '{}' failed: {}\n", result.name,
                  result.censored ? "(hidden by no_log)" : result.msg));
  }

private:
  std::shared_ptr<output> to_;
};

/// Log level debug: every event as one line on standard error.
class trace_writer final : public event_writer {
public:
  explicit trace_writer(std::shared_ptr<output> to) : to_{std::move(to)} {
  }

  void on(const run_event& event) override {
    to_->write(fmt::format("troupe: {} #{} {} {}\n", format_time(event.time),
                           event.sequence, to_string(event.what),
                           event.subject));
  }

private:
  std::shared_ptr<output> to_;
};

dict given_settings(const run_options& given) {
  dict out;
  if (given.parallel)
    out.set("parallel_tasks", static_cast<int64_t>(*given.parallel));
  if (given.sequential)
    out.set("parallel_tasks", 1);
  if (given.check)
    out.set("check_mode", true);
  if (given.diff)
    out.set("diff_mode", true);
  if (!given.policy.empty())
    out.set("failure_policy", given.policy);
  return out;
}

std::shared_ptr<event_writer> view_for(const run_options& given,
                                       const prepared_run& what,
                                       command_line& line) {
  auto& machine = *line.machine;
  auto how = given.quiet ? std::string{"quiet"} : given.output;
  // Nothing can be redrawn where there is no terminal.
  if (how == "live" && !line.out->is_terminal())
    how = "text";
  if (how == "quiet")
    return std::make_shared<failure_writer>(line.err);
  if (how == "ndjson")
    return std::make_shared<ndjson_writer>(line.out);
  bool coloured = wants_colour(*line.out, machine);
  if (how == "live")
    return std::make_shared<live_writer>(
      line.out, coloured, line.verbosity,
      std::chrono::duration_cast<std::chrono::milliseconds>(
        what.ctx->options.report_interval));
  return std::make_shared<text_writer>(
    line.out,
    text_writer::options{.coloured = coloured,
                         .verbosity = line.verbosity,
                         .diff = what.ctx->options.diff_mode,
                         .columns = line.out->terminal_size().columns});
}

exit_code code_for(const run_outcome& outcome, const run_options& given) {
  if (!outcome.broken.empty())
    return exit_code::internal;
  if (!outcome.no_state.empty())
    return exit_code::state_unusable;
  if (outcome.cancelled) {
    if (outcome.why_cancelled == cancel_reason::interrupted)
      return exit_code::interrupted;
    if (outcome.why_cancelled == cancel_reason::terminated)
      return exit_code::terminated;
    return exit_code::tasks_failed;
  }
  if (!outcome.failed_tasks.empty())
    return exit_code::tasks_failed;
  if (given.check && given.detailed_exitcode && outcome.counts.changed > 0)
    return exit_code::would_change;
  return exit_code::ok;
}

std::string describe(const run_snapshot& now) {
  auto& c = now.counts;
  return fmt::format(
    "{} of {} tasks ended ({} changed, {} failed, {} "
    "skipped); running: {}",
    c.ended(), c.total, c.changed, c.failed + c.timeout, c.skipped,
    now.running.empty() ? "none"
                        : fmt::format("{}", fmt::join(now.running, ", ")));
}

/// Passes signals on to the run while there is one.
class signal_relay {
public:
  explicit signal_relay(command_line& line) : line_{line} {
  }

  void attach(run_handle* run) {
    std::lock_guard guard{mutex_};
    run_ = run;
    if (run_ && early_)
      run_->cancel(*early_);
  }

  void operator()(signal_request what) {
    std::lock_guard guard{mutex_};
    if (what == signal_request::report) {
      if (auto now = run_ ? run_->query() : nullptr)
        line_.err->write("troupe: " + describe(*now) + "\n");
      return;
    }
    auto reason = what == signal_request::interrupt ? cancel_reason::interrupted
                                                    : cancel_reason::terminated;
    if (signals_++ > 0)
      end_at_once(reason == cancel_reason::interrupted ? 130 : 143);
    line_.err->write("troupe: stopping; a second signal ends at once\n");
    if (run_)
      run_->cancel(reason);
    else
      early_ = reason;
  }

private:
  command_line& line_;
  std::mutex mutex_;
  run_handle* run_ = nullptr;
  std::optional<cancel_reason> early_;
  int signals_ = 0;
};

/// Makes the folder of the state and the one of this run in it.
result<void> make_state_folder(host& machine, const std::string& path) {
  if (path.empty())
    return {};
  auto there = machine.files().status(path, true);
  if (!there)
    return there.why();
  if (!*there)
    return machine.files().make_directory(path, 0700);
  if ((*there)->kind != file_kind::directory)
    return error{errc::invalid_argument,
                 fmt::format("{} is not a folder", path)};
  return {};
}

} // namespace

void run_plan(const run_options& given, command_line& line) {
  signal_relay relay{line};
  signal_watch watch{[&](signal_request what) { relay(what); }};
  auto& machine = *line.machine;
  auto text = read_plan_text(machine, given.choice.plan);
  if (!text)
    return line.fail(exit_code::invalid_plan, text.why().message);
  auto settings = read_settings(machine, given.choice.config_file);
  if (!settings)
    return line.fail(exit_code::invalid_plan, settings.why().message);
  auto vars = read_extra_vars(machine, given.choice.extra_vars,
                              given.choice.packed.vars);
  if (!vars)
    return line.fail(exit_code::usage, vars.why().message);
  if (auto made = make_state_folder(machine, given.state_dir); !made)
    return line.fail(exit_code::state_unusable,
                     "state folder: " + made.why().message);
  run_request request;
  request.host_name = given.choice.host;
  request.options = std::move(*settings);
  request.packed = given.choice.packed;
  request.given_settings = given_settings(given);
  request.extra_vars = std::move(*vars);
  request.tags = given.tags;
  request.skip_tags = given.skip_tags;
  request.verbosity = line.verbosity;
  request.state_directory = given.state_dir;
  auto what
    = prepare(text->text, text->source, std::move(request), line.machine);
  if (!what) {
    // Already names its file and every problem.
    line.code = exit_code::invalid_plan;
    line.err->write(what.why().message + "\n");
    return;
  }
  line.log_level = what->ctx->options.log_level;
  line.clean_up = what->ctx->options.cleanup_on_completion;
  for (auto& each : what->warnings)
    line.warn(each);
  line.inform(fmt::format("run {} of {} as host {}, {} tasks, {} at once",
                          what->ctx->run_id, what->ctx->what->source,
                          what->ctx->what->host, what->ctx->what->task_count(),
                          what->ctx->options.parallel_tasks));

  std::vector<std::shared_ptr<event_writer>> writers;
  writers.push_back(view_for(given, *what, line));
  if (line.log_level == "debug")
    writers.push_back(std::make_shared<trace_writer>(line.err));
  std::vector<std::shared_ptr<report_writer>> reports;
  auto add_report = [&](const std::string& path) {
    reports.push_back(std::make_shared<report_writer>(line.machine, path));
    writers.push_back(reports.back());
  };
  if (!given.report.empty())
    add_report(given.report);
  auto record = given.state_dir.empty()
                  ? std::string{}
                  : given.state_dir + "/" + what->ctx->run_id + ".json";
  if (!record.empty())
    add_report(record);
  std::shared_ptr<junit_writer> junit;
  if (!given.junit.empty()) {
    junit = std::make_shared<junit_writer>(line.machine, given.junit);
    writers.push_back(junit);
  }
  auto outcome = execute(*what, std::move(writers),
                         [&](run_handle& run) { relay.attach(&run); });
  relay.attach(nullptr);
  line.code = code_for(outcome, given);
  if (!outcome.broken.empty())
    line.fail(exit_code::internal, outcome.broken);
  if (!outcome.no_state.empty())
    line.fail(exit_code::state_unusable, outcome.no_state);
  for (auto& each : reports)
    if (!each->trouble().empty())
      line.fail(exit_code::exhausted, "report: " + each->trouble());
  if (junit && !junit->trouble().empty())
    line.fail(exit_code::exhausted, "report: " + junit->trouble());
  if (line.code == exit_code::ok && !record.empty()
      && what->ctx->options.cleanup_on_completion)
    if (auto gone = machine.files().remove(record); !gone)
      line.warn(gone.why().message);
}

void add_run_options(option_list& to, run_options& given, command_line& line) {
  given.choice.add_options_to(to);
  option_list more{
    {.names = "--parallel",
     .help = "How many tasks run at once where the plan allows it",
     .to = &given.parallel,
     .least = 1,
     .most = 1024},
    {.names = "--sequential",
     .help = "One task at a time",
     .to = &given.sequential,
     .excludes = {"--parallel"}},
    {.names = "--check",
     .help = "Predict changes, make none",
     .to = &given.check},
    {.names = "--diff",
     .help = "Show what changes in files",
     .to = &given.diff},
    {.names = "--detailed-exitcode",
     .help = "With --check: exit with 3 when something would change",
     .to = &given.detailed_exitcode},
    {.names = "--tags",
     .help = "Only tasks with one of these tags",
     .to = &given.tags,
     .comma = true},
    {.names = "--skip-tags",
     .help = "No task with one of these tags",
     .to = &given.skip_tags,
     .comma = true},
    {.names = "--policy",
     .help = "What a failed task means: abort or continue",
     .to = &given.policy,
     .choices = {"abort", "continue", "rollback"}},
    {.names = "--output",
     .help = "How to show the run; text when not given",
     .to = &given.output,
     .choices = {"text", "live", "ndjson", "quiet"}},
    {.names = "--report",
     .help = "Write a JSON report to this file",
     .to = &given.report},
    {.names = "--junit",
     .help = "Write JUnit XML to this file",
     .to = &given.junit},
    {.names = "--state-dir",
     .help = "Folder for the run's record and the facts cache",
     .to = &given.state_dir},
    {.names = "-q,--quiet",
     .help = "Say nothing unless a task fails",
     .to = &given.quiet},
    {.names = "-v,--verbose",
     .help = "Show more; up to -vvv",
     .to = &line.verbosity},
  };
  to.insert(to.end(), more.begin(), more.end());
}

void add_run(CLI::App& app, command_line& line) {
  auto given = std::make_shared<run_options>();
  auto* run = app.add_subcommand("run", "Run a plan on this host");
  run->footer("Examples:\n"
              "  troupe run site.json\n"
              "  troupe run site.json --check --diff\n"
              "  troupe run site.json -e version=1.2 -e @vars.yaml --tags web\n"
              "  generate-plan | troupe run - --output ndjson");
  given->choice.add_plan_to(*run);
  option_list options;
  add_run_options(options, *given, line);
  add_options(*run, options);
  run->callback([given, &line] { run_plan(*given, line); });
}

} // namespace troupe
