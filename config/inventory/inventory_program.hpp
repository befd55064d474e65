#pragma once

#include "config/inventory/inventory_data.hpp"
#include "platform/host.hpp"

#include <chrono>
#include <stop_token>
#include <string>

namespace troupe {

/// When the programs of a source have to end.
struct program_terms {
  std::chrono::steady_clock::time_point deadline;
  std::stop_token stop;
};

/// Bytes that a program may print on each stream.
constexpr size_t most_program_output = size_t{16} << 20;
/// How often one may be started with `--host`.
constexpr size_t most_program_calls = 10'000;

/// Adds what a program prints for `--list`, and for `--host NAME` when that has
/// no `_meta`. False when the file is no program that the system can run; then
/// nothing was added. Fails when the program fails, takes too long, prints too
/// much or something else than JSON of groups.
result<bool> read_program_inventory(host& machine, const std::string& path,
                                    const program_terms& terms,
                                    inventory_data& to);

} // namespace troupe
