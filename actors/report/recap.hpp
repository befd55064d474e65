#pragma once

#include "actors/events.hpp"
#include "actors/report/palette.hpp"

#include <string>

namespace troupe {

/// How many tasks ended how, a line for each host: "web1 : ok=3 changed=1 ...",
/// as Ansible writes it where that has room in `columns`, or else without gaps
/// and in several lines; with `unreachable` where a host was. `event` is that
/// of `what`.
std::string describe_recap(const run_ended& what, const run_event& event,
                           const palette& colours, unsigned columns);

} // namespace troupe
