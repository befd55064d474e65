#pragma once

#include "platform/files.hpp"
#include "platform/posix/location.hpp"

#include <string>
#include <string_view>

struct stat;

namespace troupe {

/// What the system's structure says, in ours.
file_status to_status(const struct stat& raw);

/// When a file was made; all zero where nobody knows. An empty name is the open
/// `folder` itself; no link is followed unless `follow`.
file_time birth_of(int folder, const char* name, bool follow);

/// The umask of this process, read without changing it where the system tells
/// it.
uint32_t current_umask();

/// A digest of a file's content in hex.
result<std::string> digest_of_file(const std::string& path,
                                   std::string_view algorithm, way how);

} // namespace troupe
