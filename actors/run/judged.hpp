#pragma once

#include "config/value/value.hpp"
#include "modules/module.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What one item of a task (or all of it, without a loop) came to.
struct judged {
  module_result from;
  /// The result as it is shown.
  value output;
  /// The same as `register` sees it, where secrets had to be taken out of what
  /// is shown; null: `register` sees the same.
  value kept;
  bool failed = false;
  bool changed = false;
  /// `until` holds, or there is none and it did not fail.
  bool settled = true;
  /// An expression that could not be evaluated: which one, and why.
  std::string broken;
  std::optional<errc> broken_by;
  /// `ignore_errors` says that the failure does not count.
  bool ignored = false;
  /// `no_log` hides it, or may do so.
  bool censored = false;
  /// Read from the journal, which has not got what later tasks see of it.
  bool hidden = false;
  /// What the playbook says of the item cannot be read: the loop ends here, and
  /// the task has failed as a whole.
  bool ends_loop = false;
  /// A failure ends all others: `any_errors_fatal`.
  bool ends_all = false;
  /// The ids of the handlers that the change notifies.
  std::vector<std::string> notify;
  /// Its host was lost in the middle: what was done there is not known.
  bool lost = false;
  /// The other host that it was done on, and as people are told it, with its
  /// address where that is another word; empty: its own.
  std::string delegated_to;
  std::string told_host;
  /// The facts that it sets as variables are facts as well.
  bool cacheable = false;
  /// What `loop_control.label` shows of the item; null: nothing.
  value label;

  /// Says something more in the result, for all who see it.
  void say(std::string_view key, const value& x) {
    for (auto* each : {&output, &kept})
      if (each->is_dict())
        each->as_dict().set(key, x);
  }
};

} // namespace troupe
