#pragma once

#include "platform/result.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// The regular file, there already or not, that `path` leads to through links
/// and that may be replaced; absent for what has to be written into: pipes,
/// terminals, devices, and what this process has open.
result<std::optional<std::string>> replaceable_output(const std::string& path);

/// Whether a path is a name of what this process has open already:
/// "/dev/stdin", "/dev/fd/63".
bool is_open_here(const std::string& path);

/// Writes at the end of what is at `path`. Fails when nobody takes it for a
/// minute.
result<void> write_into(const std::string& path, std::string_view content);

/// Opens what is at `path` as `write_into` does, and keeps it open.
result<std::shared_ptr<void>> open_to_write(const std::string& path);

/// Whether a file can be made in the folder of `path`: one is, without a name
/// that anybody knows, and it is gone again.
result<void> try_beside(const std::string& path);

} // namespace troupe
