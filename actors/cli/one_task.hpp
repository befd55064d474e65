#pragma once

#include "actors/engine.hpp"
#include "modules/module.hpp"

#include <string>
#include <vector>

namespace troupe {

/// A task as the command line gives it.
struct one_task {
  std::string module;
  /// `KEY=VALUE`, or the free form.
  std::vector<std::string> words;
  /// As root, if `become_user` does not say otherwise.
  bool become = false;
  std::string become_user;
  /// The pattern of the hosts that do it; empty: this one.
  std::string hosts;
};

/// The plan of this task, or for hosts a playbook; what it shows is `command`
/// with module and words. A word is one argument, whatever blanks its value
/// has, unless all there is in it are arguments of the module. `spec`: null
/// when the module is not built in.
made_plan plan_of(const one_task& what, const std::string& command,
                  const module_spec* spec);

} // namespace troupe
