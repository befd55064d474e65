#pragma once

#include "actors/report/palette.hpp"
#include "actors/run/task_result.hpp"
#include "config/value/line_breaks.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What a run in check mode would do, thing by thing. What several tasks would
/// do to one thing is one change.
class change_summary {
public:
  /// How much is shown and kept; what is more is only counted.
  struct bounds {
    size_t lines = 200;
    size_t things = 10'000;
  };

  change_summary() = default;

  explicit change_summary(bounds most) : most_{most} {
  }

  /// Of several hosts each has its own things.
  void add(const task_result& result, const std::string& host = {});

  uint64_t changes() const;
  uint64_t not_known() const;

  /// "+ file  /etc/motd", a line for each thing with its end: `+` would be
  /// made, `~` changed, `-` removed, and of `?` nobody knows. Of several hosts
  /// they are named: "[web1, web2, web3 and 7 more]", on a narrow terminal on a
  /// line of their own where they have no room.
  std::string lines(const palette& colours, size_t columns = any_columns) const;

  /// "3 things would change: 2 files, 1 package; 1 not known".
  std::string sentence() const;

private:
  struct thing {
    /// Absent: made and removed again.
    std::optional<effect> what;
    std::string kind;
    std::string name;
    std::string host;
  };

  /// How many things of each kind would change; those that are not known have
  /// no kind.
  std::map<std::string, uint64_t> counts() const;

  void add(const foreseen& one, const task_result& of, const std::string& host);
  /// What was made in a folder goes with it.
  void forget_below(const std::string& folder);

  bounds most_;
  std::vector<thing> things_;
  // Places in `things_`, by host, kind and name; of files by their normal
  // paths.
  std::map<std::string, size_t> known_;
  std::map<std::string, uint64_t> more_;
};

} // namespace troupe
