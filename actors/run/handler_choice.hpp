#pragma once

#include "actors/run/handler_names.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// Which handlers of a play run when: in a flush each that is notified, in the
/// order in which they stand, also what one of them notifies that stands after
/// it. What stands before it waits for the next flush, as in Ansible. Plain
/// code without actors.
class handler_choice {
public:
  /// Takes ids of handlers, or of blocks of them, to be run.
  void note(const std::vector<std::string>& notified,
            const handler_names& names);

  /// The next one of this flush; nothing at its end. A block that is meant runs
  /// as a whole; of another one what is meant in it, under its keywords. A
  /// result belongs to one id, so that ids that have run before get `#2` and so
  /// on.
  std::optional<node> next(const std::vector<node>& all,
                           const handler_names& names);

  /// The ids by which those are notified that `next` took last, and those in
  /// them, by the ids of their own.
  const std::map<std::string, std::string>& taken() const {
    return taken_;
  }

  /// How many handlers of the play this flush has passed.
  size_t position() const {
    return next_;
  }

  /// Another flush begins.
  void begin_anew() {
    next_ = 0;
    last_.clear();
  }

  /// Whether some wait for the next flush.
  bool any_wait() const {
    return !meant_.empty();
  }

private:
  std::set<std::string> meant_;
  // What `next` took since the last `note`.
  std::set<std::string> last_;
  // Where this flush goes on.
  size_t next_ = 0;
  std::map<std::string, std::string> taken_;
  // How often each has run.
  std::map<std::string, unsigned> calls_;
};

} // namespace troupe
