#pragma once

#include "config/plan/plan.hpp"

#include <string>

namespace troupe {

/// The action of a `meta` task as the plan has it.
std::string meta_action_of(const task& t);

/// What is said of a meta task that was done on a host, in Ansible's words.
std::string meta_words(const std::string& action, const std::string& host);

/// What `msg` is of one whose condition does not hold, and why it was skipped.
std::string meta_skip_message(const std::string& action,
                              const std::string& host);
std::string meta_skip_words(const std::string& action, const std::string& host);

} // namespace troupe
