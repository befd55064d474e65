#pragma once

#include <string>
#include <vector>

namespace troupe {

/// What may stand where a value is expected.
struct completable_value {
  /// `free`: a value that nobody knows but the user; `topics`: a command or a
  /// module; `arguments`: a module, and behind it what it takes; `hosts`: hosts
  /// and groups of the inventory; `tasks`: names of the plan's tasks;
  /// `changes`: names of tasks that changed something in the run.
  enum class form {
    none,
    free,
    files,
    words,
    runs,
    modules,
    arguments,
    topics,
    tags,
    hosts,
    tasks,
    changes,
  };

  form kind = form::none;
  /// Of `form::words`.
  std::vector<std::string> words;
  /// Several, with commas between them.
  bool many = false;
};

/// One option as shells complete it.
struct completable {
  /// "--check", "-C".
  std::vector<std::string> names;
  std::string help;
  completable_value takes;
};

struct completable_command {
  /// Of a subcommand with that of its command: "vault encrypt".
  std::string name;
  std::string help;
  std::vector<completable> options;
  /// What stands there without an option.
  completable_value argument;
  std::vector<completable_command> inner = {};
};

/// The shells that there are scripts for.
const std::vector<std::string>& shells();

/// A script that completes commands, options and values. What is known only at
/// the time (runs, tags of the plan) it asks the program for.
std::string bash_completion(const std::vector<completable_command>& all);
std::string zsh_completion(const std::vector<completable_command>& all);
std::string fish_completion(const std::vector<completable_command>& all);

} // namespace troupe
