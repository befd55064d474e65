#pragma once

#include "actors/lint/lint_plan.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// Where a plan reads a variable.
struct found_use {
  name_use what;
  /// The text that it stands in, with where it stands there.
  problem where;
  /// Null: a play, a block or a variable, whose texts are evaluated for any
  /// task.
  const lint_task* task = nullptr;
  /// In a file of its own.
  bool in_template = false;
  /// The variable of the inventory in which it stands, which the plan reads
  /// `where`; empty: it stands there itself.
  std::string through = {};
  /// What to write instead when it has no value, as something is compared with
  /// it; empty: nothing is.
  std::string quotes = {};
};

/// What gives a variable its value.
struct found_maker {
  /// The earliest task that does; 0: it is there from the beginning, or may be
  /// at any time.
  size_t number = 0;
  source_place place;
};

/// The variables that a plan makes and reads.
struct name_table {
  std::map<std::string, found_maker, std::less<>> made;
  /// Names that `register` makes, with the tasks.
  std::map<std::string, std::vector<const lint_task*>> registered;
  std::vector<found_use> uses;
  /// Names that files beside the plan read, whoever fills them.
  std::set<std::string, std::less<>> read_elsewhere;
  /// Names of which is asked somewhere whether they have a value.
  std::set<std::string, std::less<>> asked;
  /// Names that template files make themselves.
  std::set<std::string, std::less<>> made_by_templates;
  /// Names of loops, and whether of tasks that include others.
  std::map<std::string, bool, std::less<>> of_loops;
  /// Which variables are read is known only in a run.
  bool reads_any = false;
  /// Why a name may come from elsewhere; empty: all are known.
  unknown_reasons unknown;
};

name_table find_names(const lint_plan& p);

} // namespace troupe
