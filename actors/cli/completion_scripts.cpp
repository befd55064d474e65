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

std::string names_of(const std::vector<completable_command>& all) {
  std::vector<std::string> names;
  for (auto& command : all)
    names.push_back(command.name);
  return fmt::format("{}", fmt::join(names, " "));
}

/// What bash does to offer a value.
std::string bash_offer(const completable_value& x) {
  constexpr const char* called = R"("${COMP_WORDS[0]}")";
  switch (x.kind) {
  case form::words:
    return fmt::format("words='{}'", fmt::join(x.words, " "));
  case form::modules:
    return fmt::format("words=\"$({} {})\"", called, modules_command);
  case form::topics:
    return fmt::format("words=\"$commands $({} {})\"", called, modules_command);
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

/// The same for what may be several with commas.
std::string bash_offer_many(const completable_value& x) {
  return bash_offer(x) + (x.many ? " many=1" : "");
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
                       bash_offer_many(option.takes));
  }
  out += fmt::format("    '{} '*) options='{}' {} ;;\n", command.name,
                     fmt::join(names, " "), bash_offer(command.argument));
  return out;
}

std::string zsh_action(const completable_value& x) {
  // Behind a comma the next one is completed.
  std::string_view how = x.many ? "_sequence " : "";
  switch (x.kind) {
  case form::none:
    return {};
  case form::free:
    return ":value: ";
  case form::words:
    return x.many ? fmt::format(":value:{}compadd - {}", how,
                                fmt::join(x.words, " "))
                  : fmt::format(":value:({})", fmt::join(x.words, " "));
  case form::modules:
    return ":module:_troupe_modules";
  case form::topics:
    return ":topic:_troupe_topics";
  case form::runs:
    return ":run:_troupe_runs";
  case form::tags:
    return fmt::format(":tag:{}_troupe_tags", how);
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
    return x.many ? fmt::format(" -xa '(__fish_append , {})'",
                                fmt::join(x.words, " "))
                  : fmt::format(" -xa '{}'", fmt::join(x.words, " "));
  case form::modules:
    return " -xa '(__troupe_modules)'";
  case form::topics:
    return " -xa '(__troupe_topics)'";
  case form::runs:
    return " -xa '(__troupe_runs)'";
  case form::tags:
    return x.many ? " -xa '(__fish_append , (__troupe_tags))'"
                  : " -xa '(__troupe_tags)'";
  case form::files:
    return " -rF";
  }
  return {};
}

} // namespace

std::string bash_completion(const std::vector<completable_command>& all) {
  std::string cases;
  for (auto& command : all)
    cases += bash_cases(command);
  return fmt::format(R"(_troupe_plan() {{
  local word
  for word in "${{COMP_WORDS[@]:2}}"; do
    if [ -f "$word" ]; then printf '%s\n' "$word"; return; fi
  done
}}
_troupe() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
  local options= words= files= many= commands='{}'
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "$commands --help --version" -- "$word"))
    return
  fi
  if [ "$word" = '=' ]; then
    word=
  elif [ "$before" = '=' ]; then
    before=${{COMP_WORDS[COMP_CWORD-2]}}
  fi
  case "${{COMP_WORDS[1]}} $before" in
{}  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *)
      if [ -n "$files" ]; then
        COMPREPLY=($(compgen -f -- "$word"))
      elif [ -n "$many" ]; then
        before=${{word%"${{word##*,}}"}}
        COMPREPLY=($(compgen -W "$words" -P "$before" -- "${{word##*,}}"))
      else
        COMPREPLY=($(compgen -W "$words" -- "$word"))
      fi
      ;;
  esac
}}
complete -o filenames -F _troupe troupe
)",
                     names_of(all), cases);
}

namespace {

/// The options and the argument of a command, for `_arguments`.
std::string zsh_case(const completable_command& command) {
  std::string options;
  for (auto& option : command.options)
    for (auto& name : option.names) {
      bool takes = option.takes.kind != form::none;
      // A value may stand behind a long name and "=".
      auto* joint = takes && name.starts_with("--") ? "=" : "";
      options += fmt::format(" '{}{}[{}]{}'", name, joint, option.help,
                             zsh_action(option.takes));
    }
  auto argument = zsh_action(command.argument);
  return fmt::format("    {}) _arguments{}{} ;;\n", command.name, options,
                     argument.empty() ? "" : " '*" + argument + "'");
}

} // namespace

std::string zsh_completion(const std::vector<completable_command>& all) {
  std::string commands;
  std::string cases;
  for (auto& command : all) {
    commands += fmt::format("    '{}:{}'\n", command.name, command.help);
    cases += zsh_case(command);
  }
  return fmt::format(R"(#compdef troupe
_troupe_modules() {{ compadd "$@" -- $(troupe {0}) }}
_troupe_topics() {{ compadd "$@" -- {3} $(troupe {0}) }}
_troupe_runs() {{ compadd "$@" -- last $(troupe {1}) }}
_troupe_tags() {{
  local word
  for word in ${{words[2,-1]}}; do
    [[ -f $word ]] || continue
    compadd "$@" -- $(troupe run "$word" {2})
    return
  done
}}
_troupe() {{
  local -a commands
  commands=(
{4}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
{5}  esac
}}
if [[ $funcstack[1] = _troupe ]]; then
  _troupe "$@"
else
  compdef _troupe troupe
fi
)",
                     modules_command, runs_command, tags_filter, names_of(all),
                     commands, cases);
}

namespace {

std::string fish_command(const completable_command& command) {
  auto out = fmt::format("complete -c troupe -n __fish_use_subcommand -a {} -d "
                         "'{}'\n",
                         command.name, command.help);
  auto here
    = fmt::format("complete -c troupe -n '__troupe_does {}'", command.name);
  if (auto argument = fish_action(command.argument); !argument.empty())
    out += here + argument + "\n";
  for (auto& option : command.options) {
    out += here;
    for (auto& name : option.names)
      out += name.starts_with("--") ? " -l " + name.substr(2)
                                    : " -s " + name.substr(1);
    out += fmt::format("{} -d '{}'\n", fish_action(option.takes), option.help);
  }
  return out;
}

} // namespace

std::string fish_completion(const std::vector<completable_command>& all) {
  auto out
    = fmt::format(R"(function __troupe_does
  set -l given (commandline -opc)
  test (count $given) -ge 2; and test $given[2] = $argv[1]
end
function __troupe_modules
  troupe {0}
end
function __troupe_topics
  string split ' ' '{3}'
  troupe {0}
end
function __troupe_runs
  echo last
  troupe {1}
end
function __troupe_tags
  for word in (commandline -opc)[3..-1]
    if test -f $word
      troupe run $word {2}
      return
    end
  end
end
complete -c troupe -f
)",
                  modules_command, runs_command, tags_filter, names_of(all));
  for (auto& command : all)
    out += fish_command(command);
  return out;
}

} // namespace troupe
