#include "config/settings.hpp"

#include "config/plan/policy_reader.hpp"
#include "config/value/duration.hpp"
#include "config/value/json.hpp"
#include "config/value/nearest.hpp"
#include "platform/transport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace troupe {

namespace {

/// One setting: how it is read, and how it is shown.
struct setting_row {
  const char* name;
  const char* help;
  /// Empty when it was taken, otherwise what was expected.
  std::function<std::string(settings&, const value&)> read;
  std::function<std::string(const settings&)> show;
};

std::string take_duration(std::chrono::nanoseconds& to, const value& x) {
  auto got = parse_duration(x);
  if (!got)
    return got.why().message;
  to = *got;
  return {};
}

std::string expected(const char* what, const value& x) {
  return fmt::format("expected {}, found {}", what, to_json(x));
}

std::string take_flag(bool& to, const value& x) {
  auto word = x.text_or("");
  if (x.is_bool())
    to = x.as_bool();
  else if (word == "true" || word == "yes" || word == "on" || word == "1")
    to = true;
  else if (word == "false" || word == "no" || word == "off" || word == "0")
    to = false;
  else
    return expected("true or false", x);
  return {};
}

std::optional<int64_t> whole_number(const value& x) {
  if (x.to_int())
    return x.to_int();
  auto parsed = parse_json(x.text_or("null"));
  return parsed ? parsed->to_int() : std::nullopt;
}

template <auto Member>
setting_row duration_row(const char* name, const char* help) {
  return {
    name, help,
    [](settings& s, const value& x) { return take_duration(s.*Member, x); },
    [](const settings& s) {
      return (s.*Member).count() == 0 ? "none" : format_duration(s.*Member);
    }};
}

template <auto Member>
setting_row flag_row(const char* name, const char* help) {
  return {name, help,
          [](settings& s, const value& x) { return take_flag(s.*Member, x); },
          [](const settings& s) { return s.*Member ? "true" : "false"; }};
}

template <auto Member>
setting_row number_row(const char* name, const char* help, int64_t least,
                       int64_t most) {
  return {name, help,
          [=](settings& s, const value& x) -> std::string {
            auto n = whole_number(x);
            if (!n || *n < least || *n > most)
              return fmt::format("expected a whole number from {} to {}, "
                                 "found {}",
                                 least, most, to_json(x));
            using target = std::remove_reference_t<decltype(s.*Member)>;
            s.*Member = static_cast<target>(*n);
            return {};
          },
          [](const settings& s) { return fmt::format("{}", s.*Member); }};
}

std::string take_endpoint(settings& s, const value& x) {
  auto word = x.text_or("");
  auto at = parse_endpoint(word);
  bool none = x.is_null() || (x.is_text() && word.empty());
  if (!none && (!at || at->port == 0))
    return expected("HOST:PORT", x);
  s.controller_endpoint = word;
  return {};
}

std::string take_log_level(settings& s, const value& x) {
  static const std::vector<std::string> levels{"error", "warning", "info",
                                               "debug"};
  std::string word{x.text_or("")};
  if (word == "warn")
    word = "warning";
  if (word == "trace")
    word = "debug";
  if (std::find(levels.begin(), levels.end(), word) == levels.end())
    return expected("error, warning, info or debug", x);
  s.log_level = word;
  return {};
}

std::string take_retry(settings& s, const value& x) {
  auto given = x;
  if (x.is_text()) {
    auto parsed = parse_json(x.as_string());
    if (!parsed)
      return parsed.why().message;
    given = *parsed;
  }
  if (given.is_null()) {
    s.retry = std::nullopt;
    return {};
  }
  problems found;
  input_file file{nullptr, found};
  auto policy = read_retry_policy(given, file);
  if (!found.empty())
    return found.front().message;
  s.retry = policy;
  return {};
}

std::string show_retry(const settings& s) {
  if (!s.retry)
    return "none";
  static const char* names[] = {"fixed", "linear", "exponential"};
  return fmt::format("{} attempts, {} apart, {}", s.retry->max_attempts,
                     format_duration(s.retry->delay),
                     names[static_cast<size_t>(s.retry->backoff)]);
}

std::string take_policy(settings& s, const value& x) {
  auto word = x.text_or("");
  if (word == "abort" || word == "Abort")
    s.on_failure = failure_policy::abort;
  else if (word == "continue" || word == "Continue")
    s.on_failure = failure_policy::proceed;
  else if (word == "rollback" || word == "Rollback")
    s.on_failure = failure_policy::rollback;
  else
    return expected("abort, continue or rollback", x);
  return {};
}

const std::vector<setting_row>& rows() {
  static const std::vector<setting_row> table{
    {"controller_endpoint", "host and port of a controller to tell of the run",
     take_endpoint,
     [](const settings& s) {
       return s.controller_endpoint.empty() ? "none" : s.controller_endpoint;
     }},
    flag_row<&settings::require_controller>(
      "require_controller", "run nothing while the controller is away"),
    duration_row<&settings::controller_timeout>(
      "controller_timeout", "how long a required controller is waited for"),
    duration_row<&settings::execution_timeout>("execution_timeout",
                                               "the whole run ends after this"),
    duration_row<&settings::task_timeout>(
      "task_timeout", "an attempt ends after this unless its task says more"),
    duration_row<&settings::report_interval>(
      "report_interval", "time between two updates of a live view"),
    flag_row<&settings::cleanup_on_completion>(
      "cleanup_on_completion", "remove the run's record when it ended well"),
    {"log_level", "error, warning, info or debug", take_log_level,
     [](const settings& s) { return s.log_level; }},
    flag_row<&settings::check_mode>("check_mode", "predict changes, make none"),
    flag_row<&settings::diff_mode>("diff_mode", "show what changes in files"),
    number_row<&settings::parallel_tasks>(
      "parallel_tasks", "how many tasks run at once", 1, 1024),
    duration_row<&settings::facts_cache_ttl>(
      "facts_cache_ttl", "how long collected facts count as fresh"),
    {"retry_policy", "for tasks without one of their own", take_retry,
     show_retry},
    {"failure_policy", "abort, continue or rollback", take_policy,
     [](const settings& s) -> std::string {
       if (!s.on_failure)
         return "abort (continue where tasks name dependencies)";
       return *s.on_failure == failure_policy::abort     ? "abort"
              : *s.on_failure == failure_policy::proceed ? "continue"
                                                         : "rollback";
     }},
    flag_row<&settings::durable>("durable", "sync replaced files to the disk"),
    number_row<&settings::output_limit>(
      "output_limit", "bytes kept of what a task prints, per stream", 1024,
      int64_t{1} << 30),
    number_row<&settings::plan_size_limit>(
      "plan_size_limit", "bytes of a plan in JSON, in YAML a quarter", 1024,
      int64_t{1} << 32),
    number_row<&settings::plan_depth_limit>(
      "plan_depth_limit", "levels of nesting in a plan", 8, most_nesting),
    number_row<&settings::plan_text_limit>(
      "plan_text_limit", "bytes of one text in a plan", 1024, int64_t{1} << 32),
    number_row<&settings::plan_alias_limit>(
      "plan_alias_limit", "nodes that aliases may add to a plan in YAML", 0,
      10'000'000),
    number_row<&settings::plan_task_limit>(
      "plan_task_limit", "tasks of a plan; tasks that inclusions add to a run",
      1, 100'000'000),
    number_row<&settings::plan_stream_size>(
      "plan_stream_size", "bytes from which a plan's tasks stay in its file", 0,
      int64_t{1} << 32),
    number_row<&settings::template_output_limit>(
      "template_output_limit", "bytes that a template may print", 1024,
      int64_t{1} << 32),
    number_row<&settings::template_step_limit>(
      "template_step_limit", "rounds of all loops of a template", 1000,
      int64_t{1} << 40),
    number_row<&settings::template_depth_limit>(
      "template_depth_limit", "templates, macros and variables in each other",
      10, 200),
    number_row<&settings::template_match_limit>(
      "template_match_limit", "steps of a regular expression to a match", 1000,
      int64_t{1} << 31),
    duration_row<&settings::template_time_limit>(
      "template_time_limit", "an evaluation ends with an error after this"),
  };
  return table;
}

const setting_row* find_row(std::string_view name) {
  for (auto& row : rows())
    if (row.name == name)
      return &row;
  return nullptr;
}

} // namespace

const char* to_string(setting_origin origin) {
  switch (origin) {
  case setting_origin::built_in:
    return "default";
  case setting_origin::file:
    return "file";
  case setting_origin::environment:
    return "environment";
  case setting_origin::plan:
    return "plan";
  case setting_origin::payload:
    return "payload";
  case setting_origin::command_line:
    return "command line";
  }
  return "default";
}

settings_builder::settings_builder() = default;

settings_builder::trouble
settings_builder::apply_one(const std::string& name, const value& x,
                            setting_origin origin, const std::string& where) {
  auto* row = find_row(name);
  if (!row) {
    std::vector<std::string> names;
    for (auto& each : rows())
      names.push_back(each.name);
    return {
      fmt::format("unknown setting '{}'{}", name, did_you_mean(name, names)),
      {}};
  }
  // Its limits have been applied to it by now.
  if (name.starts_with("plan_") && origin >= setting_origin::plan
      && origin != setting_origin::command_line)
    return {fmt::format("'{}' says how plans are read; set it in a file or in "
                        "the environment",
                        name),
            {}};
  auto wrong = row->read(current_, x);
  if (!wrong.empty())
    return {{}, fmt::format("'{}': {}", name, wrong)};
  sources_[name] = {origin, where};
  return {};
}

void settings_builder::apply(const dict& given, setting_origin origin,
                             const std::string& where, problems& out) {
  input_file file{std::make_shared<const std::string>(where), out};
  for (auto& [key, x] : given) {
    auto name = key.is_text() ? key.as_string() : to_json(key);
    auto found = apply_one(name, x, origin, where);
    if (!found.with_name.empty())
      file.refuse(key, found.with_name);
    if (!found.with_value.empty())
      file.refuse(x, found.with_value);
  }
}

std::string environment_name(std::string_view setting) {
  std::string out = "TROUPE_";
  for (char c : setting)
    out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

void settings_builder::apply_environment(
  const std::function<const char*(const std::string&)>& lookup, problems& out) {
  for (auto& row : rows()) {
    auto variable = environment_name(row.name);
    auto* given = lookup(variable);
    if (!given)
      continue;
    auto found = apply_one(row.name, value{given}, setting_origin::environment,
                           variable);
    if (!found.with_value.empty())
      out.push_back({{std::make_shared<const std::string>(variable), {}},
                     found.with_value});
  }
}

std::vector<setting_line> settings_builder::lines() const {
  std::vector<setting_line> out;
  for (auto& row : rows()) {
    setting_line line{
      row.name, row.show(current_), setting_origin::built_in, {}, row.help};
    if (auto known = sources_.find(row.name); known != sources_.end()) {
      line.origin = known->second.origin;
      line.where = known->second.where;
    }
    out.push_back(std::move(line));
  }
  return out;
}

} // namespace troupe
