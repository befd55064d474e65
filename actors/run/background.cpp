#include "actors/run/background.hpp"

#include "actors/state/run_past.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// How long after its deadline a worker may take before it counts as stuck.
constexpr std::chrono::seconds backstop{15};

} // namespace

void background_state::start(context_ptr ctx,
                             std::function<worker_actor()> make_worker) {
  ctx_ = std::move(ctx);
  make_worker_ = std::move(make_worker);
  if (!ctx_->past)
    return;
  for (auto& [id, known] : ctx_->past->background()) {
    auto& job = jobs_[id];
    job.status.what
      = known ? background_status::kind::ended : background_status::kind::lost;
    if (known)
      job.status.verdict = *known;
  }
}

std::string background_state::run_job(const job& what, bool no_log) {
  auto id = what.key.task;
  auto worker = make_worker_();
  if (!worker)
    return no_thread_sentence;
  if (ctx_->log)
    if (auto noted = ctx_->log->background_started(id); !noted)
      return noted.why().message;
  auto& entry = jobs_[id] = {};
  entry.status.what = background_status::kind::running;
  entry.worker = std::move(worker);
  entry.no_log = no_log;
  auto mine = std::make_shared<job>(what);
  mine->stop = entry.stop.get_token();
  ++running_;
  if (cancelled_)
    entry.stop.request_stop();
  if (mine->deadline)
    self_->delayed_send(
      self_, *mine->deadline - std::chrono::steady_clock::now() + backstop,
      tick_atom_v, id);
  self_->request(entry.worker, caf::infinite, job_ptr{std::move(mine)})
    .then([this, id](
            const job_result_ptr& done) { job_ended(id, done->result, true); },
          [this, id](const caf::error& why) {
            job_ended(id,
                      module_result::failure(errc::system,
                                             "internal error: the worker died: "
                                               + to_string(why)),
                      false);
          });
  return {};
}

void background_state::job_ended(const std::string& id,
                                 const module_result& result,
                                 bool worker_is_sound) {
  auto at = jobs_.find(id);
  if (at == jobs_.end()
      || at->second.status.what != background_status::kind::running)
    return;
  auto& job = at->second;
  job.status.what = background_status::kind::ended;
  job.status.verdict.output = output_of(result);
  job.status.verdict.failed = result.failed || result.timed_out;
  job.status.verdict.changed = result.changed;
  job.status.verdict.from = result;
  // A journal that cannot be written ends the run with the next task.
  if (ctx_->log)
    static_cast<void>(ctx_->log->background_ended(
      id, job.no_log ? censored(job.status.verdict) : job.status.verdict));
  if (worker_is_sound)
    self_->send_exit(job.worker, caf::exit_reason::user_shutdown);
  job.worker = nullptr;
  --running_;
  finish_if_idle();
}

void background_state::look_whether_stuck(const std::string& id) {
  auto at = jobs_.find(id);
  if (at == jobs_.end()
      || at->second.status.what != background_status::kind::running)
    return;
  at->second.stop.request_stop();
  ++stuck_;
  module_result stuck;
  stuck.failed = stuck.timed_out = true;
  stuck.why = errc::timeout;
  stuck.msg = "the module did not end at its deadline and was abandoned";
  job_ended(id, stuck, false);
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
  cancelled_ = true;
  for (auto& [id, each] : jobs_)
    each.stop.request_stop();
}

caf::result<background_end_ptr> background_state::finish() {
  answer_ = self_->make_response_promise<background_end_ptr>();
  auto answer = answer_;
  finish_if_idle();
  return answer;
}

void background_state::finish_if_idle() {
  if (running_ > 0 || !answer_.pending())
    return;
  auto out = std::make_shared<background_end>();
  out->stuck = stuck_;
  for (auto& [id, each] : jobs_) {
    auto& status = each.status;
    if (each.seen)
      continue;
    if (status.what == background_status::kind::lost)
      out->unseen.push_back(
        fmt::format("the background job {} was running when the run died; "
                    "whether it took effect is not known",
                    id));
    else if (status.verdict.failed)
      out->unseen.push_back(
        fmt::format("the background job {} failed: {}", id,
                    each.no_log ? "no_log" : status.verdict.from.msg));
  }
  answer_.deliver(background_end_ptr{std::move(out)});
  self_->quit();
}

background_actor::behavior_type
background(background_actor::stateful_pointer<background_state> self,
           context_ptr ctx, std::function<worker_actor()> make_worker) {
  self->state.start(std::move(ctx), std::move(make_worker));
  auto& state = self->state;
  return {
    [&state](go_atom, const job_ptr& what, bool no_log) {
      return state.run_job(*what, no_log);
    },
    [&state](query_atom, const std::string& id) { return state.status(id); },
    [&state](forget_atom, const std::string& id) { return state.forget(id); },
    [&state](cancel_atom, cancel_reason reason) { state.cancel(reason); },
    [&state](tick_atom, const std::string& id) {
      state.look_whether_stuck(id);
    },
    [&state](finish_atom) { return state.finish(); },
  };
}

} // namespace troupe
