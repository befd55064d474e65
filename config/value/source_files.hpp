#pragma once

#include "config/value/source_line.hpp"
#include "platform/host.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// The files that a run is made from. Those that values came from are shown
/// when a template fails: each is read once, and of runs with many or large
/// files nothing is shown. Those that were only read (templates, sources of
/// copies) are known as well, so that no report takes their place. May be used
/// from any thread, and may wait for the machine.
class source_files {
public:
  /// `first` is a file of that machine, which people know as `shown_as`.
  source_files(std::shared_ptr<host> machine, std::string first,
               std::string shown_as)
      : machine_{std::move(machine)} {
    files_.push_back({std::move(first), std::move(shown_as), {}});
  }

  /// A file that values come from.
  void add(std::string path);

  /// A file beside the plan, or one that it names, which was read.
  void note(const std::string& path);

  /// Whether a path is, under whatever name, one of these files.
  bool has(const std::string& path);

  /// More than so many that were only read are not kept in mind.
  static constexpr size_t most_noted = 10'000;

  /// At most so many files, and so many bytes of them together.
  static constexpr size_t most_files = 256;
  static constexpr size_t most_bytes = size_t{8} << 20U;

  /// "\n  at FILE:LINE:COLUMN:" and the line with a caret. Empty when what the
  /// error names is in none of these files, or in more than one: a value knows
  /// its line, but not its file.
  std::string show(const error_detail& part);

private:
  struct known {
    std::string path;
    std::string shown_as;
    // Absent: not read yet. One that cannot be read is empty.
    std::optional<std::string> text;
  };

  /// Reads those that were not read yet; false when they are too much.
  bool read_all();

  std::shared_ptr<host> machine_;
  std::mutex mutex_;
  std::vector<known> files_;
  std::set<std::string> noted_;
  size_t bytes_ = 0;
};

} // namespace troupe
