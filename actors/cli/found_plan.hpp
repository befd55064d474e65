#pragma once

#include "actors/cli/run_plan.hpp"

#include <memory>
#include <optional>

namespace troupe {

/// A plan as it was found: its text, or where its tasks are in its file.
struct found_plan {
  plan_text whole;
  std::optional<streamed_plan> streamed;
  /// Null: it was read.
  std::shared_ptr<const made_plan> made;
};

/// Finds the plan of the command line, or of the run that is gone on with. A
/// large file of tasks is left where it is.
result<found_plan> find_plan(const run_options& given, host& machine,
                             const settings& options);

/// What is wrong with a plan that was to be streamed, reading it as a whole
/// tells; and what cannot be streamed after all runs from memory.
result<prepared_run> prepare_found(found_plan& from, const run_options& given,
                                   const run_request& request,
                                   const std::shared_ptr<host>& machine);

} // namespace troupe
