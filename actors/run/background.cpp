#include "actors/run/background.hpp"

#include "actors/run/backstop.hpp"
#include "actors/run/task_evaluation.hpp"
#include "actors/run/work.hpp"
#include "actors/state/run_past.hpp"
#include "actors/supervision.hpp"

#include <caf/send.hpp>
#include <fmt/format.h>

namespace troupe {

void background_state::start(context_ptr ctx,
                             std::shared_ptr<workers> threads) {
  ctx_ = std::move(ctx);
  threads_ = std::move(threads);
  if (!ctx_->past)
    return;
  for (auto& [id, known] : ctx_->past->background()) {
    auto& job = jobs_[id];
    job.status.what
      = known ? background_status::kind::ended : background_status::kind::lost;
    if (!known)
      continue;
    job.status.verdict = *known;
    job.no_log = known->censored || known->hidden;
  }
}

std::string background_state::run_job(const job& what,
                                      const environment_ptr& within,
                                      bool no_log) {
  auto id = what.key.task;
  auto number = ++next_number_;
  entry fresh;
  fresh.status.what = background_status::kind::running;
  fresh.number = number;
  fresh.no_log = no_log;
  auto mine = std::make_shared<job>(what);
  mine->censored = mine->censored || no_log;
  mine->stop = fresh.stop.get_token();
  auto answer = std::make_shared<background_answer>();
  answer->id = id;
  answer->number = number;
  blocking_work work;
  work.stop = mine->stop;
  // The journal knows of it before it begins.
  auto noted = ctx_->log ? ctx_->log->background_started(id) : result<void>{};
  if (!noted)
    return noted.why().message;
  work.run = [mine, answer, within] {
    try {
      answer->done = troupe::run_job(*mine, *within);
    } catch (const std::exception& problem) {
      answer->done.result = module_result::failure(
        errc::runtime, fmt::format("internal error: {}", problem.what()));
    }
  };
  work.answer = [answer, me = background_actor{self_}] {
    caf::anon_send(me, background_answer_ptr{answer});
  };
  if (!threads_->start(std::move(work))) {
    // As if it had never been left. A journal that cannot be written ends the
    // run with the next task.
    if (ctx_->log)
      static_cast<void>(ctx_->log->background_withdrawn(id));
    return no_thread_sentence;
  }
  auto& begun = jobs_[id] = std::move(fresh);
  ++running_;
  if (cancelled_)
    stop_job(id, begun);
  if (mine->deadline)
    self_->delayed_send(
      self_, *mine->deadline - ctx_->machine->clock().steady_now() + backstop,
      tick_atom_v, id, number);
  return {};
}

void background_state::on_answer(const background_answer& answer) {
  job_ended(answer.id, answer.number, answer.done);
}

void background_state::job_ended(const std::string& id, uint64_t number,
                                 job_result done) {
  auto at = jobs_.find(id);
  if (at == jobs_.end() || at->second.number != number
      || at->second.status.what != background_status::kind::running)
    return;
  auto& job = at->second;
  job.status.what = background_status::kind::ended;
  auto& verdict = job.status.verdict;
  verdict.from = std::move(done.result);
  if (done.whole)
    std::swap(verdict.from.data, *done.whole);
  verdict.output = output_of(verdict.from);
  verdict.failed = verdict.from.failed || verdict.from.timed_out;
  verdict.changed = verdict.from.changed;
  verdict.censored = job.no_log;
  if (auto& secrets = ctx_->secrets)
    hide_in_verdict(verdict, *secrets, done.whole);
  // One that was cut off is as open as if the run had died under it. A journal
  // that cannot be written ends the run with the next task.
  if (ctx_->log && !(was_stopped(job) && verdict.failed))
    static_cast<void>(ctx_->log->background_ended(id, verdict));
  --running_;
  tell_ended(id);
  finish_if_idle();
}

std::vector<std::string> background_state::running() const {
  std::vector<std::string> out;
  for (auto& [id, each] : jobs_)
    if (each.status.what == background_status::kind::running)
      out.push_back(id);
  return out;
}

caf::result<bool>
background_state::end_jobs(const std::vector<std::string>& ids) {
  ending_jobs out;
  for (auto& id : ids) {
    auto at = jobs_.find(id);
    if (at == jobs_.end()
        || at->second.status.what != background_status::kind::running)
      continue;
    out.running.insert(id);
    at->second.taken_back = true;
    stop_job(id, at->second);
  }
  if (out.running.empty())
    return true;
  out.answer = self_->make_response_promise<bool>();
  auto answer = out.answer;
  waiting_.push_back(std::move(out));
  return answer;
}

void background_state::tell_ended(const std::string& id) {
  for (auto& each : waiting_)
    if (each.running.erase(id) > 0 && each.running.empty())
      each.answer.deliver(true);
  std::erase_if(waiting_, [](auto& each) { return each.running.empty(); });
}

void background_state::look_whether_stuck(const std::string& id,
                                          uint64_t number) {
  auto at = jobs_.find(id);
  if (at == jobs_.end() || at->second.number != number
      || at->second.status.what != background_status::kind::running)
    return;
  auto& job = at->second;
  job.stop.request_stop();
  job.abandoned = true;
  job_ended(id, number, {abandoned_work(was_stopped(job))});
}

bool background_state::was_stopped(const entry& which) const {
  return cancelled_ || which.taken_back;
}

void background_state::stop_job(const std::string& id, entry& which) {
  which.stop.request_stop();
  // Its own deadline may be hours away, or nowhere.
  if (which.status.what == background_status::kind::running)
    self_->delayed_send(self_, backstop, tick_atom_v, id, which.number);
}

void background_state::abandon(const caf::error&) {
  for (auto& [id, each] : jobs_)
    each.stop.request_stop();
}

background_status_ptr background_state::status(const std::string& id) {
  auto at = jobs_.find(id);
  if (at == jobs_.end())
    return std::make_shared<const background_status>();
  at->second.seen = at->second.status.what != background_status::kind::running;
  return std::make_shared<const background_status>(at->second.status);
}

bool background_state::forget(const std::string& id) {
  auto at = jobs_.find(id);
  if (at == jobs_.end()
      || at->second.status.what == background_status::kind::running)
    return false;
  jobs_.erase(at);
  return true;
}

void background_state::cancel(cancel_reason reason) {
  if (reason == cancel_reason::failed || reason == cancel_reason::play_ended)
    return;
  if (std::exchange(cancelled_, true))
    return;
  for (auto& [id, each] : jobs_)
    stop_job(id, each);
}

caf::result<background_end_ptr> background_state::finish() {
  answer_ = self_->make_response_promise<background_end_ptr>();
  auto answer = answer_;
  finish_if_idle();
  return answer;
}

std::string background_state::last_words(const std::string& id,
                                         const entry& which) const {
  auto& status = which.status;
  bool failed = status.verdict.failed;
  // The rollback has gone on without it.
  if (which.taken_back && which.abandoned)
    return fmt::format("the background job {} did not end when the rollback "
                       "told it to: what it may still change is not taken back",
                       id);
  if (which.seen)
    return {};
  if (status.what == background_status::kind::lost)
    return fmt::format("the background job {} had not ended when the run did; "
                       "whether it took effect is not known",
                       id);
  if (failed && which.taken_back)
    return fmt::format("the background job {} was ended by the rollback", id);
  return failed ? fmt::format("the background job {} failed: {}", id,
                              which.no_log ? "no_log" : status.verdict.from.msg)
                : std::string{};
}

void background_state::finish_if_idle() {
  if (running_ > 0 || !answer_.pending())
    return;
  auto out = std::make_shared<background_end>();
  for (auto& [id, each] : jobs_)
    if (auto words = last_words(id, each); !words.empty())
      out->unseen.push_back(std::move(words));
  answer_.deliver(background_end_ptr{std::move(out)});
  self_->quit();
}

background_actor::behavior_type
background(background_actor::stateful_pointer<background_state> self,
           context_ptr ctx, std::shared_ptr<workers> threads) {
  supervise(self);
  self->state.start(std::move(ctx), std::move(threads));
  auto& state = self->state;
  return {
    [&state](go_atom, const job_ptr& what, const environment_ptr& within,
             bool no_log) { return state.run_job(*what, within, no_log); },
    [&state](query_atom, const std::string& id) { return state.status(id); },
    [&state](forget_atom, const std::string& id) { return state.forget(id); },
    [&state](query_atom) { return state.running(); },
    [&state](finish_atom, const std::vector<std::string>& ids) {
      return state.end_jobs(ids);
    },
    [&state](cancel_atom, cancel_reason reason) { state.cancel(reason); },
    [&state](const background_answer_ptr& answer) { state.on_answer(*answer); },
    [&state](tick_atom, const std::string& id, uint64_t number) {
      state.look_whether_stuck(id, number);
    },
    [&state](finish_atom) { return state.finish(); },
  };
}

} // namespace troupe
