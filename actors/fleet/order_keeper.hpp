#pragma once

#include "config/fleet/fleet_order.hpp"
#include "platform/host.hpp"

#include <string>
#include <vector>

namespace troupe {

/// What a host has been told to do, in a folder: an order is there before its
/// run begins, and says until it expires that it was done, so that no run is
/// done twice.
///
///     RUN.order   what was signed
///     RUN.part    how many processes of the run there were
///     RUN.done    it has ended
class order_keeper {
public:
  order_keeper(host& machine, std::string folder)
      : machine_{machine}, folder_{std::move(folder)} {
  }

  /// Whether the run was ever taken on.
  bool knows(const std::string& run) const;

  /// From now on it has to be done.
  result<void> take(const std::string& run, const std::string& bytes);

  /// Counts another process of the run; its number, from 0.
  result<uint64_t> next_part(const std::string& run);

  result<void> done(const std::string& run);

  /// Whether it was taken on and has not ended.
  bool is_open(const std::string& run) const;

  /// Those that have not ended, oldest name first; others that have expired
  /// are forgotten. What cannot be read any more counts as done.
  std::vector<fleet_order> open_orders();

private:
  result<void> write(const std::string& path, const std::string& bytes);

  std::string path(const std::string& run, const char* what) const {
    return folder_ + "/" + run + what;
  }

  host& machine_;
  std::string folder_;
};

} // namespace troupe
