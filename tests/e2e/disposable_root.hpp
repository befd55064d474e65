#pragma once

#include "tests/support/temp_dir.hpp"

#include <string>
#include <vector>

namespace troupe::test {

/// A folder with a small system of its own, made of files of this machine, in
/// which the real engine runs the real programs of a host: nothing outside is
/// changed.
class disposable_root {
public:
  /// Copies the engine, a shell and `programs` with what they need.
  explicit disposable_root(const std::vector<std::string>& programs);

  /// Why there is none here; empty: there is one.
  const std::string& missing() const {
    return missing_;
  }

  /// The path of a file as it is seen from outside.
  std::string operator/(const std::string& path) const {
    return folder_.path() + "/" + path;
  }

  /// Runs a plan of YAML to its end; its standard error, or nothing when all
  /// is well. What changed is the number in `changed`.
  std::string run(const std::string& plan, int& changed);

  /// What a command line of a shell prints in there.
  std::string shell(const std::string& line);

private:
  temp_dir folder_;
  std::string missing_;
};

} // namespace troupe::test
