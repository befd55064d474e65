#pragma once

#include "platform/result.hpp"

#include <string>
#include <vector>

namespace troupe {

/// The content of a file of /proc or /sys, whose size is not known before;
/// empty when it cannot be read.
std::string read_proc_file(const std::string& path);

/// The same without the white space at its end.
std::string read_proc_line(const std::string& path);

/// Entries of a folder of /proc that are numbers: processes, threads. That
/// there are none would let processes live, so it is asked again for a while
/// when the system cannot say it.
std::vector<int> proc_numbers(const std::string& folder);

/// Lists folders of the system. Those that are not there have no names; that
/// another one cannot be listed to its end is no reason to go without saying.
class proc_folders {
public:
  /// Names, sorted, without those that begin with a dot.
  std::vector<std::string> names_in(const std::string& folder);

  /// The first failure, when there was one.
  const result<void>& outcome() const {
    return outcome_;
  }

private:
  result<void> outcome_;
};

} // namespace troupe
