#pragma once

#include "config/language/language.hpp"
#include "config/plan/plan.hpp"

#include <string>
#include <vector>

namespace troupe {

/// What conditions ask besides variables.
struct condition_context {
  std::string host = "localhost";
  std::vector<std::string> groups;
  /// Of the run.
  std::vector<std::string> tags;
  std::vector<std::string> skip_tags;
  bool check_mode = false;
};

/// Whether a condition holds. An error names the expression and what is wrong
/// with it.
result<bool> holds(const condition& c, const variables& names,
                   const language& templates, const condition_context& ctx,
                   const evaluation_terms& terms = {});

/// A condition in one line, for "skipped because".
std::string describe(const condition& c);

} // namespace troupe
