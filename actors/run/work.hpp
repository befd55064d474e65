#pragma once

#include "actors/run/inclusion.hpp"
#include "actors/run/job.hpp"
#include "actors/run/judged.hpp"
#include "actors/run/task_scope.hpp"
#include "config/language/language.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace troupe {

// What a CALL has done for it, wherever that may happen: plain code without
// actors, used by one thread at a time.

/// It has to be done on a WORKER, where it may wait; from a WORKER: under what
/// `work::under` now says.
struct needs_worker {};

/// The items of a loop; absent without a loop.
struct loop_found {
  std::optional<std::vector<value>> items;
  /// What `loop_control` says.
  resolved_keywords pace;
};

/// A condition does not hold.
struct item_skipped {
  std::string condition;
};

/// Everything is evaluated, and read that has to be read, for the engine to go
/// on with.
struct item_ready {
  job_ptr call;
  /// Of an inclusion: the tasks of its file, or why there are none.
  std::shared_ptr<const result<std::shared_ptr<const inclusion>>> included
    = nullptr;
};

/// The module was called, or something before it failed.
struct item_judged {
  judged verdict;
  /// When its module was called, and how long that took; absent when it was
  /// not.
  std::optional<attempt> made;
};

using work_answer = std::variant<needs_worker, loop_found, item_skipped,
                                 item_ready, item_judged>;

/// Under what a step of work is done.
struct work_terms {
  /// Of the evaluation and the call together, by the clock of the host.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::stop_token stop;
  /// On the actors' thread, where nothing may wait.
  bool here = false;
  unsigned attempt = 1;
};

/// The task, and what it is evaluated with. Never changed once work has begun,
/// so that a second one can be made of it.
struct work_setting {
  context_ptr ctx;
  scope_ptr scope;
  std::shared_ptr<const task> what;
  std::shared_ptr<const task_variables> names;
  /// The item's own names, already in `names`.
  dict local;
  uint64_t item = 0;
  /// It is one item of a loop.
  bool loops = false;
  /// What its task is told, and the same with the items of its loop; 0: nobody
  /// asks.
  uint64_t definition = 0;
  uint64_t items = 0;
  earlier_change before = earlier_change::none;
  /// The module, as far as the task's name says.
  std::shared_ptr<const task_module> module;
  std::shared_ptr<const job_environment> jobs;
};

/// Hides secrets in a verdict on whole data, also in what the expressions of
/// the task have added; later tasks have it whole. `shown`: the data as they
/// may be shown; nothing: as they are. Facts stay: who has some that may not be
/// read is censored.
void hide_in_verdict(judged& in, const redactor& secrets,
                     const std::optional<dict>& shown);

/// Something that a CALL has done.
class work {
public:
  explicit work(std::shared_ptr<const work_setting> setting)
      : setting_{std::move(setting)}, under_{setting_->scope->known} {
  }

  virtual ~work() = default;

  /// Goes on from where it is. Never throws.
  work_answer run(const work_terms& terms);

  /// The same from the start, for when a thread keeps this one for ever.
  virtual std::shared_ptr<work> anew() const = 0;

  const work_setting& setting() const {
    return *setting_;
  }

  /// What the keywords of the task say; until they are evaluated, what is known
  /// of them.
  const std::shared_ptr<const resolved_keywords>& under() const {
    return under_;
  }

  /// What another work of the same setting has found them to say.
  void assume(std::shared_ptr<const resolved_keywords> under) {
    under_ = std::move(under);
  }

protected:
  virtual work_answer go_on(const work_terms& terms) = 0;

  /// A failure as the task's clauses judge it.
  item_judged failed(const error& why, const work_terms& terms) const;
  /// The same where what the playbook says could not be read.
  item_judged unreadable(const error& why, const work_terms& terms) const;
  /// In check mode a failure that rests on what is not known is none.
  judged judge_of(module_result result, const work_terms& terms) const;
  /// The clauses of the task see it whole.
  judged judge_done(job_result done, const work_terms& terms) const;
  /// Whether the task is not to change anything, as far as is known.
  bool predicts() const;
  /// What its expressions see; also of the host that it is delegated to, as far
  /// as that is known.
  std::shared_ptr<const task_variables> names() const;
  /// Under what it evaluates; what only predicts sees what would be there.
  evaluation_terms evaluation(const work_terms& terms) const;

  std::shared_ptr<const work_setting> setting_;
  std::shared_ptr<const resolved_keywords> under_;

private:
  judged judge_whole(module_result whole, const std::optional<dict>& shown,
                     const work_terms& terms) const;
  judged judge_now(module_result result, const evaluation_terms& under,
                   unsigned attempt) const;

  void note_delegate(judged& in) const;

  // Made when they are first needed.
  mutable std::shared_ptr<predicted_host> seen_;
  mutable std::shared_ptr<const task_variables> delegated_;
  mutable std::string delegate_;
};

/// Finds the items of a task's loop.
class loop_work final : public work {
public:
  using work::work;

  std::shared_ptr<work> anew() const override;

protected:
  work_answer go_on(const work_terms& terms) override;
};

/// One item of a task (or the task, without a loop): conditions, arguments, the
/// module, the verdict.
class item_work final : public work {
public:
  using work::work;

  std::shared_ptr<work> anew() const override;

  /// What came of the item elsewhere; only the verdict is left to find.
  void give(job_result done) {
    given_ = std::move(done);
  }

protected:
  work_answer go_on(const work_terms& terms) override;

private:
  bool engine_goes_on() const;
  bool includes() const;
  /// Evaluates the keywords; an answer when that ends the step.
  std::optional<work_answer> resolve(const work_terms& terms);
  work_answer skipped(std::string condition, const work_terms& terms);
  /// Reads what it includes, as far as the engine needs that.
  item_ready ready() const;
  work_answer not_built(const error& why, const work_terms& terms) const;
  work_answer call(const work_terms& terms);

  // How far it is.
  bool asked_ = false;
  std::shared_ptr<job> call_;
  std::optional<job_result> given_;
};

} // namespace troupe
