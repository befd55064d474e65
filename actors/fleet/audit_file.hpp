#pragma once

#include "config/value/value.hpp"
#include "platform/append_file.hpp"
#include "platform/files.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

struct audit_bounds {
  /// A file of the log is followed by another before it is longer.
  size_t file_bytes = size_t{64} << 20;
  /// Files beside the one that is written; older ones are removed.
  size_t keep_files = 15;
  /// Puts lines behind those that there are; null: into the file. Tests put
  /// slow and failing ones in its place.
  std::function<result<void>(std::string_view)> append = nullptr;
  /// Opens a file that is begun; null: `append_file::open`. Tests put failing
  /// ones in its place.
  std::function<result<append_file>(const std::string&)> open = nullptr;
};

/// The files of an audit log: lines of JSON, each with the SHA-256 of the one
/// before, so that none can be changed or left out without all behind it. PATH
/// is the newest, PATH.1, PATH.2, ... are those before, the oldest first; the
/// chain goes on from file to file. For one thread.
class audit_file {
public:
  /// Goes on with what is there; an error when its last line is not whole.
  static result<audit_file> open(file_system& files, const std::string& path,
                                 audit_bounds bounds);

  /// All of them are on the disk, or none is in the log.
  result<void> write(std::vector<dict> entries);

private:
  audit_file(file_system& files, std::string path, audit_bounds bounds)
      : files_{&files}, path_{std::move(path)}, bounds_{std::move(bounds)} {
  }

  result<void> begin();
  result<void> rotate();
  result<void> open_newest();

  file_system* files_;
  std::string path_;
  audit_bounds bounds_;
  // Absent: the one before was renamed, and the next could not be opened.
  std::optional<append_file> file_;
  size_t size_ = 0;
  // What the next line says of the one before.
  std::string last_;
};

/// The files of a log, the oldest first; PATH, if it is there, is the last.
result<std::vector<std::string>> audit_files(file_system& files,
                                             const std::string& path);

/// How many lines a file of an audit log has; an error names the first one that
/// was changed or whose predecessor is missing.
/// @param link what its first line has to say of the one before; empty: it is
///        taken as it is. What the next file has to say afterwards.
result<size_t> verify_audit(std::string_view text, std::string& link);

/// What the first line of all says of the one before.
const std::string& first_audit_link();

} // namespace troupe
