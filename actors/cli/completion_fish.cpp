#include "actors/cli/completion_parts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace troupe {

namespace {

using form = completable_value::form;

std::string fish_action(const completable_value& x) {
  switch (x.kind) {
  case form::none:
    return {};
  case form::free:
    return " -x";
  case form::words:
    return x.many
             ? fmt::format(" -xa '(__troupe_next {})'", fmt::join(x.words, " "))
             : fmt::format(" -xa '{}'", fmt::join(x.words, " "));
  case form::modules:
    return " -xa '(__troupe_modules)'";
  case form::arguments:
    return " -xa '(__troupe_arguments)'";
  case form::hosts:
    return x.many ? " -xa '(__troupe_next (__troupe_hosts))'"
                  : " -xa '(__troupe_hosts)'";
  case form::topics:
    return " -xa '(__troupe_topics)'";
  case form::runs:
    return " -xa '(__troupe_runs)'";
  case form::tags:
    return x.many ? " -xa '(__troupe_next (__troupe_tags))'"
                  : " -xa '(__troupe_tags)'";
  case form::tasks:
    return " -xa '(__troupe_tasks)'";
  case form::changes:
    return " -xa '(__troupe_changes)'";
  case form::files:
    return " -rF -a '(__troupe_at_file)'";
  }
  return {};
}

/// What may stand behind a command that is there.
std::string fish_inside(const completable_command& command) {
  // Behind a subcommand what is its own counts.
  auto here = fmt::format("complete -c troupe -n '__troupe_does {}{}'",
                          command.name, command.inner.empty() ? "" : " \"\"");
  std::string out;
  if (auto argument = fish_action(command.argument); !argument.empty())
    out += here + argument + "\n";
  for (auto& option : command.options) {
    out += here;
    for (auto& name : option.names)
      out += name.starts_with("--") ? " -l " + name.substr(2)
                                    : " -s " + name.substr(1);
    out += fmt::format("{} -d '{}'\n", fish_action(option.takes), option.help);
  }
  for (auto& each : command.inner)
    out += fish_inside(each);
  return out;
}

std::string fish_command(const completable_command& command) {
  return fmt::format("complete -c troupe -n __fish_use_subcommand -a {} -d "
                     "'{}'\n",
                     command.name, command.help)
         + fish_inside(command);
}

} // namespace

std::string fish_completion(const std::vector<completable_command>& all) {
  auto out = fmt::format(R"(function __troupe_does
  set -l given (commandline -opc)
  test (count $given) -ge 2; and test $given[2] = $argv[1]
  and begin
    test (count $argv) -lt 2; or test "$given[3]" = "$argv[2]"
  end
end
function __troupe_at_file
  set -l word (commandline -ct)
  string match -q -- '@*' "$word"; or return
  for each in (__fish_complete_path (string sub -s 2 -- "$word"))
    echo "@$each"
  end
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
function __troupe_next
  set -l word (commandline -ct | string replace -r -- '^--[^=]*=' '')
  set -l before (string match -r -- '.*[,:&!]' "$word")
  set -l chosen (string split -- , (string replace -ra -- '[:&!]' , "$before"))
  for each in $argv
    contains -- $each $chosen; or echo "$before$each"
  end
end
function __troupe_hosts
  set -l given (commandline -opc)
  set -l from
  for i in (seq 3 (count $given))
    switch $given[$i]
      case -i --inventory
        set -l next (math $i + 1)
        test $next -le (count $given); and set -a from -i $given[$next]
      case '--inventory=*'
        set -a from -i (string replace -r -- '^[^=]*=' '' $given[$i])
    end
  end
  troupe inventory $from {4}
end
function __troupe_arguments
  set -l known (__troupe_modules)
  set -l word (commandline -ct)
  for each in (commandline -opc)[3..-1]
    contains -- $each $known; or continue
    if string match -q -- '*=*' $word
      set -l key (string replace -r -- '=.*' '' $word)
      set -l values (troupe modules $each {6})
      test (count $values) -gt 0
      or set values (__fish_complete_path (string replace -r -- '^[^=]*=' '' $word))
      for value in $values
        echo "$key=$value"
      end
    else
      troupe modules $each {5}
    end
    return
  end
  string join \n $known
end
function __troupe_tasks
  for word in (commandline -opc)[3..-1]
    if test -f $word
      troupe run $word {7}
      return
    end
  end
end
function __troupe_changes
  set -l run (commandline -opc)[3]
  string match -q -- '-*' "$run"; and set run last
  troupe runs $run {8}
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
                         modules_command, runs_command, tags_filter,
                         names_of(all), hosts_filter, arguments_filter,
                         values_filter, tasks_filter, changes_filter);
  for (auto& command : all)
    out += fish_command(command);
  return out;
}

} // namespace troupe
