#pragma once

#include "actors/run/task_result.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// What a TASK RUNNER hands over when its task has ended.
struct task_report {
  result_ptr result;
  /// Name and value for `register`; empty name: none.
  std::string register_as;
  value registered;
  /// From `set_fact`: as strong as registered results.
  dict variables;
  /// From `setup` and custom modules.
  dict facts;
  /// Handlers to notify, when the task changed something. Of one that failed
  /// nobody is told until a process that goes on has made it good.
  std::vector<std::string> notify;
  bool fatal = false;
  /// What the play changed shall be undone.
  bool roll_back = false;
  bool blocked = false;
  /// The failed task behind `blocked`.
  named_task culprit;
  /// The tasks whose inclusions led to it, the outermost first.
  std::vector<std::string> included_by;
  /// The first task that failed among those that this one included.
  named_task failed_inside;
  /// The task was running when an earlier process of this run died, and
  /// nobody has decided what that means.
  bool unknown = false;
  /// The same of a task among those that this one included.
  bool unknown_inside = false;
  /// Its host was lost in the middle of a call, which the journal keeps as one
  /// that has begun.
  bool lost = false;
  /// Without effects of its own: a run that is gone on with does it again
  /// instead of reading what came of it.
  bool repeats = false;
  /// Read from the journal, in which what it gave to later tasks (`no_log`)
  /// cannot be read.
  bool hidden = false;
  /// What it gives to later tasks is more than may be read by anybody.
  bool secret = false;
  /// `meta: clear_host_errors`: what has failed before it stops nothing more.
  bool clears_errors = false;
  /// `definition_of` the task that was run; 0: it was not looked at.
  uint64_t definition = 0;
};

using report_ptr = std::shared_ptr<const task_report>;

/// What a BLOCK RUNNER that died leaves to be accounted for.
struct lost_block {
  std::string block;
  /// Why it died.
  std::string why;
  /// Its tasks as they are reported when they had not begun.
  std::vector<result_ptr> tasks;
  /// As `task_report::included_by`.
  std::vector<std::string> included_by;
};

using lost_block_ptr = std::shared_ptr<const lost_block>;

/// A block has ended; its failure is that of its children.
struct block_report {
  std::string id;
  bool failed = false;
  bool fatal = false;
  bool blocked = false;
  named_task culprit;
  /// Nothing of it has begun, because something else was ended.
  bool cancelled = false;
  /// A task of it is unknown: `task_report::unknown`.
  bool undecided = false;
  /// Tasks whose failure was made good by the block's rescue.
  std::vector<std::string> rescued;
  /// What the play changed shall be undone.
  bool roll_back = false;
  /// The same as of a task.
  bool clears_errors = false;
};

} // namespace troupe
