#pragma once

#include "modules/module.hpp"

#include <string>
#include <vector>

namespace troupe {

/// The words of iptables(8) for the rule that a task wants, `jump` being the
/// target that counts. An error when a word would be an option of its own.
result<std::vector<std::string>> firewall_rule(const arguments& args,
                                               const std::string& jump);

/// What the arguments of a rule are, but for those that are no text.
std::vector<argument> firewall_texts();

} // namespace troupe
