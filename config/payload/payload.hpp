#pragma once

#include "config/payload/manifest.hpp"
#include "config/payload/trailer.hpp"
#include "platform/executable.hpp"
#include "platform/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A packed runner that was read and found unaltered.
struct payload {
  std::string path;
  executable_info engine;
  payload_trailer trailer;
  payload_manifest manifest;
};

/// Reads the payload behind the executable `path`. Everything of it is
/// verified: the checksum of the archive, the names and the list of members,
/// the signature if there is one (whose key is not judged here). Absent when
/// the file is a bare executable. The error is one sentence for the user.
result<std::optional<payload>> read_payload(const std::string& path);

/// Which keys a runner must be signed with, and when it is asked.
struct trust {
  /// Points as `public_point` gives them; empty: no signature is wanted.
  std::vector<std::string> keys;
  /// "YYYY-MM-DDTHH:MM:SSZ".
  std::string now;
};

/// Whether the signature is there, of one of the keys, and not expired.
result<void> check_trust(const payload& what, const trust& wanted);

/// Verifies once more, and also what a run does not look at: the engine's
/// checksum and that of each member.
result<void> verify_everything(const payload& what);

/// The content of one member, at most `limit` bytes of it.
result<std::string> read_member(const payload& what, std::string_view name,
                                size_t limit = size_t{256} << 20);

/// Unpacks all members into `folder`, which must exist and be empty.
result<void> unpack(const payload& what, const std::string& folder);

} // namespace troupe
