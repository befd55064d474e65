#pragma once

#include "modules/module.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// How an archive is packed.
enum class archive_kind : uint8_t { tar, gzip, bzip2, xz, zstd, zip };

/// Judges by the first bytes; an error when they are of none of these.
result<archive_kind> kind_of_archive(const std::string& path,
                                     const module_context& ctx);

/// One entry as the archive has it.
struct archive_entry {
  std::string name;
  /// As ls(1) shows it: `-`, `d`, `l`; `h` for another name of an entry.
  char kind = '-';
  uint32_t mode = 0;
  /// Absent where the archive says nothing.
  std::optional<uint32_t> uid = {};
  std::optional<uint32_t> gid = {};
  uint64_t size = 0;
  /// Seconds since the epoch.
  int64_t modified = 0;
  /// Of a link.
  std::string target = {};
};

/// Reads what `tar --list --verbose --full-time --utc --numeric-owner
/// --quoting-style=escape` prints.
result<std::vector<archive_entry>> read_tar_list(std::string_view text);

/// Reads what `unzip -ZT -s` prints; its times are those of the host's clock.
result<std::vector<archive_entry>> read_zip_list(std::string_view text,
                                                 clock_source& clock);

/// Refuses entries that would lie outside of the folder, or be reached through
/// a link of the archive, and more than a million of them; and an archive of
/// `packed` bytes that would unpack to more than a GiB and a thousand times
/// that.
result<void> check_entries(const std::vector<archive_entry>& all,
                           uint64_t packed);

} // namespace troupe
