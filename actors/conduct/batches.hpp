#pragma once

#include "config/plan/plan.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Tasks of a play that are known before it runs, without its handlers.
uint64_t tasks_in(const play& what);

/// The order of a play's hosts; for `shuffle` one that only `turn` decides: a
/// run that is gone on with has the batches that it had.
void put_in_order(std::vector<std::string>& hosts, host_order order,
                  std::string_view turn);

/// The hosts in batches of these sizes, the last of which holds for the rest;
/// none: all at once.
std::vector<std::vector<std::string>>
batches_of(const std::vector<std::string>& hosts,
           const std::vector<batch_size>& sizes);

} // namespace troupe
