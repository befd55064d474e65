#include "actors/cli/completion_scripts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace troupe {

namespace {

using form = completable_value::form;

// Asks the program, whose name goes in front, for what only it knows; sh, as
// all shells start it.
constexpr const char* modules_command = "modules 2>/dev/null | cut -d' ' -f1";
constexpr const char* runs_command
  = "runs 2>/dev/null | sed 1d | cut -d' ' -f1";
constexpr const char* tags_filter = "--list-tags 2>/dev/null | sed -n 's/^  "
                                    "tags: //p' | tr -d ' ' | tr ',' '\\n'";

/// What bash does to offer a value.
std::string bash_offer(const completable_value& x) {
  constexpr const char* called = R"("${COMP_WORDS[0]}")";
  switch (x.kind) {
  case form::words:
    return fmt::format("words='{}'", fmt::join(x.words, " "));
  case form::modules:
    return fmt::format("words=\"$({} {})\"", called, modules_command);
  case form::runs:
    return fmt::format("words=\"last $({} {})\"", called, runs_command);
  case form::tags:
    return fmt::format("words=\"$({} run \"$(_troupe_plan)\" {})\"", called,
                       tags_filter);
  case form::files:
    return "files=1";
  case form::none:
  case form::free:
    break;
  }
  return ":";
}

std::string bash_cases(const completable_command& command) {
  std::vector<std::string> names;
  std::string out;
  for (auto& option : command.options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
    if (option.takes.kind == form::none)
      continue;
    std::vector<std::string> patterns;
    for (auto& name : option.names)
      patterns.push_back(command.name + " " + name);
    out += fmt::format("    '{}') {} ;;\n", fmt::join(patterns, "'|'"),
                       bash_offer(option.takes));
  }
  out += fmt::format("    '{} '*) options='{}' {} ;;\n", command.name,
                     fmt::join(names, " "), bash_offer(command.argument));
  return out;
}

std::string zsh_action(const completable_value& x) {
  switch (x.kind) {
  case form::none:
    return {};
  case form::free:
    return ":value: ";
  case form::words:
    return fmt::format(":value:({})", fmt::join(x.words, " "));
  case form::modules:
    return ":module:_troupe_modules";
  case form::runs:
    return ":run:_troupe_runs";
  case form::tags:
    return ":tag:_troupe_tags";
  case form::files:
    return ":file:_files";
  }
  return {};
}

std::string fish_action(const completable_value& x) {
  switch (x.kind) {
  case form::none:
    return {};
  case form::free:
    return " -x";
  case form::words:
    return fmt::format(" -xa '{}'", fmt::join(x.words, " "));
  case form::modules:
    return " -xa '(__troupe_modules)'";
  case form::runs:
    return " -xa '(__troupe_runs)'";
  case form::tags:
    return " -xa '(__troupe_tags)'";
  case form::files:
    return " -rF";
  }
  return {};
}

} // namespace

std::string bash_completion(const std::vector<completable_command>& all) {
  std::string cases;
  std::vector<std::string> names;
  for (auto& command : all) {
    names.push_back(command.name);
    cases += bash_cases(command);
  }
  return fmt::format(R"(_troupe_plan() {{
  local word
  for word in "${{COMP_WORDS[@]:2}}"; do
    case $word in
      -*) ;;
      *) printf '%s\n' "$word"; return ;;
    esac
  done
}}
_troupe() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} options= words= files=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '{} --help --version' -- "$word"))
    return
  fi
  case "${{COMP_WORDS[1]}} ${{COMP_WORDS[COMP_CWORD-1]}}" in
{}  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *)
      if [ -n "$files" ]; then
        COMPREPLY=($(compgen -f -- "$word"))
      else
        COMPREPLY=($(compgen -W "$words" -- "$word"))
      fi
      ;;
  esac
}}
complete -o filenames -F _troupe troupe
)",
                     fmt::join(names, " "), cases);
}

std::string zsh_completion(const std::vector<completable_command>& all) {
  std::string commands;
  std::string cases;
  for (auto& command : all) {
    commands += fmt::format("    '{}:{}'\n", command.name, command.help);
    std::string options;
    for (auto& option : command.options)
      for (auto& name : option.names)
        options += fmt::format(" '{}[{}]{}'", name, option.help,
                               zsh_action(option.takes));
    auto argument = zsh_action(command.argument);
    cases += fmt::format("    {}) _arguments{}{} ;;\n", command.name, options,
                         argument.empty() ? "" : " '*" + argument + "'");
  }
  return fmt::format(R"(#compdef troupe
_troupe_modules() {{ compadd -- $(troupe {}) }}
_troupe_runs() {{ compadd -- last $(troupe {}) }}
_troupe_tags() {{
  local -a given=(${{words[2,-1]:#-*}})
  compadd -- $(troupe run "$given[1]" {})
}}
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
                     modules_command, runs_command, tags_filter, commands,
                     cases);
}

std::string fish_completion(const std::vector<completable_command>& all) {
  auto out = fmt::format("function __troupe_modules\n  troupe {}\nend\n"
                         "function __troupe_runs\n  echo last\n  troupe {}\n"
                         "end\n"
                         "function __troupe_tags\n  set -l given (commandline "
                         "-opc)\n  set -l plan (string match -v -- '-*' "
                         "$given[3..-1])\n  troupe run $plan[1] {}\nend\n"
                         "complete -c troupe -f\n",
                         modules_command, runs_command, tags_filter);
  for (auto& command : all) {
    out += fmt::format("complete -c troupe -n __fish_use_subcommand -a {} -d "
                       "'{}'\n",
                       command.name, command.help);
    auto here = fmt::format("complete -c troupe -n "
                            "'__fish_seen_subcommand_from {}'",
                            command.name);
    if (auto argument = fish_action(command.argument); !argument.empty())
      out += here + argument + "\n";
    for (auto& option : command.options) {
      out += here;
      for (auto& name : option.names)
        out += name.starts_with("--") ? " -l " + name.substr(2)
                                      : " -s " + name.substr(1);
      out
        += fmt::format("{} -d '{}'\n", fish_action(option.takes), option.help);
    }
  }
  return out;
}

} // namespace troupe
