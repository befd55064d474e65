#include "actors/cli/command_line.hpp"

#include "config/value/line_breaks.hpp"
#include "config/value/nearest.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace troupe {

void command_line::say(std::string_view text) const {
  put(terminal_safe(text));
}

void command_line::say_in_lines(std::string_view text) const {
  auto safe = terminal_safe(text);
  put(out->is_terminal() ? in_columns(safe, out->terminal_size().columns)
                         : safe);
}

void command_line::put(std::string_view data) const {
  out->write(data);
}

void command_line::tell(std::string_view text) const {
  auto safe = terminal_safe(text);
  err->write(err->is_terminal()
               ? sentences_in_columns(safe, err->terminal_size().columns)
               : safe);
}

void command_line::fail(exit_code why, const std::string& message) {
  code = why;
  tell(blames_as + message + "\n");
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
    tell(blames_as + message + "\n");
}

CLI::Validator one_of(const std::vector<std::string>& choices) {
  return {[choices](const std::string& given) {
            bool known = std::find(choices.begin(), choices.end(), given)
                         != choices.end();
            return known ? std::string{}
                         : fmt::format("expected one of {}, found '{}'{}",
                                       fmt::join(choices, ", "), given,
                                       did_you_mean(given, choices));
          },
          fmt::format("{}", fmt::join(choices, "|"))};
}

CLI::Validator not_empty() {
  return {[](const std::string& given) {
            return given.empty() ? "the value is empty" : std::string{};
          },
          ""};
}

namespace {

CLI::Validator whole_number(unsigned least, unsigned most) {
  return {[least, most](const std::string& given) {
            unsigned number = 0;
            auto* end = given.data() + given.size();
            auto [at, code] = std::from_chars(given.data(), end, number);
            if (code == std::errc{} && at == end && number >= least
                && number <= most)
              return std::string{};
            return fmt::format("expected a whole number from {} to {}, found "
                               "'{}'",
                               least, most, given);
          },
          ""};
}

} // namespace

std::span<const command_entry> commands() {
  static constexpr command_entry table[]{
    {"run", add_run},
    {"do", add_do},
    {"resume", add_resume},
    {"runs", add_runs},
    {"report", add_report},
    {"undo", add_undo},
    {"validate", add_validate},
    {"lint", add_lint},
    {"facts", add_facts},
    {"modules", add_modules},
    {"template", add_template},
    {"eval", add_eval},
    {"graph", add_graph},
    {"config", add_config},
    {"pack", add_pack},
    {"deploy", add_deploy},
    {"inventory", add_inventory},
    {"vault", add_vault},
    {"key", add_key},
    {"completion", add_completion},
    {"help", add_help},
  };
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
      added->check(one_of(each.choices));
    if (!each.may_be_empty())
      added->check(not_empty());
    if (each.most > 0) {
      added->check(whole_number(each.least, each.most));
      added->type_name("N");
    }
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
                "The plan or playbook: a JSON or YAML file, or - for "
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
  vault.add_to(to);
}

void plan_choice::add_inventories_to(option_list& to) {
  to.push_back({.names = "-i,--inventory",
                .help = "Hosts of a playbook, as for run",
                .to = &inventories});
}

bool wants_colour(const output& to, host& machine) {
  auto forced = machine.variable("FORCE_COLOR").value_or("");
  if (!forced.empty() && forced != "0")
    return true;
  return to.is_terminal() && machine.variable("NO_COLOR").value_or("").empty()
         && machine.variable("TERM").value_or("") != "dumb";
}

} // namespace troupe
