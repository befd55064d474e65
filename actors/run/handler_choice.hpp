#pragma once

#include "config/plan/plan.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// Which handlers of a play run when. Plain code without actors.
class handler_choice {
public:
  /// The handlers that are to run because of these names, as they stand in the
  /// play: those that are called so or listen to it. A block that is meant runs
  /// as a whole; of another one what is meant in it, under its keywords. A
  /// result belongs to one id, so that ids that have run before get `#2` and so
  /// on.
  std::vector<node> choose(const std::vector<node>& all,
                           const std::vector<std::string>& notified);

  /// All may run once more. Until then each runs once: handlers that notify
  /// each other would never end.
  void begin_anew() {
    ran_.clear();
  }

private:
  bool take(const node& from, const std::vector<std::string>& notified,
            node& to);
  void take_all(std::vector<node>& nodes);
  void rename(std::string& id);

  std::set<std::string> ran_;
  // How often each has run.
  std::map<std::string, unsigned> calls_;
};

} // namespace troupe
