#pragma once

#include "actors/link/spool.hpp"
#include "platform/file_lock.hpp"
#include "platform/host.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace troupe {

/// How many processes of a host may tell a controller of their runs at once.
constexpr size_t run_spools_most = 64;

/// The spool of a process that runs a plan, while no other process has it.
struct run_spool {
  std::unique_ptr<file_lock> lock;
  std::string path;
  std::unique_ptr<spool> kept;
};

/// Takes a spool below the folder of a membership that nobody has, and moves
/// into it what processes have left that are gone. Class `exhausted` when all
/// are taken.
result<run_spool> take_run_spool(host& machine, const std::string& folder);

/// Moves what processes have left that are gone into another spool of the host.
/// What cannot be moved stays where it is. How many spools were emptied.
size_t gather_run_spools(host& machine, const std::string& folder, spool& to);

/// Gives a spool back; one without events leaves no file.
void give_back(host& machine, run_spool what);

} // namespace troupe
