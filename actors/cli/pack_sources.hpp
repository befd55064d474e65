#pragma once

#include "actors/engine.hpp"
#include "config/payload/payload_writer.hpp"
#include "config/plan/problems.hpp"

#include <string>
#include <vector>

namespace troupe {

/// The files of a payload and what stood in the way of collecting them.
struct packed_sources {
  /// The plan's name in the payload.
  std::string plan;
  std::vector<payload_source> sources;
  std::vector<std::string> empty_folders;
  problems missing;
  std::vector<std::string> warnings;
};

/// Collects what goes into a payload: the plan `path`, what it refers to, and
/// the files and folders `with`. All of it keeps its place relative to the
/// plan.
result<packed_sources> collect_sources(const prepared_run& ready,
                                       const std::string& path,
                                       const std::vector<std::string>& with,
                                       host& machine);

} // namespace troupe
