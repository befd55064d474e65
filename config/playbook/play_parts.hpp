#pragma once

#include "config/plan/problems.hpp"
#include "config/playbook/playbook_setting.hpp"

#include <string>
#include <vector>

namespace troupe {

/// A play to be read.
struct play_request {
  const value& entry;
  /// The folder of its playbook.
  std::string folder;
  size_t number = 0;
  /// What imported its playbook; null: nothing.
  const value& around;
  plan& to;
  /// Whose modules and roles its tasks may call by their short names; empty: of
  /// no collection but those that it says.
  std::string collection = {};
};

/// Reads one play of a playbook, with its roles and all that it imports. What
/// belongs to the whole plan is added to it.
play read_playbook_play(const play_request& what, const playbook_setting& with,
                        input_file& file, problems& out);

/// The patterns in `hosts`, evaluated with what is known before the run.
result<std::vector<std::string>> patterns_in(const value& hosts,
                                             const playbook_setting& with,
                                             const dict& known);

} // namespace troupe
