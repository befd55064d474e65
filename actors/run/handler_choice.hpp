#pragma once

#include "actors/run/handler_names.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// Which handlers of a play run when. Plain code without actors.
class handler_choice {
public:
  /// The handlers with these ids, as they stand in the play. A block that is
  /// meant runs as a whole; of another one what is meant in it, under its
  /// keywords. A result belongs to one id, so that ids that have run before get
  /// `#2` and so on.
  std::vector<node> choose(const std::vector<node>& all,
                           const std::vector<std::string>& notified,
                           const handler_names& names);

  /// All may run once more. Until then each runs once: handlers that notify
  /// each other would never end.
  void begin_anew() {
    ran_.clear();
  }

private:
  std::set<std::string> ran_;
  // How often each has run.
  std::map<std::string, unsigned> calls_;
};

} // namespace troupe
