#pragma once

#include "config/value/source_place.hpp"

#include <string>
#include <vector>

namespace troupe {

/// One thing that is wrong with a plan or a configuration.
struct problem {
  source_place place;
  std::string message;
};

/// All that is wrong, so that one look shows everything.
using problems = std::vector<problem>;

/// One line a problem: `FILE:LINE:COLUMN: MESSAGE`; with `source` in front
/// when it has no place.
std::string format_problems(const problems& found, const std::string& source);

/// A file that is being read, for those who look into its values.
class input_file {
public:
  /// Problems are added to `found`.
  input_file(source_name name, problems& found)
      : name_{std::move(name)}, found_{found} {
  }

  source_place place_of(const value& x) const {
    return {name_, x.place()};
  }

  /// Books a problem with this key or value, or with what stands there.
  void refuse(const value& x, std::string message) {
    refuse(x.place(), std::move(message));
  }

  void refuse(text_position at, std::string message) {
    found_.push_back({{name_, at}, std::move(message)});
  }

private:
  source_name name_;
  problems& found_;
};

} // namespace troupe
