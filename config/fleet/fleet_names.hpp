#pragma once

#include "platform/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Whether a host or a person of a fleet may be called so: 1 to 63 letters,
/// digits, `-`, `_` and `.`, the first one a letter or a digit.
bool is_member_name(std::string_view text);

/// Whether a run may be called so; it becomes the name of a folder.
bool is_run_name(std::string_view text);

/// Whom a certificate belongs to.
struct fleet_holder {
  /// "runner", "operator", "viewer", "admin", "controller".
  std::string role;
  std::string name;
};

/// "troupe://fleet/runner/web1".
std::string uri_of(const fleet_holder& who);

/// Nothing for any other URI.
std::optional<fleet_holder> holder_of(std::string_view uri);

/// Whether `text` is a pattern for hosts as `host_matches` takes it: at most
/// 1000 bytes, none of its parts empty. Names and labels of hosts are meant.
result<void> check_hosts(std::string_view text);

/// Its parts, with the `&` or `!` that they begin with; empty ones are not
/// among them.
std::vector<std::string> parts_of_hosts(std::string_view text);

} // namespace troupe
