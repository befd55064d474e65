#pragma once

#include "config/payload/manifest.hpp"
#include "platform/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// One file to pack: from the disk, or from memory.
struct payload_source {
  /// Its name in the payload.
  std::string name;
  /// The file to read; empty: `content`.
  std::string path;
  std::string content;
  /// Permission bits; absent: those of the file, 0644 for memory.
  std::optional<uint32_t> mode;
};

/// How a payload is signed.
struct signing {
  /// PEM.
  std::string secret_key;
  /// "YYYY-MM-DDTHH:MM:SSZ"; empty: the signature is valid for ever.
  std::string expires;
};

/// Everything that goes into a packed runner.
struct payload_plan {
  /// The executable to put it behind.
  std::string engine;
  /// Without `members`, which are filled in.
  payload_manifest manifest;
  std::vector<payload_source> sources;
  std::optional<signing> signature;
};

/// What `write_runner` made.
struct packed_runner {
  uint64_t size = 0;
  uint64_t engine_size = 0;
  size_t members = 0;
};

/// Writes the packed runner to `path`, which is replaced only when all of it
/// is there. The same input gives the same bytes. Memory does not depend on
/// the size of the files.
result<packed_runner> write_runner(payload_plan what, const std::string& path);

} // namespace troupe
