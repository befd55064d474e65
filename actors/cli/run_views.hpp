#pragma once

#include "actors/cli/command_line.hpp"
#include "actors/cli/output_files.hpp"
#include "actors/report/report_writer.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// How a run shows itself and what it leaves to read.
struct view_options {
  std::string output = "text";
  std::string report;
  std::string junit;
  bool quiet = false;
  bool profile = false;

  /// Adds `--output`, `--report`, `--junit`, `--profile` and `-q`.
  void add_to(option_list& to);
};

/// Whether the reports can be written without replacing one of `inputs`, as far
/// as that can be known before the run: the error is one sentence for the user.
result<void> check_paths(const view_options& given,
                         const std::vector<named_file>& inputs, host& machine);

/// The writers of one run.
class run_views {
public:
  run_views(const view_options& given, const prepared_run& what,
            command_line& line);

  std::vector<std::shared_ptr<event_writer>> writers() const {
    return writers_;
  }

  /// Says which reports could not be written, once the run has ended.
  void tell_trouble(command_line& line) const;

private:
  std::vector<std::shared_ptr<event_writer>> writers_;
  std::shared_ptr<report_writer> report_;
  std::shared_ptr<junit_writer> junit_;
};

} // namespace troupe
