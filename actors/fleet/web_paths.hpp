#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace troupe {

/// Who may use a path of a controller's HTTP face, and all above him.
enum class web_access : uint8_t { anybody, viewer, operator_, admin };

/// A path of the HTTP face; docs/openapi.json says the same to clients.
struct web_path {
  const char* method;
  /// "/v1/runs/{run}/events"
  const char* pattern;
  web_access access;
  /// Bytes.
  uint64_t body_most;
  /// Names of what its query may have, with blanks between them.
  std::string_view query = {};
};

/// All there are.
std::span<const web_path> web_paths();

} // namespace troupe
