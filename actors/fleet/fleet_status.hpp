#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// How a run of a fleet stands, or one host in it.
enum class fleet_status : uint8_t {
  /// Of a run: its order still comes.
  receiving,
  /// Of a host: its turn has not come, or it was not there.
  waiting,
  /// Of a host: it was asked, and has not answered.
  offered,
  running,
  /// Of a run: it was cancelled, and hosts are still at it.
  cancelling,
  // From here on nothing more is to come.
  ok,
  failed,
  /// Of a host: it refuses.
  declined,
  /// Of a host: it did not come.
  absent,
  /// Of a host: it has begun, and nobody knows how it ended.
  lost,
  cancelled,
  /// Of a host: too many others have failed.
  left_out,
};

/// The word for it in the store, over a link and over HTTP.
std::string to_string(fleet_status x);

/// Absent: nothing is called so.
std::optional<fleet_status> fleet_status_named(std::string_view word);

/// Whether nothing more is to come.
bool is_settled(fleet_status x);

/// The same of a word; false for one that is none.
bool is_settled_word(std::string_view word);

/// All that are settled, or all that are not.
std::vector<fleet_status> fleet_statuses(bool settled);

} // namespace troupe
