#pragma once

#include "config/language/run/evaluation.hpp"

namespace troupe {

/// Evaluates `when` and its kind as Ansible does; nearly always a bool.
result<value> evaluate_condition(const value& clause, templar& run);

/// Evaluates one bare expression and keeps the type of its value.
result<value> evaluate_expression(std::string_view source, templar& run);

} // namespace troupe
