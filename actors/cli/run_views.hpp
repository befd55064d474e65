#pragma once

#include "actors/cli/command_line.hpp"
#include "actors/cli/output_files.hpp"
#include "actors/report/file_writer.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// How a run shows itself and what it leaves to read.
struct view_options {
  std::string output = "text";
  std::string report;
  std::string junit;
  std::string trace;
  /// "otlp" or "chrome"; empty: what the name of the file says.
  std::string trace_format;
  bool quiet = false;
  bool profile = false;
  /// Of text: only what came of the tasks, without headings and counts.
  bool brief = false;

  /// Adds `--output`, the files to write, `--profile` and `-q`.
  void add_to(option_list& to);
};

/// What keeps files open that a run writes at its end, such as pipes.
using open_outputs = std::vector<std::shared_ptr<void>>;

/// Whether the reports and the trace can be written without replacing one of
/// `inputs`, as far as that can be known before the run: the error is one
/// sentence for the user. The answer has to live until they are written.
result<open_outputs> check_paths(const view_options& given,
                                 const std::vector<named_file>& inputs,
                                 const std::string& state, host& machine);

/// Whether no file that is to be written is one that the plan is made of, as
/// far as that is known before it runs: included tasks, templates, variables,
/// modules. The error is one sentence for the user (`invalid_argument`).
result<void> check_sources(const view_options& given, const prepared_run& what,
                           host& machine);

/// The writers of one run.
class run_views {
public:
  run_views(const view_options& given, const prepared_run& what,
            command_line& line);

  std::vector<std::shared_ptr<event_writer>> writers() const {
    return writers_;
  }

  /// Where others say something on standard error while the run is shown.
  const std::shared_ptr<output>& aside() const {
    return aside_;
  }

  /// Says which reports could not be written, once the run has ended.
  void tell_trouble(command_line& line) const;

private:
  void add(const char* name, std::shared_ptr<file_writer> writer);

  std::shared_ptr<output> aside_;
  std::vector<std::shared_ptr<event_writer>> writers_;
  /// What they are called, and those that leave a file.
  std::vector<std::pair<const char*, std::shared_ptr<file_writer>>> files_;
};

} // namespace troupe
