#pragma once

#include "actors/cli/command_line.hpp"
#include "config/redactor.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// NAME=SOURCE as `--secret` takes it.
result<std::pair<std::string, std::string>>
parse_secret(const std::string& given);

/// Puts the secrets into `vars`: those that a payload names, those of the
/// command line, and what was encrypted. Gives what is to be hidden everywhere;
/// null when there is nothing to hide. Protects this process's memory when
/// there is.
/// `passwords` are hidden as well; those that are empty are none.
result<std::shared_ptr<const redactor>>
take_secrets(const plan_choice& choice, dict& vars,
             const std::vector<std::string>& passwords);

} // namespace troupe
