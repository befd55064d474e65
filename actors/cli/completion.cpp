#include "actors/cli/command_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace troupe {

namespace {

/// One option as shells complete it.
struct completable {
  std::vector<std::string> names;
  std::string help;
  bool takes_value = false;
};

struct completable_command {
  std::string name;
  std::string help;
  std::vector<completable> options;
};

/// The first sentence of a help text, without what quotes it in a shell.
std::string brief(const std::string& help) {
  std::string out;
  for (char c : help.substr(0, help.find('\n')))
    if (c != '\'' && c != '[' && c != ']' && c != ':' && c != '`' && c != '$'
        && c != '\\')
      out += c;
  return out;
}

std::vector<completable_command> completables(const CLI::App& app) {
  std::vector<completable_command> out;
  for (auto* command : app.get_subcommands({})) {
    auto& made = out.emplace_back();
    made.name = command->get_name();
    made.help = brief(command->get_description());
    for (auto* option : command->get_options()) {
      completable one;
      for (auto& name : option->get_lnames())
        one.names.push_back("--" + name);
      for (auto& name : option->get_snames())
        one.names.push_back("-" + name);
      one.help = brief(option->get_description());
      one.takes_value = option->get_type_size() != 0;
      // Arguments without a name are files or words of their own.
      if (!one.names.empty())
        made.options.push_back(std::move(one));
    }
  }
  return out;
}

std::string for_bash(const std::vector<completable_command>& all) {
  std::string cases;
  std::vector<std::string> names;
  for (auto& command : all) {
    names.push_back(command.name);
    std::vector<std::string> options;
    for (auto& option : command.options)
      options.insert(options.end(), option.names.begin(), option.names.end());
    cases += fmt::format("    {}) options='{}' ;;\n", command.name,
                         fmt::join(options, " "));
  }
  return fmt::format(R"(_troupe() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} options=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '{}' -- "$word"))
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}}
complete -o filenames -F _troupe troupe
)",
                     fmt::join(names, " "), cases);
}

std::string for_zsh(const std::vector<completable_command>& all) {
  std::string commands;
  std::string cases;
  for (auto& command : all) {
    commands += fmt::format("    '{}:{}'\n", command.name, command.help);
    std::string options;
    for (auto& option : command.options)
      for (auto& name : option.names)
        options += fmt::format(" '{}[{}]{}'", name, option.help,
                               option.takes_value ? ":value:_files" : "");
    cases += fmt::format("    {}) _arguments{} '*:file:_files' ;;\n",
                         command.name, options);
  }
  return fmt::format(R"(#compdef troupe
_troupe() {{
  local -a commands
  commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
{}  esac
}}
_troupe "$@"
)",
                     commands, cases);
}

std::string for_fish(const std::vector<completable_command>& all) {
  std::string out;
  for (auto& command : all) {
    out += fmt::format(
      "complete -c troupe -n __fish_use_subcommand -f -a {} -d '{}'\n",
      command.name, command.help);
    for (auto& option : command.options) {
      out += fmt::format(
        "complete -c troupe -n '__fish_seen_subcommand_from {}'", command.name);
      for (auto& name : option.names)
        out += name.starts_with("--") ? " -l " + name.substr(2)
                                      : " -s " + name.substr(1);
      out += fmt::format("{} -d '{}'\n", option.takes_value ? " -r" : "",
                         option.help);
    }
  }
  return out;
}

} // namespace

void add_completion(CLI::App& app, command_line& line) {
  auto shell = std::make_shared<std::string>();
  auto* command = app.add_subcommand(
    "completion", "Print what a shell needs to complete commands and options");
  command->footer("Examples:\n"
                  "  . <(troupe completion bash)\n"
                  "  troupe completion fish > "
                  "~/.config/fish/completions/troupe.fish");
  command->add_option("SHELL", *shell, "bash, zsh or fish")->required();
  command->callback([shell, &app, &line] {
    auto all = completables(app);
    if (*shell == "bash")
      line.put(for_bash(all));
    else if (*shell == "zsh")
      line.put(for_zsh(all));
    else if (*shell == "fish")
      line.put(for_fish(all));
    else
      line.fail(exit_code::usage,
                fmt::format("expected bash, zsh or fish, found '{}'", *shell));
  });
}

} // namespace troupe
