#pragma once

#include "actors/messages.hpp"
#include "actors/run/job.hpp"
#include "actors/run/run_context.hpp"
#include "actors/run/workers.hpp"
#include "actors/state/journal.hpp"

#include <caf/response_promise.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace troupe {

/// What is known of a job in the background.
struct background_status {
  enum class kind : uint8_t {
    unknown,
    running,
    ended,
    /// It was running when an earlier process of this run died.
    lost,
  };

  kind what = kind::unknown;
  /// Of a job that has ended.
  judged verdict;
};

using background_status_ptr = std::shared_ptr<const background_status>;

/// What a WORKER found out for BACKGROUND.
struct background_answer {
  std::string id;
  /// Of the job that it answers: an id may be used again.
  uint64_t number = 0;
  job_result done;
};

using background_answer_ptr = std::shared_ptr<const background_answer>;

/// What BACKGROUND leaves behind.
struct background_end {
  /// Sentences about jobs that failed or were lost, and whose end no task has
  /// asked for.
  std::vector<std::string> unseen;
};

using background_end_ptr = std::shared_ptr<const background_end>;

using environment_ptr = std::shared_ptr<const job_environment>;

/// BACKGROUND: runs the jobs of tasks with `async` and `poll: 0` beside the
/// plan, each on a WORKER, without a slot.
using background_actor = caf::typed_actor<
  // A TASK RUNNER leaves a job to it, with what its other calls are made in;
  // `key.task` is its `ansible_job_id`, and true means that nothing it says may
  // be written down or shown. Answers when the journal knows of it: why it
  // cannot, or nothing.
  caf::replies_to<go_atom, job_ptr, environment_ptr, bool>::with<std::string>,
  // A TASK RUNNER asks what became of a job.
  caf::replies_to<query_atom, std::string>::with<background_status_ptr>,
  // A TASK RUNNER: forget a job that has ended. Answers whether it was known.
  caf::replies_to<forget_atom, std::string>::with<bool>,
  // PLAY RUNNER: which jobs are running?
  caf::replies_to<query_atom>::with<std::vector<std::string>>,
  // PLAY RUNNER: end these jobs. Answers when none of them runs any more, or
  // those that do not obey have been given up.
  caf::replies_to<finish_atom, std::vector<std::string>>::with<bool>,
  // RUN: end all jobs, unless the reason is a failed task.
  caf::reacts_to<cancel_atom, cancel_reason>,
  // A WORKER: a job has ended.
  caf::reacts_to<background_answer_ptr>,
  // INTERNAL: the worker of a job, at its deadline or told to stop, should have
  // ended by now.
  caf::reacts_to<tick_atom, std::string, uint64_t>,
  // RUN: the plays are over. Answers when the last job has ended.
  caf::replies_to<finish_atom>::with<background_end_ptr>>;

class background_state {
public:
  static inline const char* name = "background";

  explicit background_state(background_actor::pointer self) : self_{self} {
    // nop
  }

  void start(context_ptr ctx, std::shared_ptr<workers> threads);
  std::string run_job(const job& what, const environment_ptr& within,
                      bool no_log);
  background_status_ptr status(const std::string& id);
  bool forget(const std::string& id);
  std::vector<std::string> running() const;
  caf::result<bool> end_jobs(const std::vector<std::string>& ids);
  void cancel(cancel_reason reason);
  void on_answer(const background_answer& answer);
  void look_whether_stuck(const std::string& id, uint64_t number);
  /// Asks the jobs to end.
  void abandon(const caf::error& why);
  caf::result<background_end_ptr> finish();

private:
  struct entry {
    background_status status;
    std::stop_source stop;
    uint64_t number = 0;
    bool seen = false;
    bool no_log = false;
    // A rollback wanted its end.
    bool taken_back = false;
    // It did not end when it was told to.
    bool abandoned = false;
  };

  /// Somebody waits for the end of these jobs.
  struct ending_jobs {
    std::set<std::string> running;
    caf::typed_response_promise<bool> answer;
  };

  void stop_job(const std::string& id, entry& which);
  /// Whether it was told to stop, whatever it made of that.
  bool was_stopped(const entry& which) const;
  /// What is said of one whose end no task has asked for; empty: nothing.
  std::string last_words(const std::string& id, const entry& which) const;
  void job_ended(const std::string& id, uint64_t number, job_result done);
  void tell_ended(const std::string& id);
  void finish_if_idle();

  background_actor::pointer self_;
  context_ptr ctx_;
  std::shared_ptr<workers> threads_;
  // In the order of their names, in which they are told of at the end.
  std::map<std::string, entry> jobs_;
  size_t running_ = 0;
  uint64_t next_number_ = 0;
  bool cancelled_ = false;
  std::vector<ending_jobs> waiting_;
  caf::typed_response_promise<background_end_ptr> answer_;
};

background_actor::behavior_type
background(background_actor::stateful_pointer<background_state> self,
           context_ptr ctx, std::shared_ptr<workers> threads);

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::background_status_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::background_end_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::background_answer_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::job_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::environment_ptr)
