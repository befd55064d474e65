#include "actors/cli/command_line.hpp"

#include "config/plan/plan_reader.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"
#include "platform/input.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

// More than any setting allows.
constexpr size_t plan_limit = size_t{4} << 30;
constexpr const char* default_config_files[]
  = {"/etc/troupe/config.json", "/etc/troupe/config.yaml"};

} // namespace

void command_line::say(std::string_view text) const {
  put(terminal_safe(text));
}

void command_line::put(std::string_view data) const {
  out->write(data);
}

void command_line::tell(std::string_view text) const {
  err->write(terminal_safe(text));
}

void command_line::fail(exit_code why, const std::string& message) {
  code = why;
  tell("troupe: " + message + "\n");
}

exit_code command_line::end() {
  auto failed = out->failure();
  if (!failed)
    return code;
  auto before = code;
  fail(exit_code::exhausted, failed->message);
  // It stands above what a run or a plan came to: see docs/exit-codes.md.
  if (before > exit_code::invalid_plan)
    code = before;
  return code;
}

void command_line::warn(const std::string& message) {
  if (log_level != "error")
    tell("troupe: warning: " + message + "\n");
}

void command_line::inform(const std::string& message) {
  if (log_level == "info" || log_level == "debug")
    tell("troupe: " + message + "\n");
}

const std::vector<command_adder>& commands() {
  static const std::vector<command_adder> table{
    add_run,    add_resume,  add_runs,     add_undo, add_validate,
    add_facts,  add_modules, add_template, add_eval, add_graph,
    add_config, add_pack,    add_deploy,   add_key,  add_completion};
  return table;
}

void add_options(CLI::App& command, const option_list& options) {
  for (auto& each : options) {
    auto* added = std::visit(
      [&](auto* to) {
        using target = std::remove_pointer_t<decltype(to)>;
        if constexpr (std::is_same_v<target,
                                     bool> || std::is_same_v<target, int>)
          return command.add_flag(each.names, *to, each.help);
        else
          return command.add_option(each.names, *to, each.help);
      },
      each.to);
    if (!each.choices.empty())
      added->check(CLI::IsMember(each.choices));
    if (each.most > 0)
      added->check(CLI::Range(each.least, each.most));
    if (each.comma)
      added->delimiter(',');
    if (std::holds_alternative<std::vector<std::string>*>(each.to))
      added->allow_extra_args(false);
    if (!each.environment.empty())
      added->envname(each.environment);
  }
  for (auto& each : options)
    for (auto& other : each.excludes)
      command.get_option(each.long_name())->excludes(command.get_option(other));
}

void plan_choice::add_to(CLI::App& command) {
  add_plan_to(command);
  option_list options;
  add_options_to(options);
  add_options(command, options);
}

void plan_choice::add_plan_to(CLI::App& command) {
  command
    .add_option("PLAN", plan,
                "The plan: a JSON or YAML file, or - for "
                "standard input")
    ->required();
}

void plan_choice::add_options_to(option_list& to) {
  to.push_back(
    {.names = "--host", .help = "Name of this host in the plan", .to = &host});
  to.push_back({.names = "--config",
                .help = "Settings to use instead of /etc/troupe/config.json",
                .to = &config_file});
  to.push_back({.names = "-e,--extra-vars",
                .help = "KEY=VALUE, JSON, or @FILE with JSON or YAML; wins "
                        "over every other variable",
                .to = &extra_vars});
}

result<plan_text> read_plan_text(host& machine, const std::string& plan) {
  if (plan == "-") {
    auto text = read_standard_input(plan_limit);
    if (!text)
      return text.why();
    return plan_text{std::move(*text), "<stdin>"};
  }
  auto text = machine.files().read_stream(plan, plan_limit);
  if (!text)
    return text.why();
  return plan_text{std::move(*text), plan};
}

result<value> parse_table(const std::string& text, const std::string& source) {
  auto document = parse_plan(text, source);
  if (!document)
    return document.why();
  if (!document->is_dict())
    return error{
      errc::invalid_argument,
      fmt::format("{}: expected an object of names and values", source)};
  return document;
}

result<dict> read_extra_vars(host& machine,
                             const std::vector<std::string>& given,
                             dict below) {
  auto out = std::move(below);
  auto merge = [&](const dict& from) {
    for (auto& [key, x] : from)
      out.set(key, x);
  };
  for (auto& each : given) {
    if (each.starts_with('@')) {
      auto text = machine.files().read_stream(each.substr(1), plan_limit);
      if (!text)
        return text.why();
      auto table = parse_table(*text, each.substr(1));
      if (!table)
        return table.why();
      merge(table->as_dict());
    } else if (each.starts_with('{')) {
      auto table = parse_table(each, "--extra-vars");
      if (!table)
        return table.why();
      merge(table->as_dict());
    } else if (auto sign = each.find('=');
               sign != std::string::npos && sign > 0) {
      out.set(each.substr(0, sign), each.substr(sign + 1));
    } else {
      return error{errc::invalid_argument,
                   fmt::format("--extra-vars: expected KEY=VALUE, JSON or "
                               "@FILE, found '{}'",
                               each)};
    }
  }
  return out;
}

result<settings_builder> read_settings(host& machine,
                                       const std::string& config_file) {
  settings_builder builder;
  problems found;
  auto file = config_file;
  if (file.empty())
    file = machine.variable("TROUPE_CONFIG").value_or("");
  bool asked = !file.empty();
  for (auto* each : default_config_files)
    if (file.empty() && machine.files().access(each, "r"))
      file = each;
  if (!file.empty()) {
    auto text = machine.files().read_stream(file);
    if (!text && asked)
      return text.why();
    if (text) {
      auto table = parse_table(*text, file);
      if (!table)
        return table.why();
      builder.apply(table->as_dict(), setting_origin::file, file, found);
    }
  }
  if (!found.empty()) {
    auto message = format_problems(found, file);
    message.pop_back();
    return error{errc::invalid_argument, std::move(message)};
  }
  std::string kept;
  builder.apply_environment(
    [&](const std::string& name) -> const char* {
      auto x = machine.variable(name);
      if (!x)
        return nullptr;
      kept = *x;
      return kept.c_str();
    },
    found);
  if (!found.empty()) {
    auto message = format_problems(found, "environment");
    message.pop_back();
    return error{errc::invalid_argument, std::move(message)};
  }
  return builder;
}

std::optional<prepared_run> prepare_choice(const plan_choice& choice,
                                           command_line& line) {
  auto& machine = *line.machine;
  auto text = read_plan_text(machine, choice.plan);
  if (!text) {
    line.fail(exit_code::invalid_plan, text.why().message);
    return std::nullopt;
  }
  run_request request;
  request.host_name = choice.host;
  auto settings = read_settings(machine, choice.config_file);
  if (!settings) {
    line.fail(exit_code::invalid_plan, settings.why().message);
    return std::nullopt;
  }
  request.options = std::move(*settings);
  request.packed = choice.packed;
  auto vars = read_extra_vars(machine, choice.extra_vars, choice.packed.vars);
  if (!vars) {
    line.fail(exit_code::usage, vars.why().message);
    return std::nullopt;
  }
  request.extra_vars = std::move(*vars);
  auto what
    = prepare(text->text, text->source, std::move(request), line.machine);
  if (!what) {
    line.code = exit_code::invalid_plan;
    line.tell(what.why().message + "\n");
    return std::nullopt;
  }
  return std::move(*what);
}

bool wants_colour(const output& to, host& machine) {
  auto forced = machine.variable("FORCE_COLOR").value_or("");
  if (!forced.empty() && forced != "0")
    return true;
  return to.is_terminal() && machine.variable("NO_COLOR").value_or("").empty()
         && machine.variable("TERM").value_or("") != "dumb";
}

} // namespace troupe
