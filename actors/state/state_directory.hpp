#pragma once

#include "actors/state/run_past.hpp"
#include "platform/file_lock.hpp"
#include "platform/host.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// The folder for what outlives a run:
///
///     lock           held by the run that goes on
///     facts.json     facts between runs
///     runs/RUN/      one folder for each run
///       journal        what happened (see journal.hpp)
///       undo/          what tasks replaced
///       report.json    once the run has ended
///       hosts/HOST/    journal and undo of each host of a run of many
///     tmp/           folders of runs for their temporary files
class state_directory {
public:
  /// How many runs stay, and how many that can be gone on with.
  static constexpr size_t runs_kept = 20;
  static constexpr size_t open_runs_kept = 100;

  /// Makes the folder where it is missing and takes its lock, once all has
  /// ended that a holder who was killed had started. It, `runs` and `tmp` must
  /// be folders of this user to which nobody else may write. `what` it is for,
  /// for those who are refused. Errors: class `exhausted` when another run
  /// holds it (the message says which), anything else when the folder cannot be
  /// used.
  static result<std::shared_ptr<state_directory>> open(host& machine,
                                                       const std::string& path,
                                                       const std::string& what,
                                                       bool wait = false);

  /// Where state is kept when nobody says: /var/lib/troupe for root, else
  /// below XDG_STATE_HOME or HOME. Empty when there is no such place.
  static std::string default_path(host& machine);

  const std::string& path() const {
    return path_;
  }

  /// Processes of a run that was killed with the lock, which could not be
  /// ended.
  const std::vector<int>& left_behind() const {
    return lock_->left_behind();
  }

  std::string run_folder(const std::string& run) const {
    return runs_folder(path_) + "/" + run;
  }

  static std::string runs_folder(const std::string& path) {
    return path + "/runs";
  }

  /// A new journal for this run, with its folders.
  result<std::shared_ptr<journal>> create_run(const run_header& header,
                                              bool durable);

  /// The same in another folder: of one host of a run of many.
  result<std::shared_ptr<journal>>
  create_in(const std::string& folder, const run_header& header, bool durable);

  /// The newest run of a plan that has not ended well; empty: none. `hashes`:
  /// what a journal may know the plan by.
  std::string unfinished_run(const std::vector<std::string>& hashes) const;

  /// Removes the folders of old runs. The newest `keep` stay, those that
  /// changed nothing and single tasks counted for themselves, and behind them
  /// those that have not ended well, or are half undone, as long as they are
  /// among the newest `keep_open`. `in_use` stays in any case: the run that
  /// begins, or is gone on with.
  void remove_old_runs(const std::string& in_use, size_t keep = runs_kept,
                       size_t keep_open = open_runs_kept);

  /// Notes that a run has ended well, and whether it changed something.
  void note_ended_well(const std::string& run, bool changed);

  /// Notes that a run is of one task that was typed (`troupe do`), once it has
  /// ended.
  void note_single(const std::string& run);

private:
  bool is_marked(const std::string& run, const char* mark) const;
  bool has_ended_well(const std::string& run) const;
  /// Removes folders of runs that were killed before their first record was
  /// there.
  void remove_unbegun(const std::string& in_use);

  state_directory(host& machine, std::string path,
                  std::unique_ptr<file_lock> lock)
      : machine_{machine}, path_{std::move(path)}, lock_{std::move(lock)} {
  }

  host& machine_;
  std::string path_;
  std::unique_ptr<file_lock> lock_;
};

/// Whether the folder of a run, or of one of its hosts, and what undo keeps in
/// it are this user's, and nobody else may write to them: before a journal in
/// it is gone on with, or undone.
result<void> check_run_folder(host& machine, const std::string& folder);

/// Whether the folder of a run, or of one of its hosts, has a journal: without
/// one nothing of it has begun.
bool has_journal(host& machine, const std::string& folder);

/// The id of the run that a person means: an id, the beginning of one that no
/// other has, or `last`. An error says what there is instead.
result<std::string> find_run(host& machine, const std::string& path,
                             const std::string& named);

/// Whether `note_single` has marked the run.
bool is_marked_single(host& machine, const std::string& path,
                      const std::string& run);

/// Whether something that the run did was taken back, by a rollback or by
/// `troupe undo`, even one that was cut off: what its journal says of tasks
/// that ended is true no longer.
bool taken_back(host& machine, const std::string& path, const run_past& past);

/// Whether the run, on any of its hosts, has begun to take back what it did.
bool has_rolled_back(host& machine, const std::string& path,
                     const run_past& past);

/// Whether an undo of the run goes on, or was cut off: another one takes back
/// the rest.
bool is_half_undone(host& machine, const std::string& path,
                    const std::string& run);

/// Why a run cannot be gone on with of which something was taken back; empty:
/// nothing was. `state_argument`: what a command needs to find the folder.
std::string why_not_to_go_on(host& machine, const std::string& path,
                             const run_past& past,
                             const std::string& state_argument);

/// Notes that an undo of the run begins. On success that is on the disk: who
/// takes something back before it may leave a run behind that is gone on with
/// as if all of it were there.
result<void> begin_undo(host& machine, const std::string& path,
                        const std::string& run);

/// The undo that has begun has touched nothing.
result<void> give_up_undo(host& machine, const std::string& path,
                          const std::string& run);

/// Notes that the run was undone, as far as that goes.
result<void> end_undo(host& machine, const std::string& path,
                      const std::string& run);

/// What the journal of a run in a state folder says. An error when there is
/// no such run.
result<std::shared_ptr<run_past>> look_at_run(const std::string& path,
                                              const std::string& run);

/// The same to undo it: see `run_past::look_to_undo`.
result<std::shared_ptr<run_past>> look_to_undo(const std::string& path,
                                               const std::string& run);

/// Gives all journals of a run one after another, so that only one is open at a
/// time: its own, which is `past`, and those of the hosts of a playbook, by
/// name. What cannot be read is passed over. `to_undo`: what is sealed of the
/// changes on the hosts is read.
void for_each_journal(host& machine, const std::string& path,
                      const run_past& past,
                      const std::function<void(const run_past&)>& take,
                      bool to_undo = false);

/// Whether it is a run of a playbook's hosts, with journals of their own.
bool has_hosts(host& machine, const std::string& path, const run_past& past);

/// How many tasks have ended on all hosts of a run.
uint64_t tasks_ended_in(host& machine, const std::string& path,
                        const run_past& past);

/// The ids of the runs in a state folder that have begun, oldest first.
std::vector<std::string> list_runs(host& machine, const std::string& path);

} // namespace troupe
