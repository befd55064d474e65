#pragma once

#include "config/plan/plan.hpp"
#include "platform/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Which tasks of a plan a run is for.
struct task_choice {
  /// Empty: all.
  std::vector<std::string> tags;
  std::vector<std::string> skip_tags;
  /// The name or id of the first one; empty: the plan's first.
  std::string start_at;
};

/// Whether `--start-at-task NAME` means this task: by its id, its name with or
/// without its role's, or a pattern with `*` and `?`.
bool is_start(const task& t, const std::string& name);
bool is_start(std::string_view id, std::string_view task_name,
              const std::string& name);

/// The name of a task without that of its role, as in `ROLE : NAME`.
std::string_view name_in_role(std::string_view name);

/// Makes every task that stands before the first one called `name` one that is
/// skipped; handlers stay, and so do the facts that the play of that one is
/// begun with, while plays before it do nothing. An error names the nearest
/// when there is none.
result<void> begin_at(plan& p, const std::string& name);

} // namespace troupe
