#pragma once

#include "config/value/source_place.hpp"
#include "config/value/value.hpp"
#include "platform/predicted/foreseen.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// Where a task is, or how it ended.
enum class task_status : uint8_t {
  pending,
  running,
  success,
  failed,
  skipped,
  timeout,
  cancelled,
};

const char* to_string(task_status status);

/// Why a skipped or cancelled task did not run.
enum class skip_reason : uint8_t {
  none,
  /// A condition was false.
  condition,
  /// The tags of the run do not select it.
  tags,
  /// Something it depends on failed.
  dependency,
  /// The module or every item of the loop skipped.
  module,
  /// `meta: end_play` and the like.
  play_ended,
  /// It belongs to a `rescue`, and nothing failed.
  not_needed,
  /// `run_once`: another host has done it.
  elsewhere,
};

/// One try at running a task.
struct attempt {
  unsigned number = 1;
  std::chrono::system_clock::time_point start;
  std::chrono::nanoseconds duration{0};
  bool failed = false;
  std::string msg;
  /// Of a loop: where its item is among the `results` of the task's output.
  std::optional<uint64_t> item = std::nullopt;
};

/// Which task a result is about.
struct task_label {
  std::string id;
  std::string name;
  std::string module;
  std::string play;
  bool handler = false;
  /// Not among the tasks of the plan: included, or part of a rollback.
  bool added = false;
  /// `no_log`: the output is kept for `register` and shown nowhere.
  bool censored = false;
  /// The plan gives the id, and so people know the task by it.
  bool own_id = false;
  /// Where the plan says what to do.
  source_place place;
};

/// What people know a task by: "'Install nginx' (site.yml:12:3)"; the id only
/// where the plan gives it.
std::string known_as(const task_label& task);

/// A task of which others speak, as the one that failed.
struct named_task {
  /// Empty: nobody knows which one.
  std::string id;
  /// As `known_as` says it.
  std::string words;
};

/// What is known of a task that ended.
struct task_result : task_label {
  task_status status = task_status::pending;
  bool changed = false;
  /// Failed, but the plan says that this does not count.
  bool ignored = false;
  /// Failed in a block with a `rescue`, which comes next.
  bool has_rescue = false;
  /// Failed, for its host cannot be reached.
  bool unreachable = false;
  skip_reason why_skipped = skip_reason::none;
  /// In plain words, for skipped and cancelled tasks.
  std::string reason;
  /// The failed task because of which this one was skipped.
  std::string failed_dependency;
  /// `delegate_to`: where it was done; empty: on its own host.
  std::string delegated_to;
  /// The same as people are told it, with its address where that is another
  /// word: of each item, one without a loop; those after the last are on their
  /// own host.
  std::vector<std::string> done_on;
  std::string msg;
  /// The class of a failure ("not_found", "timeout", ...); empty otherwise.
  std::string error;
  /// The result as `register` sees it: Ansible's keys.
  value output;
  std::vector<attempt> attempts;
  std::vector<std::string> warnings;
  value diff;
  /// The keyword `diff` asks for it to be shown.
  bool diff_asked = false;
  /// In check mode, what would become of the things that it is about; names
  /// are empty under `no_log` and where only the task's own says which one.
  std::vector<foreseen> things;
  std::chrono::system_clock::time_point start;
  std::chrono::system_clock::time_point end;
  std::chrono::nanoseconds duration{0};
  /// A call of it may be made again without asking anybody.
  bool repeatable = false;

  bool failed() const {
    return status == task_status::failed || status == task_status::timeout;
  }

  /// It was running when the run was cancelled: what it did is not known.
  bool cut_off() const {
    return status == task_status::cancelled && reason.empty();
  }

  /// Failed in a way that counts.
  bool counts_as_failed() const {
    return failed() && !ignored;
  }
};

using result_ptr = std::shared_ptr<const task_result>;

/// A result as reports show it.
value to_value(const task_result& result);

/// RFC 3339 in UTC with microseconds: "2026-01-31T12:00:00.000000Z".
std::string format_time(std::chrono::system_clock::time_point t);

/// How many tasks ended how; one run, play or batch.
struct run_counts {
  uint64_t total = 0;
  uint64_t ok = 0;
  uint64_t changed = 0;
  uint64_t failed = 0;
  /// Those of `failed` whose host could not be reached.
  uint64_t unreachable = 0;
  uint64_t timeout = 0;
  uint64_t skipped = 0;
  uint64_t cancelled = 0;
  /// Those of `cancelled` that were running then.
  uint64_t cut_off = 0;
  /// Those of `cut_off` of which a person has to say how to go on.
  uint64_t in_doubt = 0;
  uint64_t ignored = 0;
  /// Failed in a block whose rescue went well.
  uint64_t rescued = 0;
  uint64_t retries = 0;

  void add(const task_result& result);
  /// Those of another host.
  void add(const run_counts& others);
  /// Takes back what was added so.
  void remove(const run_counts& others);

  uint64_t ended() const {
    return ok + failed + timeout + skipped + cancelled + rescued;
  }
};

value to_value(const run_counts& counts);

} // namespace troupe
