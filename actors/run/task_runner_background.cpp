#include "actors/run/task_runner.hpp"

#include <fmt/format.h>

namespace troupe {

// `async`, `poll` and `async_status`.

namespace {

/// What `async_status` says of a job that has ended: its result, in the names
/// of Ansible.
module_result result_of(const judged& verdict) {
  module_result out;
  out.changed = verdict.changed;
  out.failed = verdict.failed;
  out.skipped = verdict.from.skipped;
  out.msg = verdict.from.msg;
  out.why = verdict.from.why;
  out.facts = verdict.from.facts;
  out.warnings = verdict.from.warnings;
  out.diff = verdict.from.diff;
  if (verdict.output.is_dict())
    for (auto& [key, x] : verdict.output.as_dict())
      if (auto name = key.text_or(""); name != "changed" && name != "failed")
        out.data.set(key, x);
  return out;
}

} // namespace

module_result polled(module_result from, int64_t seconds) {
  if (from.timed_out) {
    from.msg = fmt::format("async task did not complete within the requested "
                           "time - {}s",
                           seconds);
    from.data.set("msg", from.msg);
  }
  from.data.set("started", 1);
  from.data.set("finished", from.timed_out ? 0 : 1);
  return from;
}

bool task_runner_state::leaves_job() const {
  return what().async > 0 && what().poll == 0 && !call_->check_mode;
}

std::string task_runner_state::background_id() const {
  return items_ ? fmt::format("{}.{}.async", what().id, item_)
                : what().id + ".async";
}

bool task_runner_state::left_before() {
  auto& past = setting_.ctx->past;
  if (!past)
    return false;
  auto known = past->background().find(background_id());
  if (known == past->background().end())
    return false;
  if (known->second) {
    announce();
    job_left();
    return true;
  }
  auto* job = past->begun(background_id());
  if (!job || job->calls.empty()
      || setting_.ctx->on_unknown == unknown_policy::rerun)
    return false;
  auto& call = job->calls.begin()->second;
  if (call.running && !call.repeatable)
    decide_unknown(call.begun);
  return call.running && !call.repeatable;
}

void task_runner_state::leave_job() {
  ++attempt_;
  announce();
  phase_ = phase::asking;
  auto mine = std::make_shared<job>(*call_);
  mine->key.task = background_id();
  mine->key.item = 0;
  mine->key.attempt = attempt_;
  mine->deadline = std::chrono::steady_clock::now() + time_limit();
  mine->output_limit = setting_.ctx->options.output_limit;
  self_
    ->request(setting_.background, caf::infinite, go_atom_v,
              job_ptr{std::move(mine)}, bool{scope_->no_log})
    .then(
      [this](const std::string& trouble) {
        if (phase_ != phase::asking)
          return;
        if (trouble.empty())
          job_left();
        else
          item_failed({errc::exhausted, trouble});
      },
      [this](const caf::error& why) {
        item_failed({errc::system, "internal error: " + to_string(why)});
      });
}

void task_runner_state::job_left() {
  module_result out;
  out.changed = true;
  out.data.set("ansible_job_id", background_id());
  out.data.set("started", 1);
  out.data.set("finished", 0);
  result_.attempts.push_back(
    {attempt_, std::chrono::system_clock::now(), {}, false, ""});
  pass_judgement(std::move(out));
}

void task_runner_state::ask_background(const arguments& args) {
  ++attempt_;
  announce();
  phase_ = phase::asking;
  auto id = args.text("jid");
  auto lost = [this](const caf::error& why) {
    item_failed({errc::system, "internal error: " + to_string(why)});
  };
  if (args.text("mode") != "cleanup") {
    self_->request(setting_.background, caf::infinite, query_atom_v, id)
      .then(
        [this, id](const background_status_ptr& status) {
          if (phase_ == phase::asking)
            job_known(id, *status);
        },
        lost);
    return;
  }
  self_->request(setting_.background, caf::infinite, forget_atom_v, id)
    .then(
      [this, id](bool known) {
        if (phase_ != phase::asking)
          return;
        module_result out;
        if (!known)
          out = module_result::failure(errc::not_found,
                                       "could not find job, or it still runs");
        out.data.set("ansible_job_id", id);
        out.data.set("erased", known ? id : "");
        out.data.set("started", 0);
        out.data.set("finished", 0);
        pass_judgement(std::move(out));
      },
      lost);
}

void task_runner_state::job_known(const std::string& id,
                                  const background_status& status) {
  using kind = background_status::kind;
  module_result out;
  if (status.what == kind::ended)
    out = result_of(status.verdict);
  else if (status.what == kind::unknown)
    out = module_result::failure(errc::not_found, "could not find job");
  else if (status.what == kind::lost)
    out = module_result::failure(errc::runtime,
                                 "the job was running when the run died; "
                                 "whether it took effect is not known");
  out.data.set("ansible_job_id", id);
  out.data.set("started", 1);
  out.data.set("finished", status.what == kind::running ? 0 : 1);
  result_.attempts.push_back({attempt_,
                              std::chrono::system_clock::now(),
                              {},
                              out.failed,
                              out.failed ? out.msg : ""});
  pass_judgement(std::move(out));
}

} // namespace troupe
