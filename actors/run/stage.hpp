#pragma once

#include "actors/messages.hpp"
#include "actors/run/task_report.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// One step of the way to a task: the how-manieth it is there.
struct place_step {
  uint32_t number = 0;
  /// What an inclusion has read; of several the one that is come to first goes
  /// first.
  std::string label;
};

/// Where a task stands in its play, from the outside in.
using task_place = std::vector<place_step>;

using place_ptr = std::shared_ptr<const task_place>;

/// A task that may begin.
struct arrival {
  std::string host;
  /// Its id; empty: it is no task.
  std::string task;
  task_place where;
  /// One host does it for all.
  bool once = false;
  /// This one had begun with it, or with what it includes, in an earlier
  /// process and not ended: that is its own, to go on with or to decide about.
  bool begun = false;
  /// When it fails somewhere, the play ends everywhere.
  bool fatal = false;
  /// It belongs to a `rescue` or `always`.
  bool rescuing = false;
};

using arrival_ptr = std::shared_ptr<const arrival>;

/// A task may begin, or has been done.
struct gate_answer {
  /// What came of it on the host that did it for all; null: begin.
  report_ptr done;
};

using gate_answer_ptr = std::shared_ptr<const gate_answer>;

/// What the other hosts need to know of a task that has ended in an earlier
/// process of this run.
struct past_task_end {
  task_place where;
  /// It was done for all.
  bool for_all = false;
  /// It failed, and no rescue makes that good.
  bool failed = false;
};

/// How a task has ended, for the other hosts.
struct host_task_end {
  std::string host;
  report_ptr report;
  /// See `arrival`.
  bool fatal = false;
  /// Absent: this process has done it.
  std::optional<past_task_end> before = {};
};

using host_task_end_ptr = std::shared_ptr<const host_task_end>;

/// CONDUCTOR, as far as the tasks of a HOST RUN need it. Its death is theirs.
using stage_actor = caf::typed_actor<
  // A TASK RUNNER, or a PLAY RUNNER at the end of its tasks, is at the gate:
  // answered when it may go on.
  caf::replies_to<arrived_atom, arrival_ptr>::with<gate_answer_ptr>,
  // A task that was at the gate, or that failed, has ended.
  caf::reacts_to<ended_atom, host_task_end_ptr>,
  // A `meta` task that is about more than its own host: the host, the action.
  caf::reacts_to<meta_atom, std::string, std::string>>;

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::place_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::arrival_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::gate_answer_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::host_task_end_ptr)
