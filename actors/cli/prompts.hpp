#pragma once

#include "actors/cli/command_line.hpp"
#include "actors/cli/found_plan.hpp"

#include <string>
#include <vector>

namespace troupe {

/// What a person has answered to `vars_prompt`.
struct prompted_answers {
  /// As texts, by the variables.
  dict of;
  /// Those of private prompts: nobody may read them.
  std::vector<std::string> secrets;
};

/// Asks on the terminal for the variables that the playbook asks for and
/// `given` has not, one after another; without a terminal nobody is asked. An
/// error when there is an end of what is typed. `secrets` opens a playbook that
/// is encrypted; null: there are none.
result<prompted_answers> ask_prompts(const found_plan& plan, const dict& given,
                                     const vault* secrets, command_line& line);

} // namespace troupe
