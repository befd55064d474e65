#pragma once

#include "actors/fleet/history_store.hpp"
#include "config/value/value.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace troupe {

/// A number of hosts, or a part of all of them.
struct host_share {
  uint64_t number = 0;
  bool percent = false;

  /// Rounded down, at least `least`.
  uint64_t of(uint64_t all, uint64_t least) const;
};

/// "5" or "10%".
result<host_share> read_share(std::string_view text);

/// How a run goes over its hosts.
struct fleet_terms {
  /// An expression over facts.
  std::string where;
  /// One batch after another; the last one repeats. Empty: all at once.
  std::vector<host_share> serial;
  /// No more hosts begin once more than these have failed. Absent: none may
  /// where there are batches, else all may.
  std::optional<host_share> max_fail;
  /// Hosts that run at once; 0: no bound.
  uint64_t parallel = 0;
  /// How long a host that is not there is waited for.
  std::chrono::seconds wait{10};
  /// How long a host may take from its turn to its end; it is lost then.
  std::chrono::seconds host_timeout{86'400};
};

/// The options of a `submit`, as JSON; an error says which one is wrong.
result<fleet_terms> read_terms(const std::string& json);
std::string write_terms(const fleet_terms& terms);

/// The hosts of a run in their batches.
std::vector<fleet_run_host> batched(const std::vector<std::string>& names,
                                    const fleet_terms& terms);

/// What is to be done next for a run over its hosts; changes nothing itself.
struct fleet_step {
  /// Positions of those that shall begin.
  std::vector<size_t> begin;
  /// Too many have failed: what waits is left out.
  bool stop = false;
  /// Nothing waits and nothing runs.
  bool over = false;
};

fleet_step next_step(const std::vector<fleet_run_host>& hosts,
                     const fleet_terms& terms);

/// Ok, failed or cancelled, by how the hosts ended.
fleet_status outcome_of(const std::vector<fleet_run_host>& hosts,
                        bool cancelled);

} // namespace troupe
