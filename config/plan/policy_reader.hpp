#pragma once

#include "config/plan/fields.hpp"
#include "config/plan/plan.hpp"

namespace troupe {

/// `abort`, `continue`, `rollback`, in any spelling of the plan formats.
std::optional<failure_policy> read_failure_policy(fields& in);

/// `{max_attempts, delay, backoff, ...}`.
std::optional<retry_policy> read_retry_policy(const value& from,
                                              input_file& file);

/// `retry_on`: return codes and classes of failures.
std::vector<value> read_retry_on(fields& in);

} // namespace troupe
