#pragma once

#include "modules/support/facts/ansible_facts.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace troupe {

/// The facts that the host's owner wrote: every `NAME.fact` in `folder`, as
/// `local.NAME`. An executable one is run and its output read; JSON first,
/// then INI. One that fails is left out with a warning.
void collect_local(fact_collection& to, const std::string& folder,
                   std::chrono::seconds limit);

/// What `facter --json` or `ohai` says, under `facter_...` and `ohai_...`;
/// nothing when the program is not there, as in Ansible.
void collect_tool(const std::string& tool,
                  const std::vector<std::string>& filters, module_result& out,
                  const module_context& ctx);

/// An INI text as dicts of sections.
result<value> parse_ini(std::string_view text);

} // namespace troupe
