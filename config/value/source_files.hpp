#pragma once

#include "config/value/source_line.hpp"
#include "platform/host.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// The files that a run's values came from, to show what stands there when a
/// template fails. Files that are large are not looked into. May be used from
/// any thread.
class source_files {
public:
  /// `first` is a file of that machine, which people know as `shown_as`.
  source_files(std::shared_ptr<host> machine, std::string first,
               std::string shown_as)
      : machine_{std::move(machine)} {
    files_.push_back({std::move(first), std::move(shown_as)});
  }

  /// A file that values come from.
  void add(std::string path);

  /// "\n  at FILE:LINE:COLUMN:" and the line with a caret. Empty when what the
  /// error names is in none of these files, or in more than one: a value knows
  /// its line, but not its file.
  std::string show(const error_detail& part);

private:
  struct known {
    std::string path;
    std::string shown_as;
  };

  const std::string& text_of(const std::string& path);

  std::shared_ptr<host> machine_;
  std::mutex mutex_;
  std::vector<known> files_;
  // The one that was looked into last.
  std::string path_;
  std::string text_;
};

} // namespace troupe
