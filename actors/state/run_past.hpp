#pragma once

#include "actors/state/journal.hpp"
#include "actors/state/resumed_work.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace troupe {

/// What the journal of a run says about the time before this process. Results
/// stay on the disk until they are asked for: of a task that ended only a
/// number and its place are kept.
class run_past {
public:
  /// An item of a task (the first, without a loop) that had begun.
  struct call {
    /// Its module was being called when the run died.
    bool running = false;
    /// Attempts that had ended.
    unsigned attempts = 0;
    /// The call that was under way may be made again.
    bool repeatable = true;
    /// When that call began.
    std::chrono::system_clock::time_point begun;
    /// A file had been changed meanwhile.
    bool changed = false;
    /// As `call_key::by_line`.
    std::string by_line;
    /// It ended, but what it gave to later tasks (`no_log`) cannot be read. Of
    /// an item that is among `items` it is not `running`.
    bool hidden = false;
  };

  /// A task that began and did not end.
  struct unfinished {
    /// Items of its loop that ended, by their number.
    std::unordered_map<uint64_t, judged> items;
    /// Those that had begun, several in a parallel loop, and those that ended
    /// but are hidden.
    std::map<uint64_t, call> calls;
    /// What holds for each item that is not among them.
    std::optional<call> every;
    /// What the task that began was told, and the same with the items of its
    /// loop; 0: not known.
    uint64_t definition = 0;
    uint64_t of_items = 0;

    bool is_of(uint64_t task) const {
      return definition == 0 || task == 0 || definition == task;
    }
    bool has_items(uint64_t known) const {
      return of_items == 0 || known == 0 || of_items == known;
    }
  };

  /// Opens a run's journal to go on with it: a torn end is cut off, and what is
  /// sealed is read.
  static result<std::shared_ptr<run_past>> open(const std::string& path);

  /// Looks at a run's journal, which may belong to a run that goes on.
  static result<std::shared_ptr<run_past>> look_at(const std::string& path);

  /// The same to undo it: what is sealed of its changes is read.
  static result<std::shared_ptr<run_past>>
  look_to_undo(const std::string& path);

  const run_header& header() const {
    return header_;
  }

  /// Absent when the run died.
  const std::optional<run_ending>& ending() const {
    return ending_;
  }

  /// Failed tasks count as not ended.
  void rerun_failed();

  /// The report of a task that need not run again; null otherwise. One that
  /// cannot be read any more has failed with `unknown_state`. `handled`:
  /// its failure has a rescue, and so is no reason to run it again unless its
  /// host could not be reached.
  /// `definition` is what the task is told now (0: whatever it is): one that
  /// was told something else when it ended has failed with `unknown_state`.
  report_ptr ended(const std::string& task, bool handled = false,
                   uint64_t definition = 0) const;

  /// Whether the task has ended, need not run again, and was told something
  /// else than `definition`.
  bool ended_otherwise(const std::string& task, uint64_t definition) const;

  /// Handlers that items of a loop told of before it failed: what these have
  /// changed is not changed again.
  std::vector<std::string> notified_before(const std::string& task) const;

  /// What this process does, beside it: others only read the past.
  resumed_work& since() const {
    return *since_;
  }

  /// Null when the task never began, or has ended.
  const unfinished* begun(const std::string& task) const;

  /// Tasks whose call was under way and may not simply be made again.
  std::vector<std::string> unknown_tasks() const;

  /// Jobs in the background by their `ansible_job_id`, and how they ended;
  /// absent when they had not.
  const std::map<std::string, std::optional<judged>>& background() const {
    return background_;
  }

  /// Facts that were collected; null: none were, or not all can be read any
  /// more.
  const std::shared_ptr<const dict>& facts() const {
    return facts_;
  }

  /// What changed, oldest first.
  const std::vector<undo_entry>& changes() const {
    return changes_;
  }

  /// A rollback of the run itself takes back what it did, or has done so.
  bool rolled_back() const {
    return rolled_back_;
  }

  /// Reports of all tasks that ended, in their order: as much memory as they
  /// take.
  std::vector<report_ptr> reports() const;

  uint64_t tasks_ended() const {
    return ended_.size() + told_.size();
  }

  /// How often it was gone on with before.
  uint64_t resumptions() const {
    return resumptions_;
  }

  /// Bytes of a torn end that were not read.
  uint64_t dropped() const {
    return dropped_;
  }

  /// Whether tasks that this one includes had begun.
  bool has_included(const std::string& task) const;

  /// The journal to go on with. Only after `open`, and once.
  std::shared_ptr<journal> take_journal(bool durable, clock_source& clock) {
    return std::make_shared<journal>(std::move(files_.log), durable, clock,
                                     files_.key);
  }

private:
  struct place {
    uint64_t hash = 0;
    uint64_t offset = 0;
  };

  /// What a journal is loaded for.
  enum class purpose : uint8_t { look, undo, go_on };

  static result<std::shared_ptr<run_past>> load(const std::string& path,
                                                purpose what_for);
  void take(uint64_t offset, record_type type, record_reader from);
  /// Variables that came when the run was gone on with.
  void add_vars(const std::vector<std::string>& added);
  /// What died via a connection may have changed something.
  void add_unseen();
  void take_facts(record_reader& from);
  void take_started(record_reader& from);
  void take_attempt(record_reader& from);
  void take_task(uint64_t offset, record_reader& from);
  void take_undo(record_reader& from);
  void take_background(record_reader& from);
  /// All that have included this task.
  void note_inclusions(const std::string& task);
  void take_item(record_reader& from);
  /// With what is sealed behind it, as far as that can be read.
  judged read_whole(record_reader& from) const;
  /// Null when it cannot be read.
  report_ptr report_at(uint64_t offset) const;
  /// `known`: what the journal still says of it; null: nothing.
  report_ptr unreadable(const std::string& task, std::string why,
                        const task_result* known) const;

  struct {
    std::unique_ptr<record_log> log;
    // Kept for reading after the other was taken.
    std::unique_ptr<record_log> reader;
    // Null when the run is only looked at.
    std::shared_ptr<run_key> key;
    // The same for changes alone.
    std::shared_ptr<run_key> undo_key;
  } files_;
  run_header header_;
  uint64_t resumptions_ = 0;
  std::optional<run_ending> ending_;
  std::shared_ptr<const dict> facts_;
  // Sorted by hash, then by offset.
  std::vector<place> ended_;
  std::unordered_map<std::string, unfinished> begun_;
  // Hashes of tasks whose inclusions had begun.
  std::unordered_set<uint64_t> including_;
  std::map<std::string, std::optional<judged>> background_;
  std::vector<undo_entry> changes_;
  // Failures recorded before this place count as not ended.
  uint64_t rerun_before_ = 0;
  uint64_t last_offset_ = 0;
  uint64_t dropped_ = 0;
  bool rolled_back_ = false;
  std::unique_ptr<resumed_work> since_ = std::make_unique<resumed_work>();
  // Where those stand that are done again all the same.
  std::unordered_map<std::string, uint64_t> told_;
};

} // namespace troupe
