#pragma once

#include "platform/files.hpp"

#include <string>

namespace troupe {

/// Type and character set of a file, as file(1) names them.
struct mime_type {
  std::string type = "unknown";
  std::string charset = "unknown";
};

/// Judges by the kind of the file and the first bytes of its content: the
/// common formats by their marks, everything else as text or as bytes.
mime_type mime_type_of(const std::string& path, const file_status& status,
                       file_system& files);

/// The same for bytes.
mime_type mime_type_of_bytes(std::string_view bytes);

} // namespace troupe
