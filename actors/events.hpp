#pragma once

#include "actors/run/task_result.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace troupe {

/// Why a run is being ended early.
enum class cancel_reason : uint8_t {
  interrupted,
  terminated,
  timeout,
  failed,
  /// The journal cannot be written any more.
  state_lost,
  /// `meta: end_play`: no failure, only nothing more.
  play_ended,
  /// With `--step`: nobody is there any more to say what shall run.
  unanswered,
  /// What happened on other hosts has ended the play.
  others_failed,
  /// Its host cannot be reached.
  unreachable,
};

// -- what happens in a run ----------------------------------------------------

struct run_started {
  std::string plan;
};

struct play_started {
  std::string play;
  /// No host plays.
  bool nobody = false;
  /// Its hosts go on at their own pace.
  bool free = false;
  /// Its tasks only say what they would do, unless they say otherwise.
  bool check_mode = false;
};

/// What happened on hosts of a play has ended it for all.
struct hosts_exhausted {
  std::string play;
};

struct task_started {
  std::string task;
  std::string name;
  std::string module;
  bool handler = false;
  /// It only says what it would do.
  bool check_mode = false;
};

/// The task may begin, and waits for somebody to say whether it shall.
struct task_question {
  std::string task;
  std::string name;
  bool handler = false;
};

/// The tasks of a file or a role begin.
struct tasks_included {
  std::string task;
  std::string name;
  /// The file, or the role.
  std::string from;
  /// The item of a loop; as in `task_retry`.
  std::string item;
  bool handler = false;
  bool of_role = false;
};

/// Another attempt follows after a pause.
struct task_retry {
  std::string task;
  std::string name;
  /// The item; empty outside of loops, under `no_log`, and where
  /// `loop_control.label` says what to show.
  std::string item;
  bool handler = false;
  /// The number of the next attempt.
  unsigned attempt = 0;
  /// How many may follow, that one included.
  unsigned left = 0;
  std::chrono::nanoseconds delay{0};
  /// The name as the plan has it, without the role in front.
  std::string own_name = {};
};

/// Items of a loop have ended that goes on. Only loops that take their time say
/// so, and only to views that show items when they end.
struct items_ended {
  /// As that of the task will be, with these items alone as its results.
  result_ptr result;
  /// How many were told of before.
  size_t first = 0;
};

struct task_ended {
  result_ptr result;
  /// It ended in an earlier process of this run.
  bool restored = false;
};

/// The rescue of a block has made good that this task failed.
struct task_rescued {
  std::string task;
  std::string name;
};

struct facts_collected {
  std::string message;
};

/// Something that is no task's failure: a warning, or trouble of the engine.
struct run_trouble {
  std::string message;
};

struct run_ended {
  bool failed = false;
  /// How it ended, in words.
  std::string message;
  std::chrono::nanoseconds duration{0};
  /// Of a run of many hosts, by their names: what became of the tasks of each.
  std::vector<std::pair<std::string, run_counts>> hosts = {};
};

/// One of them, in the order in which they became known.
struct run_event {
  using kinds
    = std::variant<run_started, play_started, task_started, task_retry,
                   task_ended, facts_collected, run_trouble, run_ended,
                   task_question, task_rescued, tasks_included, hosts_exhausted,
                   items_ended>;

  kinds what;
  uint64_t sequence = 0;
  std::string run;
  std::string host;
  std::chrono::system_clock::time_point time;
  /// How many tasks have ended how by then.
  run_counts counts;

  /// Null when it is of another kind.
  template <class Kind>
  const Kind* as() const {
    return std::get_if<Kind>(&what);
  }
};

using event_ptr = std::shared_ptr<const run_event>;

// -- how a run goes and ends --------------------------------------------------

/// Where a run is: what a query answers while it goes on.
struct run_snapshot {
  std::string play;
  std::vector<std::string> running;
  /// What people know those by, one by one.
  std::vector<std::string> running_names;
  std::vector<std::string> failed;
  std::vector<std::string> changed;
  /// Failed because nobody knows whether they took effect in an earlier
  /// process of this run.
  std::vector<std::string> unknown;
  /// Of those that were included: the task of the plan that led to it.
  std::unordered_map<std::string, std::string> included_by;
  run_counts counts;
  std::chrono::system_clock::time_point start;
};

using snapshot_ptr = std::shared_ptr<const run_snapshot>;

/// The plays came to their end, whatever their tasks came to.
struct run_completed {};

/// Ended before its time.
struct run_cancelled {
  cancel_reason why = cancel_reason::interrupted;
};

/// The engine itself gave up.
struct run_broken {
  std::string why;
};

/// The run had no place for its files; nothing ran.
struct run_homeless {
  std::string why;
};

/// The journal could not be written any more.
struct run_unrecorded {
  std::string why;
};

/// How a run ended.
struct run_outcome {
  std::variant<run_completed, run_cancelled, run_broken, run_homeless,
               run_unrecorded>
    how;
  run_counts counts;
  std::vector<std::string> failed_tasks;
  std::vector<std::string> changed_tasks;
  std::vector<std::string> unknown_tasks;
  /// The run only predicted.
  bool dry = false;
  /// What tasks did was taken back.
  bool rolled_back = false;
  /// Something that was to take it back was cut off.
  bool rollback_cut_off = false;
  std::string sentence;
  std::chrono::nanoseconds duration{0};
  /// Hosts that could not be reached.
  std::vector<std::string> unreachable_hosts;
  /// A play could not begin, and nothing could come after it: nobody can go on.
  bool stuck = false;
  /// What kept views from showing all of it.
  std::vector<std::string> view_troubles;

  /// Every task ended well, or in a way that does not count as a failure.
  bool well() const {
    return std::holds_alternative<run_completed>(how) && failed_tasks.empty();
  }

  /// There is nothing left that the run could go on with.
  bool is_taken_back() const {
    return rolled_back && !rollback_cut_off;
  }

  /// Null when it did not end in that way.
  template <class How>
  const How* ended() const {
    return std::get_if<How>(&how);
  }
};

using outcome_ptr = std::shared_ptr<const run_outcome>;

/// How a run ended, in one sentence.
std::string sentence_for(const run_outcome& outcome);

} // namespace troupe
