#pragma once

#include "config/plan/fields.hpp"
#include "config/plan/plan.hpp"

namespace troupe {

/// Reads one entry of a list of tasks: a task of any shape, or a block.
/// `number` makes an id for tasks that have none.
node read_node(const value& from, input_file& file, size_t& number);

/// Reads a list of tasks and blocks.
std::vector<node> read_nodes(const value& from, input_file& file,
                             size_t& number);

/// Reads a handler: a task whose id may repeat one of a task.
task read_handler(const value& from, input_file& file, size_t number);

/// Reads the keywords that plays, blocks and tasks share.
keywords read_keywords(fields& in);

/// `abort`, `continue`, `rollback`, in any spelling of the plan formats.
std::optional<failure_policy> read_failure_policy(fields& in);

/// `{max_attempts, delay, backoff, ...}`.
std::optional<retry_policy> read_retry_policy(const value& from,
                                              input_file& file);

} // namespace troupe
