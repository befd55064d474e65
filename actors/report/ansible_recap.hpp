#pragma once

#include "actors/run/task_result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace troupe {

/// How many tasks of each host ended how, in ansible-playbook's way of
/// counting.
class ansible_recap {
public:
  /// A task has ended on `host`. An inclusion that came to its tasks is not
  /// counted: `included` counts it.
  void count(const task_result& result, const std::string& host);

  /// The tasks of a file began on `host`.
  void included(const std::string& host);

  /// A line for each host that did something, by their names, without its end:
  /// "web1                       : ok=3    changed=1 ...".
  std::vector<std::string> lines() const;

private:
  // What its words say, in tasks; of an inclusion that cannot be loaded, in
  // items.
  struct counts {
    uint64_t ok = 0;
    uint64_t changed = 0;
    uint64_t unreachable = 0;
    uint64_t failed = 0;
    uint64_t skipped = 0;
    uint64_t rescued = 0;
    uint64_t ignored = 0;
  };

  static void count_failed(const task_result& result, counts& all);

  // By the names of hosts.
  std::map<std::string, counts> hosts_;
};

} // namespace troupe
