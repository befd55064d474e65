#pragma once

#include <string>

namespace troupe {

class host;

/// A template of which the result says where it comes from.
struct managed_file {
  /// As the task names it.
  std::string path;
  /// The host on which it is.
  std::string host_name;
  std::string owner;
  /// When it was written, in seconds since the epoch.
  double modified = 0;
};

/// What `ansible_managed` is in a template. `format` is the setting of that
/// name: `{file}`, `{host}` and `{uid}` stand for what is known of the
/// template, `%Y` and the like for when it was written.
std::string managed_line(host& machine, const std::string& format,
                         const managed_file& of);

} // namespace troupe
