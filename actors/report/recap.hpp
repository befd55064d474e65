#pragma once

#include "actors/events.hpp"
#include "actors/report/palette.hpp"

#include <string>

namespace troupe {

/// How many tasks ended how: "web1 : ok=3 changed=1 ...", as Ansible writes it
/// where that has room in `columns`, or else without gaps and in several lines.
std::string describe_counts(const run_counts& counts, const std::string& host,
                            const palette& colours, unsigned columns);

} // namespace troupe
