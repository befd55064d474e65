#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace troupe {

/// A plan with all that decides what a host does with it: what an operator
/// signs, so that nobody on the way can change a word of it, send it to other
/// hosts, or have it done twice.
struct fleet_order {
  /// The name of the run; a host does each only once.
  std::string run;
  /// See `check_hosts`; hosts that it does not mean refuse.
  std::string hosts;
  std::chrono::system_clock::time_point made;
  /// Hosts that hear of it later refuse.
  std::chrono::system_clock::time_point expires;
  /// The file that the plan was read from, for messages.
  std::string source;
  /// The text of the plan.
  std::string plan;
  dict settings;
  dict extra_vars;
};

/// Bytes of an order.
inline constexpr size_t order_most = size_t{16} << 20;

/// Class `exhausted` when it would be longer than `order_most`.
result<std::string> write_order(const fleet_order& order);

/// Everything is there and in its bounds, or an error of class
/// `invalid_argument`.
result<fleet_order> read_order(std::string_view bytes);

} // namespace troupe
