#pragma once

#include "actors/run/task_result.hpp"
#include "config/value/value.hpp"

#include <map>
#include <string>
#include <vector>

namespace troupe {

/// The figures of `set_stats`, as Ansible shows them at the end of a run when
/// it is told to (`show_custom_stats`).
class custom_stats {
public:
  /// Takes what a task, or each of its items, told on `host`; of what `no_log`
  /// hides nothing.
  void take(const task_result& result, const std::string& host);

  /// A line for each host, sorted by name, then that of the run; none where
  /// nothing was told.
  std::vector<std::string> lines() const;

private:
  void add(const value& output, const std::string& host);

  std::map<std::string, dict> of_hosts_;
  dict of_run_;
};

} // namespace troupe
