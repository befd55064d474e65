#include "actors/run/task_runner.hpp"
#include "actors/run/worker.hpp"

namespace troupe {

// One call of the module: a slot, a worker, its answer.

namespace {

/// How long after its deadline a worker may take before it counts as stuck:
/// the time that ending a process tree takes, and some more.
constexpr std::chrono::seconds backstop{15};

} // namespace

std::chrono::nanoseconds task_runner_state::time_limit() const {
  if (what().async > 0)
    return std::chrono::seconds{what().async};
  return scope_->timeout.value_or(setting_.ctx->options.task_timeout);
}

void task_runner_state::want_slot() {
  phase_ = phase::slot_wanted;
  slot_request wanted;
  wanted.priority = what().execution_order;
  wanted.generation = ++generation_;
  wanted.limits = scope_->limits;
  auto limit = time_limit();
  if (limit.count() > 0)
    wanted.longest = limit + backstop;
  auto& spec = call_->module->spec();
  if (!spec.lock.empty())
    wanted.limits.push_back({"lock " + std::string{spec.lock}, 1});
  self_->send(setting_.scheduler, acquire_atom_v, std::move(wanted),
              caf::actor_cast<slot_listener>(self_));
}

void task_runner_state::run_here() {
  ++attempt_;
  announce();
  auto& ctx = *setting_.ctx;
  auto done
    = run_job(*call_, {ctx.machine, ctx.templates, ctx.search_path,
                       ctx.temporary_directory, nullptr, nullptr, ctx.secrets});
  result_.attempts.push_back({attempt_, done->start, done->duration,
                              done->result.failed, done->result.msg});
  pass_judgement(done->result);
}

void task_runner_state::on_slot(const slot_ptr& given) {
  if (phase_ != phase::slot_wanted || given->generation != generation_) {
    self_->send(setting_.scheduler, release_atom_v, given->id);
    return;
  }
  phase_ = phase::running;
  slot_ = given;
  ++attempt_;
  announce();
  stop_ = std::stop_source{};
  call_->key.attempt = attempt_;
  call_->stop = stop_.get_token();
  call_->deadline.reset();
  call_->output_limit = setting_.ctx->options.output_limit;
  auto limit = time_limit();
  if (limit.count() > 0)
    call_->deadline = std::chrono::steady_clock::now() + limit;
  if (!slot_->worker) {
    call_failed(module_result::failure(errc::exhausted, no_thread_sentence));
    return;
  }
  // One that dies does not answer.
  self_->monitor(slot_->worker);
  // A copy for each attempt: the worker may still hold an earlier one.
  self_
    ->request(slot_->worker, caf::infinite,
              job_ptr{std::make_shared<const job>(*call_)})
    .then([this](const job_result_ptr& done) { on_job(done); },
          [this](const caf::error& why) { on_worker_lost(to_string(why)); });
}

void task_runner_state::give_back(bool worker_is_sound) {
  if (!slot_)
    return;
  if (slot_->worker)
    self_->demonitor(slot_->worker.address());
  if (worker_is_sound)
    self_->send(setting_.scheduler, release_atom_v, slot_->id);
  else
    self_->send(setting_.scheduler, abandon_atom_v, slot_->id);
  slot_.reset();
}

void task_runner_state::on_job(const job_result_ptr& done) {
  if (phase_ != phase::running)
    return;
  give_back(true);
  result_.attempts.push_back({attempt_, done->start, done->duration,
                              done->result.failed || done->result.timed_out,
                              done->result.failed ? done->result.msg : ""});
  pass_judgement(what().async > 0 ? polled(done->result, what().async)
                                  : done->result);
}

void task_runner_state::on_worker_lost(const std::string& why) {
  if (phase_ != phase::running)
    return;
  call_failed(module_result::failure(
    errc::system, "internal error: the worker died: " + why));
}

void task_runner_state::call_failed(module_result why) {
  give_back(false);
  result_.attempts.push_back(
    {attempt_, std::chrono::system_clock::now(), {}, true, why.msg});
  pass_judgement(std::move(why));
}

} // namespace troupe
