#pragma once

#include "actors/cli/completion_scripts.hpp"

#include <string>
#include <vector>

namespace troupe {

// What the scripts of all shells ask the program for, whose name goes in front.
// It is sh, as all of them start it.

/// The names of modules, a line each.
inline constexpr const char* modules_command
  = "modules 2>/dev/null | cut -d' ' -f1";
/// Behind `modules NAME`: its arguments, a line each.
inline constexpr const char* arguments_filter
  = "2>/dev/null | sed -n '/^arguments:/,/^$/s/^  \\([a-z][a-z0-9_]*\\) "
    "(.*/\\1=/p'";
/// Behind `modules NAME`: the values of an argument that takes only some, a
/// line each. What it is called is in the shell's variable `key`.
inline constexpr const char* values_filter
  = "2>/dev/null | sed -n -e \"s/^  $key (bool.*/true false/p\" -e "
    "\"/^  $key (/,/^  [a-z]/s/^      one of: //p\" | tr -s ', ' '\\n'";
/// The ids of runs.
inline constexpr const char* runs_command
  = "runs 2>/dev/null | sed 1d | cut -d' ' -f1";
/// Behind `run PLAN`: its tags.
inline constexpr const char* tags_filter
  = "--list-tags 2>/dev/null | sed -n 's/^  tags: //p' | tr -d ' ' | tr ',' "
    "'\\n'";
/// Behind `run PLAN`: the names of its tasks, a line each.
inline constexpr const char* tasks_filter
  = "--list-tasks 2>/dev/null | sed -n 's/ *\\[[^]]*]$//;s/^  //p' | sort -u";
/// Behind `runs RUN`: the names of the tasks that changed something, a line
/// each.
inline constexpr const char* changes_filter
  = "2>/dev/null | sed -n 's/^[a-z]*  *changed  *//p' | sort -u";
/// Behind `inventory` and its sources: the names of groups and hosts.
inline constexpr const char* hosts_filter
  = "--graph 2>/dev/null </dev/null | sed 's/^[ |]*--//;s/^@//;s/:$//' | sort "
    "-u";

/// The names of the commands, with blanks between them.
std::string names_of(const std::vector<completable_command>& all);

} // namespace troupe
