#include "actors/cli/completion_parts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace troupe {

std::string names_of(const std::vector<completable_command>& all) {
  std::vector<std::string> names;
  names.reserve(all.size());
  for (auto& command : all)
    names.push_back(command.name);
  return fmt::format("{}", fmt::join(names, " "));
}

namespace {

using form = completable_value::form;

/// What bash does to offer a value.
std::string bash_offer(const completable_value& x) {
  constexpr const char* called = R"("${COMP_WORDS[0]}")";
  switch (x.kind) {
  case form::words:
    return fmt::format("words='{}'", fmt::join(x.words, " "));
  case form::modules:
    return fmt::format("words=\"$({} {})\"", called, modules_command);
  case form::arguments:
    return "_troupe_arguments";
  case form::hosts:
    return "words=\"$(_troupe_hosts)\"";
  case form::topics:
    return fmt::format("words=\"$commands $({} {})\"", called, modules_command);
  case form::runs:
    return fmt::format("words=\"last $({} {})\"", called, runs_command);
  case form::tags:
    return fmt::format("words=\"$({} run \"$(_troupe_plan)\" {})\"", called,
                       tags_filter);
  case form::tasks:
    return "_troupe_tasks";
  case form::changes:
    return "_troupe_changes";
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
  // The pattern of the command is that of its subcommands too.
  for (auto& each : command.inner)
    out += bash_cases(each);
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
  // Not in front of what is done: it would hold for that alone.
  out += fmt::format("    '{} '*) options='{}'; {} ;;\n", command.name,
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
  case form::arguments:
    return ":argument:_troupe_arguments";
  case form::hosts:
    return x.many ? ":host:_troupe_patterns" : ":host:_troupe_hosts";
  case form::topics:
    return ":topic:_troupe_topics";
  case form::runs:
    return ":run:_troupe_runs";
  case form::tags:
    return fmt::format(":tag:{}_troupe_tags", how);
  case form::tasks:
    return ":task:_troupe_tasks";
  case form::changes:
    return ":task:_troupe_changes";
  case form::files:
    return ":file:_troupe_files";
  }
  return {};
}

} // namespace

namespace {

/// All subcommands, as "vault/encrypt", with blanks between.
std::string inner_names(const std::vector<completable_command>& all) {
  std::string out;
  for (auto& command : all)
    for (auto& each : command.inner) {
      auto name = each.name;
      name[command.name.size()] = '/';
      out += (out.empty() ? "" : " ") + name;
    }
  return out;
}

} // namespace

std::string bash_completion(const std::vector<completable_command>& all) {
  std::string cases;
  for (auto& command : all)
    cases += bash_cases(command);
  return fmt::format(R"sh(_troupe_plan() {{
  local word
  for word in "${{COMP_WORDS[@]:2}}"; do
    if [ -f "$word" ]; then printf '%s\n' "$word"; return; fi
  done
}}
_troupe_hosts() {{
  local i from=()
  for ((i = 2; i < COMP_CWORD; ++i)); do
    case ${{COMP_WORDS[i]}} in
      -i|--inventory)
        if [ "${{COMP_WORDS[i+1]}}" = '=' ]; then ((++i)); fi
        from+=(-i "${{COMP_WORDS[i+1]}}") ;;
    esac
  done
  "${{COMP_WORDS[0]}}" inventory "${{from[@]}}" {2}
}}
_troupe_arguments() {{
  local each known=" $("${{COMP_WORDS[0]}}" {3} | tr '\n' ' ') "
  words=$known
  local key=${{before//[^a-z0-9_]/}}
  if [ -n "$value" ]; then files=1; fi
  for each in "${{COMP_WORDS[@]:2:COMP_CWORD-2}}"; do
    case $known in
      *" $each "*)
        if [ -n "$value" ]; then
          words="$("${{COMP_WORDS[0]}}" modules "$each" {5})"
          if [ -n "$words" ]; then files=; fi
          return
        fi
        words="$("${{COMP_WORDS[0]}}" modules "$each" {4})"
        # As names of files they would get a backslash in front of the =.
        compopt -o nospace +o filenames 2>/dev/null
        return ;;
    esac
  done
}}
_troupe_tasks() {{
  tasks="$("${{COMP_WORDS[0]}}" run "$(_troupe_plan)" {7})"
}}
_troupe_changes() {{
  local run=${{COMP_WORDS[2]}}
  case $run in -*) run=last ;; esac
  tasks="$("${{COMP_WORDS[0]}}" runs "$run" {8})"
}}
_troupe_at() {{
  # With the @ they are no names of files, which bash would know how to end.
  local each found=("${{COMPREPLY[@]}}")
  compopt +o filenames 2>/dev/null
  COMPREPLY=()
  for each in "${{found[@]}}"; do
    printf -v word %q "$each"
    if [ -d "$each" ]; then
      word+=/
      compopt -o nospace 2>/dev/null
    fi
    COMPREPLY+=("@$word")
  done
}}
_troupe_join() {{
  # bash cuts at : and @ as well; what it replaces begins with the @ and behind
  # the last colon.
  local i=$COMP_CWORD
  if [ "$word" = '@' ]; then
    at=@ word=
  elif [ "$before" = '@' ]; then
    at=@ before=${{COMP_WORDS[i-2]}}
  else
    case $word in @*) at=@ word=${{word#@}} ;; esac
  fi
  if [ "$word" = ':' ] || [ "$before" = ':' ]; then
    if [ "$word" = ':' ]; then gone=: word=; else gone= i=$((i - 1)); fi
    while [ "$i" -gt 2 ]; do
      if [ "$gone" = : ] && [ "$i" -eq "$COMP_CWORD" ]; then
        :
      else
        gone=${{COMP_WORDS[i]}}$gone
      fi
      i=$((i - 1))
      case ${{COMP_WORDS[i]}}${{COMP_WORDS[i+1]}} in
        *:*) ;;
        *) break ;;
      esac
    done
    before=${{COMP_WORDS[i]}}
    if [ "$before" = '=' ]; then before=${{COMP_WORDS[i-1]}}; fi
    word=$gone$word
  fi
}}
_troupe() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
  local options= words= files= many= value= each at= gone= tasks=
  local commands='{0}'
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "$commands --help --version" -- "$word"))
    return
  fi
  if [ "$word" = '=' ]; then
    word= value=1
  elif [ "$before" = '=' ]; then
    before=${{COMP_WORDS[COMP_CWORD-2]}} value=1
  fi
  _troupe_join
  local command=${{COMP_WORDS[1]}}
  if [ "$COMP_CWORD" -gt 2 ]; then
    case " {6} " in
      *" $command/${{COMP_WORDS[2]}} "*) command+=" ${{COMP_WORDS[2]}}" ;;
    esac
  fi
  case "$command $before" in
{1}  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *)
      if [ -n "$files" ]; then
        local IFS=$'\n'
        COMPREPLY=($(compgen -f -- "$word"))
        if [ -n "$at" ]; then _troupe_at; fi
      elif [ -n "$tasks" ]; then
        word=${{word#[\"\']}}
        word=${{word//\\/}}
        while IFS= read -r each; do
          case $each in "$word"*) COMPREPLY+=("$each") ;; esac
        done <<< "$tasks"
      elif [ -n "$many" ]; then
        before=${{word%"${{word##*[,:&!]}}"}}
        options=
        for each in $words; do
          case ,${{before//[:&!]/,}} in *,"$each",*) ;; *) options+=" $each" ;; esac
        done
        COMPREPLY=($(compgen -W "$options" -P "${{before#"$gone"}}" -- \
          "${{word##*[,:&!]}}"))
      else
        COMPREPLY=($(compgen -W "$words" -- "$word"))
      fi
      ;;
  esac
}}
complete -o filenames -F _troupe troupe
)sh",
                     names_of(all), cases, hosts_filter, modules_command,
                     arguments_filter, values_filter, inner_names(all),
                     tasks_filter, changes_filter);
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
  auto own = fmt::format("_arguments{}{}", options,
                         argument.empty() ? "" : " '*" + argument + "'");
  auto name = command.name.substr(command.name.rfind(' ') + 1);
  if (command.inner.empty())
    return fmt::format("    {}) {} ;;\n", name, own);
  auto out = fmt::format("    {})\n    if (( CURRENT == 2 )); then {}; return; "
                         "fi\n    shift words\n    (( CURRENT-- ))\n    case "
                         "$words[1] in\n",
                         name, own);
  for (auto& each : command.inner)
    out += zsh_case(each);
  return out + "    esac ;;\n";
}

} // namespace

std::string zsh_completion(const std::vector<completable_command>& all) {
  std::string commands;
  std::string cases;
  for (auto& command : all) {
    commands += fmt::format("    '{}:{}'\n", command.name, command.help);
    cases += zsh_case(command);
  }
  return fmt::format(R"sh(#compdef troupe
_troupe_modules() {{ compadd "$@" -- $(troupe {0}) }}
_troupe_topics() {{ compadd "$@" -- {3} $(troupe {0}) }}
_troupe_files() {{
  if compset -P '@'; then _files; else _files "$@"; fi
}}
_troupe_tasks() {{
  local word
  for word in ${{words[2,-1]}}; do
    [[ -f $word ]] || continue
    compadd "$@" -- "${{(@f)$(troupe run "$word" {9})}}"
    return
  done
}}
_troupe_changes() {{
  local run=$words[2]
  [[ $run = -* ]] && run=last
  compadd "$@" -- "${{(@f)$(troupe runs "$run" {10})}}"
}}
_troupe_runs() {{ compadd "$@" -- last $(troupe {1}) }}
_troupe_hosts() {{
  local i
  local -a from
  for (( i = 2; i < CURRENT; ++i )); do
    case $words[i] in
      -i|--inventory) from+=(-i "$words[i+1]") ;;
      --inventory=*) from+=(-i "${{words[i]#*=}}") ;;
    esac
  done
  compadd "$@" -- $(troupe inventory $from {6})
}}
_troupe_patterns() {{
  compset -P '*[:&!]'
  _sequence _troupe_hosts
}}
_troupe_arguments() {{
  local word key=${{PREFIX%%=*}}
  local -a known=($(troupe {0})) values
  for word in ${{words[2,CURRENT-1]}}; do
    (( $known[(Ie)$word] )) || continue
    if compset -P '*='; then
      values=($(troupe modules $word {8}))
      if (( $#values )); then compadd -- $values; else _files; fi
    else
      compadd "$@" -S '' -- $(troupe modules $word {7})
    fi
    return
  done
  compadd "$@" -- $known
}}
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
)sh",
                     modules_command, runs_command, tags_filter, names_of(all),
                     commands, cases, hosts_filter, arguments_filter,
                     values_filter, tasks_filter, changes_filter);
}

} // namespace troupe
