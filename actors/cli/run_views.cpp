#include "actors/cli/run_views.hpp"

#include "actors/cli/step_view.hpp"
#include "actors/report/ansible_writer.hpp"
#include "actors/report/event_form.hpp"
#include "actors/report/live_writer.hpp"
#include "actors/report/ndjson_writer.hpp"
#include "actors/report/report_writer.hpp"
#include "actors/report/text_writer.hpp"
#include "actors/report/trace_writer.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/value/utf8.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/plan/plan_sources.hpp"

#include <fmt/format.h>

#include <map>

namespace troupe {

namespace {

// Lines of --profile.
constexpr size_t slowest_shown = 20;

/// Tells only what failed, on standard error.
class failure_writer final : public event_writer {
public:
  /// `many`: there are several hosts, so each is named.
  failure_writer(std::shared_ptr<output> to, bool many)
      : to_{std::move(to)}, many_{many} {
  }

  bool wants(const run_event& event) const override {
    auto* ended = event.as<task_ended>();
    return (ended && ended->result->counts_as_failed())
           || event.as<task_rescued>() || event.as<run_ended>();
  }

  void on(const run_event& event) override {
    if (auto* rescued = event.as<task_rescued>()) {
      open_.erase({event.host, rescued->task});
      return;
    }
    if (auto* last = event.as<run_ended>()) {
      // A run may fail without any of its tasks, as when nobody knows whom a
      // play is for.
      if (last->failed && !told_ && open_.empty())
        to_->write(fmt::format("troupe: {}\n", terminal_words(last->message)));
      return;
    }
    auto& result = event.as<task_ended>()->result;
    if (result->has_rescue)
      open_[{event.host, result->id}] = result;
    else
      tell(event.host, *result);
  }

  void finish() override {
    for (auto& [where, result] : open_)
      tell(where.host, *result);
  }

private:
  void tell(const std::string& host, const task_result& result) {
    told_ = true;
    auto why = result.censored ? "(hidden by no_log)" : result.msg;
    to_->write(fmt::format(
      "troupe: {}task {} failed: {}\n",
      many_ ? fmt::format("[{}] ", terminal_line(host)) : std::string{},
      terminal_line(known_as(result)), terminal_words(why)));
  }

  std::shared_ptr<output> to_;
  bool many_;
  bool told_ = false;
  // What failed and may be rescued.
  std::map<running_task, result_ptr> open_;
};

/// Log level debug: every event as one line on standard error.
class debug_writer final : public event_writer {
public:
  explicit debug_writer(std::shared_ptr<output> to) : to_{std::move(to)} {
  }

  void on(const run_event& event) override {
    to_->write(fmt::format("troupe: {} #{} [{}] {} {}\n",
                           format_time(event.time), event.sequence,
                           terminal_line(event.host), kind_of(event),
                           terminal_line(subject_of(event))));
  }

private:
  std::shared_ptr<output> to_;
};

std::shared_ptr<event_writer> view_for(const view_options& given,
                                       const prepared_run& what,
                                       command_line& line,
                                       std::shared_ptr<output>& aside) {
  auto& machine = *line.machine;
  auto how = given.quiet ? std::string{"quiet"} : given.output;
  // Nothing can be redrawn where there is no terminal.
  if (how == "live" && !line.out->is_terminal())
    how = "text";
  if (how == "quiet")
    return std::make_shared<failure_writer>(line.err, what.starter != nullptr);
  if (how == "ansible") {
    std::vector<bool> elsewhere;
    if (!what.starter)
      for (auto& each : what.ctx->what->plays)
        elsewhere.push_back(each.elsewhere);
    ansible_writer::options shown{palette{wants_colour(*line.out, machine)},
                                  line.verbosity,
                                  what.ctx->options.diff_mode,
                                  79,
                                  what.ctx->what->plays.size(),
                                  std::move(elsewhere)};
    shown.check_mode = what.ctx->options.check_mode;
    shown.folder = machine.files().working_folder();
    shown.form.verbosity = line.verbosity;
    if (auto& said = what.ctx->ansible) {
      shown.shows_ok = said->flag("DISPLAY_OK_HOSTS");
      shown.shows_skipped = said->flag("DISPLAY_SKIPPED_HOSTS");
      shown.failures_aside = said->flag("DISPLAY_FAILED_STDERR");
      shown.shows_stats = said->flag("SHOW_CUSTOM_STATS");
      shown.settings_file = said->text("CONFIG_FILE");
      shown.task_paths = said->flag("SHOW_TASK_PATH_ON_FAILURE");
      shown.marks_checks = said->flag("CHECK_MODE_MARKERS");
      shown.form.yaml = said->text("RESULT_FORMAT") == "yaml";
      if (auto* pretty = said->all()->find("PRETTY_RESULTS");
          pretty && pretty->is_bool())
        shown.form.pretty = pretty->as_bool();
    }
    return std::make_shared<ansible_writer>(line.out, line.err,
                                            std::move(shown));
  }
  if (how == "ndjson")
    return std::make_shared<ndjson_writer>(line.out);
  result_style style{.colours = palette{wants_colour(*line.out, machine)},
                     .verbosity = line.verbosity,
                     .diff = what.ctx->options.diff_mode,
                     .alone = given.brief};
  if (how == "live") {
    auto live = std::make_shared<live_writer>(
      line.out, style,
      std::chrono::duration_cast<std::chrono::milliseconds>(
        what.ctx->options.report_interval),
      what.ctx->options.check_mode, what.ctx->board,
      line.out->is_terminal() ? listen_to_keys() : nullptr);
    if (line.err->is_terminal())
      aside = std::make_shared<live_aside>(line.err, live);
    return live;
  }
  // Files with Ansible's settings count for playbooks.
  std::optional<std::string> settings_file;
  if (auto& said = what.ctx->ansible;
      said && what.ctx->what->playbook && !given.brief)
    settings_file = said->text("CONFIG_FILE");
  return std::make_shared<text_writer>(
    line.out,
    text_writer::options{.result = style,
                         .columns = line.out->is_terminal()
                                      ? line.out->terminal_size().columns
                                      : any_columns,
                         .recap_columns = line.out->is_terminal()
                                            ? line.out->terminal_size().columns
                                            : unsigned{200},
                         .dry = what.ctx->options.check_mode,
                         .settings_file = std::move(settings_file),
                         .brief = given.brief,
                         .profile = given.profile ? slowest_shown : size_t{0}});
}

trace_format format_of_trace(const view_options& given) {
  bool otlp = given.trace_format.empty() ? given.trace.ends_with(".otlp.json")
                                         : given.trace_format == "otlp";
  return otlp ? trace_format::otlp : trace_format::chrome;
}

} // namespace

void view_options::add_to(option_list& to) {
  to.push_back({.names = "--output",
                .help = "How to show the run; text when not given",
                .to = &output,
                .choices = {"text", "live", "ndjson", "quiet"}});
  to.push_back({.names = "--report",
                .help = "Write a JSON report to this file",
                .to = &report});
  to.push_back(
    {.names = "--junit", .help = "Write JUnit XML to this file", .to = &junit});
  to.push_back({.names = "--trace",
                .help = "Write how long everything took to this file, for "
                        "viewers of traces",
                .to = &trace});
  to.push_back({.names = "--trace-format",
                .help = "How to write it; otlp for files that end in "
                        ".otlp.json, chrome for others, when not given",
                .to = &trace_format,
                .choices = {"otlp", "chrome"}});
  to.push_back({.names = "--profile",
                .help = "List the slowest tasks at the end",
                .to = &profile});
  to.push_back({.names = "-q,--quiet",
                .help = "Say nothing unless a task fails",
                .to = &quiet,
                .excludes = {"--output", "--profile"}});
}

namespace {

std::vector<named_file> outputs_of(const view_options& given) {
  return {{"--report", given.report},
          {"--junit", given.junit},
          {"--trace", given.trace}};
}

} // namespace

result<void> check_sources(const view_options& given, const prepared_run& what,
                           host& machine) {
  auto& files = machine.files();
  auto outputs = outputs_of(given);
  // What is not there yet takes no place. Looking for sources takes a while.
  std::erase_if(outputs, [&](auto& each) {
    return each.path.empty() || !files.access(each.path, "");
  });
  auto& ctx = *what.ctx;
  auto here = files.real_path(".");
  auto plan = files.real_path(ctx.what->source);
  if (outputs.empty() || !here || !plan)
    return {};
  auto sources = find_plan_sources(
    *ctx.what, {machine, *ctx.templates, *ctx.known_modules, parent_of(*plan),
                *here, ctx.extra_vars ? *ctx.extra_vars : dict{}});
  std::vector<named_file> inputs;
  for (auto& [place, path] : sources.files)
    inputs.push_back({"a file of the plan", path});
  return keep_apart(outputs, inputs, machine);
}

result<open_outputs> check_paths(const view_options& given,
                                 const std::vector<named_file>& inputs,
                                 const std::string& state, host& machine) {
  auto outputs = outputs_of(given);
  if (given.trace.empty() && !given.trace_format.empty())
    return error{errc::invalid_argument,
                 "--trace-format says how --trace writes its file: give both"};
  for (auto& each : outputs) {
    if (each.path == "-")
      return error{errc::invalid_argument,
                   fmt::format("{}: standard output has the run itself: name a "
                               "file, or use --output ndjson",
                               each.what)};
  }
  if (auto fine = keep_out(outputs, state, machine); !fine)
    return fine.why();
  if (auto fine = keep_apart(outputs, inputs, machine); !fine)
    return fine.why();
  open_outputs out;
  for (auto& each : outputs) {
    if (each.path.empty())
      continue;
    auto open = check_writable(each, machine);
    if (!open)
      return open.why();
    out.push_back(std::move(*open));
  }
  return out;
}

run_views::run_views(const view_options& given, const prepared_run& what,
                     command_line& line)
    : aside_{line.err} {
  auto shown = view_for(given, what, line, aside_);
  if (auto& gate = what.ctx->gate)
    shown = std::make_shared<step_view>(std::move(shown), gate);
  writers_.push_back(std::move(shown));
  if (line.log_level == "debug")
    writers_.push_back(std::make_shared<debug_writer>(aside_));
  if (!given.report.empty())
    add("report", std::make_shared<report_writer>(line.machine, given.report));
  if (!given.junit.empty())
    add("report", std::make_shared<junit_writer>(line.machine, given.junit));
  if (!given.trace.empty())
    add("trace", std::make_shared<trace_writer>(line.machine, given.trace,
                                                format_of_trace(given),
                                                blocks_of(*what.ctx->what)));
  for (auto& [name, each] : files_)
    each->spare(what.ctx->templates->options().sources);
}

void run_views::add(const char* name, std::shared_ptr<file_writer> writer) {
  writers_.push_back(writer);
  files_.emplace_back(name, std::move(writer));
}

void run_views::tell_trouble(command_line& line) const {
  for (auto& [name, each] : files_) {
    if (!each->trouble().empty())
      line.fail(exit_code::exhausted,
                fmt::format("{}: {}", name, each->trouble()));
    if (!each->remark().empty())
      line.warn(fmt::format("{}: {}", name, each->remark()));
  }
}

} // namespace troupe
