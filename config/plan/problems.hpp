#pragma once

#include "config/value/source_place.hpp"
#include "platform/result.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// One thing that is wrong with a plan or a configuration.
struct problem {
  source_place place;
  std::string message;
  /// Where in the text of the value at `place` it lies; null: in all of it.
  std::shared_ptr<const error_detail> part = nullptr;
};

/// All that is wrong, so that one look shows everything.
using problems = std::vector<problem>;

/// What stands in a file of this name; empty: it is not known.
using text_of_file = std::function<std::string(const std::string& name)>;

/// `FILE:LINE:COLUMN: MESSAGE` for each, with `source` in front when it has no
/// place, in the order of their places. Where `text` is what stands in the file
/// `source`, the line and a caret follow; `other` gives the texts of other
/// files, of the first 20 problems at most.
std::string format_problems(const problems& found, const std::string& source,
                            std::string_view text = {},
                            const text_of_file& other = {});

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
