#pragma once

#include "actors/run/judged.hpp"
#include "actors/run/task_report.hpp"
#include "actors/state/run_key.hpp"
#include "actors/state/undo_entry.hpp"
#include "config/value/record_codec.hpp"
#include "platform/clock.hpp"
#include "platform/record_log.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What kinds of records a journal holds; the numbers are its format.
enum class record_type : uint8_t {
  /// The first one: what runs.
  run = 1,
  /// The run goes on in another process.
  resumed = 2,
  facts = 3,
  /// A module is about to be called.
  started = 4,
  /// An attempt has ended and the task will try again.
  attempt = 5,
  /// One item of a loop has ended.
  item = 6,
  /// A task has ended.
  task = 7,
  /// A job in the background has begun or ended.
  background = 8,
  /// What a path was before a task changed it.
  undo = 9,
  /// The run has ended by itself.
  ended = 10,
  /// A task has ended that a run that is gone on with does again all the same:
  /// for those who look at the run.
  told = 11,
};

/// One call of a module, as the journal knows it.
struct call_key {
  std::string task;
  uint64_t item = 0;
  unsigned attempt = 1;
  /// The call may be made again if nobody knows whether it took effect.
  bool repeatable = true;
  /// What it changes is written down before that happens, so that its beginning
  /// alone says nothing. Never of one `by_line` that changes something.
  bool noted = false;
  /// The name of the module that changes something where only another engine
  /// sees it; empty: this one sees what changes, or nothing does.
  std::string by_line = {};
  /// What its task is told; 0: not known.
  uint64_t definition = 0;
  /// The same with the items of its loop.
  uint64_t items = 0;
};

/// What a journal begins with.
struct run_header {
  std::string run;
  /// The plan's path, and `shape_of` its tasks; of one that is streamed, and up
  /// to version 5, the SHA-256 of its text.
  std::string source;
  std::string plan_hash;
  std::string plan_name;
  std::string host;
  std::chrono::system_clock::time_point started;
  /// What the command line said, for `resume`.
  dict options;
  /// Of the records; see record_numbers.hpp.
  uint64_t version = 0;
};

/// How a run ended.
struct run_ending {
  std::chrono::system_clock::time_point time;
  bool failed = false;
  /// On a host of it what was done was taken back, and on none of them that was
  /// cut off. Absent: an older version has written it.
  std::optional<bool> rolled_back = {};
  std::string sentence;
  run_counts counts;
};

/// The journal of a run: what must not be forgotten when the process dies.
/// Everything appended is with the system before the call returns, so that it
/// survives the end of this process; with `durable` what must survive the end
/// of the machine is synced as well. Callable from all threads. After the
/// first failed write it refuses all others with the same reason.
class journal {
public:
  /// `clock` is that of the host on which the run acts; it must outlive this.
  /// Without a `key` what may not be read is not written down at all.
  journal(std::unique_ptr<record_log> log, bool durable, clock_source& clock,
          std::shared_ptr<run_key> key = nullptr)
      : log_{std::move(log)}, durable_{durable}, clock_{clock}, key_{std::move(
                                                                  key)} {
  }

  result<void> begin(const run_header& header);
  result<void> resumed(bool rerun_failed,
                       const std::vector<std::string>& added_vars = {});
  /// `hidden`: those that nobody may read. Never has the environment.
  result<void> facts(const dict& found, const dict& hidden = {});
  /// Must succeed before the module is called; synced when `durable` and the
  /// call is not repeatable. The record of one whose changes are noted goes
  /// along with the next one.
  result<void> started(const call_key& call);
  result<void> attempt_ended(const std::string& task, uint64_t item,
                             unsigned attempt);
  /// `for_later`: later tasks see more of it than its failure or success.
  result<void> item_ended(const std::string& task, uint64_t item,
                          const judged& verdict, bool for_later);
  result<void> task_ended(const task_report& report);
  /// Must succeed before the job begins.
  result<void> background_started(const std::string& id);
  result<void> background_ended(const std::string& id, const judged& verdict);
  /// It did not begin after all: nothing is known of such a job.
  result<void> background_withdrawn(const std::string& id);
  /// One that is `unread` is sealed; which are so is for `undo_store::changing`
  /// to say, through which all changes of a run come.
  result<void> changing(const undo_entry& entry);
  result<void> ended(const run_ending& how);

  /// The first reason why something could not be sealed, once.
  std::optional<error> take_unsealed();

  /// Why nothing can be written any more; empty while it can.
  std::string trouble() const;

private:
  result<void> append(record_type type, const record_writer& what);
  /// What may be read of it; behind that all of it, sealed, when that is more.
  /// `for_later`: without that the task has to be run again.
  void put_verdict(record_writer& to, const judged& verdict, bool for_later);
  /// Empty when it could not be sealed.
  std::string sealed(const record_writer& what);
  /// Returns when the record is on the disk, if the journal is `durable`.
  result<void> append_durably(record_type type, const record_writer& what);
  error refuse_from_now(const error& why);

  std::unique_ptr<record_log> log_;
  bool durable_;
  clock_source& clock_;
  std::shared_ptr<run_key> key_;
  mutable std::mutex mutex_;
  std::string trouble_;
  // Why something could not be sealed, and whether that was told.
  std::optional<error> unsealed_;
  bool told_ = false;
};

/// What anybody may know of the end of a call: under `no_log` how it ended.
judged censored(const judged& verdict);

// How the records look inside, for `journal` and `run_past`.

void write(record_writer& to, const run_header& from);
run_header read_header(record_reader& from);
void write(record_writer& to, const judged& from);
judged read_judged(record_reader& from);
/// What some of version 7 do not know of a verdict: the other host that it was
/// done on, and whether its host could not be reached.
void write_host(record_writer& to, const judged& from);
void read_host(record_reader& from, judged& to);
void write(record_writer& to, const task_report& from);
task_report read_report(record_reader& from);

/// Whether it gives something to later tasks that nobody may read.
bool gives_unread(const task_report& report);

/// Which task a report is about, for who goes through many of them.
struct report_head {
  std::string id;
  std::string module;
};

/// Reads the beginning of what `read_report` reads.
report_head read_report_head(record_reader& from);

/// What a task gives to later ones, as it is sealed behind its report.
void write_given(record_writer& to, const task_report& from);

/// What is sealed behind a record; null or false when there is nothing, or it
/// cannot be opened.
std::optional<judged> unsealed_verdict(record_reader& from, run_key* key);
bool unseal_given(record_reader& from, run_key* key, task_report& to);
/// Adds the facts that are sealed behind others; true when there are none.
bool unseal_facts(record_reader& from, run_key* key, dict& to);
/// Opens a record that is sealed; where that is not possible it stays so, and
/// `kept.lost` says why.
void unseal_undo(undo_entry& entry, run_key* key);
void write(record_writer& to, const run_ending& from);
run_ending read_ending(record_reader& from);

} // namespace troupe
