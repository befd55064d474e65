#pragma once

#include "config/inventory/inventory.hpp"
#include "config/inventory/inventory_program.hpp"

#include <string>
#include <vector>

namespace troupe {

/// Whether a source is a list of hosts: it has a comma and is no path.
bool is_host_list(host& machine, const std::string& source);

/// The path of a source from the root on.
std::string absolute_source(host& machine, const std::string& path);

/// Reads sources of all forms into one inventory.
class source_reader {
public:
  source_reader(host& machine, const inventory_options& options,
                inventory_data& to, std::vector<std::string>& warnings)
      : machine_{machine}, options_{options}, to_{to}, warnings_{warnings} {
  }

  /// Reads a path or list. What is wrong with it is an error, or a warning
  /// where the options are tolerant; nothing of such a file is kept then.
  result<void> read(const std::string& source);

private:
  result<void> read_one(const std::string& path);
  result<void> read_folder(const std::string& path);
  result<void> read_file(const std::string& path);
  result<void> read_text(const std::string& path);
  result<void> take_ini(const std::string& path, std::string_view text);
  result<void> take_encrypted(const std::string& path, std::string_view text);
  /// Keeps in mind what a file that was encrypted has set.
  void remember_written(const std::vector<inventory_data::source_vars>& vars,
                        const std::string& path) const;
  result<void> take_yaml(const std::string& path, std::string_view text);
  void begin(const std::string& path);

  host& machine_;
  const inventory_options& options_;
  inventory_data& to_;
  std::vector<std::string>& warnings_;
  unsigned depth_ = 0;
};

} // namespace troupe
