#pragma once

#include "actors/run/run_context.hpp"
#include "actors/state/state_directory.hpp"

namespace troupe {

/// Where the run of a playbook keeps what its hosts do.
struct hosts_memory {
  /// Null: nowhere.
  std::shared_ptr<state_directory> state;
  run_header header;
  /// The run is gone on with.
  bool goes_on = false;
  bool rerun_failed = false;
};

/// The folder in a run's folder that belongs to a host, whatever it is called.
std::string host_folder(const std::string& host);

/// Opens the journal of a host of the run, or begins it, in its context.
result<void> remember_host(run_context& to, const hosts_memory& where);

} // namespace troupe
