#include "actors/cli/usage.hpp"

#include "config/value/line_breaks.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <sstream>

namespace troupe {

namespace {

// Of a line on a terminal.
constexpr size_t line_width = 80;

class help_format final : public CLI::Formatter {
public:
  /// `narrow`: whoever prints it breaks its lines.
  explicit help_format(bool narrow) : narrow_{narrow} {
  }

  std::string make_option_opts(const CLI::Option* option) const override {
    std::string out;
    if (!option->get_option_text().empty())
      return " " + option->get_option_text();
    if (option->get_type_size() == 0)
      return out;
    if (auto type = option->get_type_name(); !type.empty())
      out += " " + get_label(type);
    if (auto usual = option->get_default_str(); !usual.empty())
      out += "=" + usual;
    if (option->get_expected_max() == CLI::detail::expected_max_vector_size)
      out += " ...";
    if (option->get_required())
      out += " " + get_label("REQUIRED");
    return out;
  }

  std::string make_option_desc(const CLI::Option* option) const override {
    if (narrow_)
      return option->get_description();
    auto most = line_width - std::min(get_column_width(), line_width / 2);
    std::string out;
    size_t used = 0;
    std::istringstream words{option->get_description()};
    for (std::string word; words >> word; used += word.size()) {
      bool fits = used + 1 + word.size() < most;
      if (used > 0)
        out += fits ? ' ' : '\n';
      used = fits && used > 0 ? used + 1 : 0;
      out += word;
    }
    return out;
  }

private:
  bool narrow_;
};

/// The command that was chosen; `app` itself when there was none.
const CLI::App& chosen(const CLI::App& app) {
  auto parsed = app.get_subcommands();
  return parsed.empty() ? app : *parsed.back();
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (auto* each : app.get_subcommands({}))
    names.push_back(each->get_name());
  return names;
}

std::string full_name(const CLI::App& command) {
  auto* parent = command.get_parent();
  return parent ? parent->get_name() + " " + command.get_name()
                : command.get_name();
}

std::string unknown_option(const CLI::App& command, const std::string& word) {
  auto name = word.substr(0, word.find('='));
  auto text = fmt::format("'{}' has no option {}", full_name(command), name);
  if (command.get_option_no_throw("ARGUMENTS"))
    return text + ": what is for the task goes into quotes, or behind --";
  if (auto* check = command.get_option_no_throw("--check");
      check && name == "--dry-run")
    return text + ": what would change is said with --check";
  // One letter is near to every other.
  if (name.starts_with("--"))
    text += did_you_mean(name, option_names(command));
  return text;
}

std::string not_expected(const CLI::App& command, const std::string& word) {
  if (word.size() > 1 && word.starts_with('-'))
    return unknown_option(command, word);
  if (!command.get_parent())
    return fmt::format("there is no command '{}'{}", word,
                       did_you_mean(word, command_names(command)));
  auto text = fmt::format("'{}' is not expected", word);
  auto* plan = command.get_option_no_throw("PLAN");
  if (plan && plan->get_items_expected_max() == 1 && plan->count() > 0)
    text += ": there is room for one plan; for several, give each a command of "
            "its own, or a playbook with an import_playbook for each";
  return text;
}

/// That an option was given more often than it may be; empty: none was.
std::string given_too_often(const CLI::App& command) {
  for (auto* each : command.get_options()) {
    auto most
      = static_cast<size_t>(std::max(each->get_items_expected_max(), 0));
    if (each->get_positional() || most == 0 || each->count() <= most)
      continue;
    std::vector<std::string> names;
    for (auto& name : each->get_lnames())
      names.push_back("--" + name);
    for (auto& name : each->get_snames())
      names.push_back("-" + name);
    return fmt::format("{} is given {} times, and means one value: give it "
                       "once",
                       fmt::join(names, " or "), each->count());
  }
  return {};
}

/// How a plan is run whose name stands in place of a command; empty: none does.
std::string instead_of_command(const CLI::App& command, host& machine) {
  auto extras = command.remaining();
  if (command.get_parent() || extras.empty() || extras.front().starts_with('-'))
    return {};
  auto there = machine.files().status(extras.front(), true);
  return there && *there && (*there)->kind == file_kind::regular
           ? fmt::format("; to run the file: troupe run {}", extras.front())
           : std::string{};
}

std::string first_sentence(const CLI::App& command,
                           const CLI::ParseError& problem) {
  if (dynamic_cast<const CLI::ExtrasError*>(&problem) != nullptr)
    if (auto extras = command.remaining(); !extras.empty())
      return not_expected(command, extras.front());
  // What is missing may be what an option that there is not would have been.
  if (dynamic_cast<const CLI::RequiredError*>(&problem) != nullptr)
    for (auto& each : command.remaining())
      if (each.size() > 1 && each.starts_with('-'))
        return unknown_option(command, each);
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&problem) != nullptr)
    if (auto words = given_too_often(command); !words.empty())
      return words;
  if (!command.get_parent()) {
    // That a command is missing is the least of it.
    if (auto extras = command.remaining(); !extras.empty())
      return not_expected(command, extras.front());
    return "expected a command";
  }
  if (dynamic_cast<const CLI::RequiredError*>(&problem) != nullptr
      && command.get_subcommands().empty())
    if (auto names = command_names(command); !names.empty()) {
      auto extras = command.remaining();
      return fmt::format(
        "'{}' needs one of {}{}", full_name(command), fmt::join(names, ", "),
        extras.empty() ? "" : did_you_mean(extras.front(), names));
    }
  return problem.what();
}

} // namespace

std::shared_ptr<CLI::FormatterBase> make_help_format(const output& to) {
  return std::make_shared<help_format>(
    to.is_terminal() && to.terminal_size().columns < usual_columns);
}

std::string usage_line(const CLI::App& command) {
  auto out = full_name(command);
  if (!command.get_parent())
    return out + " COMMAND [OPTIONS]";
  out += " [OPTIONS]";
  for (auto* each : command.get_options()) {
    if (!each->get_positional())
      continue;
    auto name = each->get_name(true);
    auto many = each->get_items_expected_max() > 1 ? "..." : "";
    out += each->get_required() ? fmt::format(" {}{}", name, many)
                                : fmt::format(" [{}{}]", name, many);
  }
  return out;
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (auto* each : command.get_options()) {
    for (auto& name : each->get_lnames())
      names.push_back("--" + name);
    for (auto& name : each->get_snames())
      names.push_back("-" + name);
  }
  return names;
}

std::string usage_sentence(const CLI::App& app,
                           const CLI::ParseError& problem) {
  return first_sentence(chosen(app), problem);
}

std::string explain_usage(const CLI::App& app, const CLI::ParseError& problem,
                          host& machine) {
  auto& command = chosen(app);
  auto help = command.get_parent()
                ? fmt::format("troupe help {}", command.get_name())
                : std::string{"troupe help"};
  return fmt::format(
    "{}{}\nusage: {}\n'{}' tells more", first_sentence(command, problem),
    instead_of_command(command, machine), usage_line(command), help);
}

} // namespace troupe
