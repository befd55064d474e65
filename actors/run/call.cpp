#include "actors/run/call.hpp"

#include "actors/run/backstop.hpp"
#include "actors/run/task_evaluation.hpp"
#include "platform/entropy.hpp"

#include <fmt/format.h>

#include <exception>

namespace troupe {

namespace {

/// At least 0 and less than 1. Pauses are rare, so each may begin anew.
double random_fraction() {
  return static_cast<double>(fresh_seed()) / 4294967296.0;
}

} // namespace

call::call(call_setting setting, call_owner& owner)
    : setting_{std::move(setting)}, owner_{owner} {
  adopt_keywords();
}

call::~call() {
  if (flight_)
    flight_->stop.request_stop();
}

void call::begin() {
  if (setting_.past)
    attempt_ = setting_.past->attempts;
  if (!decide_unknown())
    step_here();
}

void call::adopt_keywords() {
  auto& under = setting_.what->under();
  if (under == under_)
    return;
  under_ = under;
  auto& options = what().ctx->options;
  if (setting_.repeats) {
    retry_ = retries_of(*what().what, *under);
    if (!retry_)
      retry_ = options.retry;
  }
  auto most = std::chrono::seconds{*under->number("async")};
  limit_ = most.count() > 0
             ? most
             : under->duration("timeout").value_or(options.task_timeout);
}

bool call::decide_unknown() {
  auto& past = setting_.past;
  if (!past || !past->running || past->repeatable
      || setting_.on_unknown == unknown_policy::rerun)
    return false;
  auto words
    = past->hidden
        ? fmt::format("ended at {}, but what it gave to later tasks cannot be "
                      "read from the journal any more",
                      format_time(past->begun))
        : fmt::format("was begun at {} and never ended; whether it took "
                      "effect is not known",
                      format_time(past->begun));
  module_result result;
  if (setting_.on_unknown == unknown_policy::skip) {
    result.skipped = true;
    result.msg = "skipped as the command line says: " + words;
    give({std::move(result)});
    return true;
  }
  end_.unknown = true;
  judged verdict;
  verdict.failed = verdict.from.failed = true;
  verdict.from.msg = "it " + words;
  verdict.output
    = dict{{"changed", false}, {"failed", true}, {"msg", verdict.from.msg}};
  finish(item_judged{std::move(verdict), std::nullopt});
  return true;
}

void call::step_here() {
  work_terms terms;
  terms.here = true;
  terms.attempt = attempt_ + 1;
  take(setting_.what->run(terms));
}

void call::want_slot() {
  step_ = step::slot_wanted;
  auto wanted = setting_.wanted;
  for (auto& limit : what().scope->limits_of(*under_))
    wanted.limits.push_back(std::move(limit));
  wanted.generation = generation_ = owner_.next_generation();
  if (limit_.count() > 0)
    wanted.longest = limit_ + backstop;
  owner_.want_slot(std::move(wanted));
}

void call::on_slot(const slot& given) {
  slot_ = given.id;
  step_ = step::working;
  if (!std::exchange(begun_, true)) {
    ++attempt_;
    owner_.call_begins(*this);
  }
  flight_ = std::make_shared<flight>();
  auto what = setting_.what;
  auto mine = flight_;
  auto answer = std::make_shared<call_answer>();
  answer->generation = generation_;
  auto send = owner_.answer_to_me();
  blocking_work job;
  job.stop = flight_->stop.get_token();
  job.run = [what, mine, answer, limit = limit_, attempt = attempt_,
             &timer = owner_.timer()] {
    mine->begun = timer.now().time_since_epoch().count();
    try {
      work_terms terms{{}, mine->stop.get_token(), false, attempt};
      if (limit.count() > 0)
        terms.deadline
          = what->setting().ctx->machine->clock().steady_now() + limit;
      answer->what = what->run(terms);
    } catch (const std::exception& problem) {
      answer->broken = problem.what();
    }
  };
  job.answer = [answer, send = std::move(send)] { send(answer); };
  if (!owner_.work_elsewhere(std::move(job)))
    lost(module_result::failure(errc::exhausted, no_thread_sentence));
}

void call::on_answer(const call_answer& answer) {
  if (step_ != step::working)
    return;
  if (!answer.broken.empty()) {
    lost(
      module_result::failure(errc::system, "internal error: " + answer.broken));
    return;
  }
  return_slot();
  flight_.reset();
  take(answer.what);
}

void call::take(work_answer answer) {
  adopt_keywords();
  if (std::holds_alternative<needs_worker>(answer) && cancelled_) {
    end_.cancelled = true;
    finish(needs_worker{});
  } else if (std::holds_alternative<needs_worker>(answer)) {
    want_slot();
  } else if (auto* ready = std::get_if<item_ready>(&answer)) {
    step_ = step::engine;
    if (!std::exchange(begun_, true))
      ++attempt_;
    owner_.call_ready(*this, *ready);
  } else if (auto* judged = std::get_if<item_judged>(&answer)) {
    take_verdict(std::move(*judged));
  } else {
    finish(std::move(answer));
  }
}

void call::give(job_result done) {
  auto& item = static_cast<item_work&>(*setting_.what);
  item.give(std::move(done));
  step_here();
}

void call::take_verdict(item_judged judged) {
  auto& verdict = judged.verdict;
  if (judged.made) {
    if (!std::exchange(begun_, true)) {
      ++attempt_;
      owner_.call_begins(*this);
    }
    attempts_.push_back(std::move(*judged.made));
  }
  auto& policy = retry_;
  bool more = policy && begun_ && attempt_ < policy->max_attempts && !cancelled_
              && verdict.broken.empty() && !verdict.from.skipped
              && worth_repeating(*policy, verdict);
  if (!verdict.settled && more) {
    repeat(backoff_pause(*policy, attempt_ + 1, random_fraction()));
    return;
  }
  // Ansible counts those behind the first one then.
  if (!verdict.settled && what().ctx->what->playbook && policy && attempt_ > 1
      && attempt_ == policy->max_attempts && begun_)
    verdict.say("attempts", static_cast<int64_t>(attempt_ - 1));
  if (!verdict.settled && !verdict.failed && verdict.broken.empty()) {
    // What `failed_when` says counts for more, as in Ansible.
    verdict.failed = what().what->failed_when.is_null();
    verdict.say("failed", true);
    if (verdict.from.msg.empty())
      verdict.from.msg
        = fmt::format("`until` did not hold after {} attempts", attempt_);
  }
  finish(std::move(judged));
}

void call::repeat(std::chrono::nanoseconds pause) {
  step_ = step::pausing;
  begun_ = false;
  owner_.call_repeats(*this, pause);
  generation_ = owner_.next_generation();
  owner_.wake_later(pause, generation_);
}

void call::on_tick() {
  if (step_ == step::pausing) {
    step_here();
    return;
  }
  if (step_ != step::working)
    return;
  auto now = owner_.timer().now();
  bool stopped = flight_->told && now >= *flight_->told + backstop;
  // SCHEDULER counts from the slot; what waited for a thread has begun later.
  caf::actor_clock::time_point begun{
    caf::actor_clock::duration_type{flight_->begun}};
  bool over = limit_.count() > 0 && flight_->begun != 0
              && now >= begun + limit_ + backstop;
  if (stopped || over)
    lost(abandoned_work(stopped));
}

void call::lost(module_result why) {
  flight_->stop.request_stop();
  flight_.reset();
  return_slot();
  attempts_.push_back(
    {attempt_, what().ctx->machine->clock().now(), {}, true, why.msg});
  // The worker may still hold the other one.
  setting_.what = setting_.what->anew();
  setting_.what->assume(under_);
  if (dynamic_cast<item_work*>(setting_.what.get())) {
    give({std::move(why)});
    return;
  }
  judged verdict;
  verdict.failed = true;
  verdict.output = output_of(why);
  verdict.from = std::move(why);
  finish(item_judged{std::move(verdict), std::nullopt});
}

void call::return_slot() {
  if (slot_)
    owner_.give_back(*std::exchange(slot_, std::nullopt));
}

unsigned call::attempts_left() const {
  auto& policy = retry_;
  return policy && policy->max_attempts > attempt_
           ? policy->max_attempts - attempt_
           : 0;
}

void call::cancel(cancel_reason reason) {
  cancelled_ = reason;
  if (step_ == step::working) {
    flight_->stop.request_stop();
    // Its deadline may be hours away, or nowhere.
    if (!flight_->told) {
      flight_->told = owner_.timer().now();
      owner_.wake_later(backstop, generation_);
    }
  } else if (step_ == step::pausing || step_ == step::slot_wanted) {
    // Between two attempts: what the last one said stands.
    end_.cancelled = true;
    finish(needs_worker{});
  }
}

void call::finish(work_answer how) {
  step_ = step::ended;
  generation_ = 0;
  end_.what = std::move(how);
  owner_.call_ended(*this);
}

} // namespace troupe
