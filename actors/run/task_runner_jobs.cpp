#include "actors/run/task_evaluation.hpp"
#include "actors/run/task_runner.hpp"
#include "actors/state/reopened.hpp"
#include "actors/supervision.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

namespace troupe {

// What the engine does about jobs in the background.

namespace {

/// What `async_status` says of a job that has ended: its result, in the names
/// of Ansible.
job_result result_of(const judged& verdict) {
  job_result done;
  done.censored = verdict.censored;
  auto& out = done.result;
  out.changed = verdict.changed;
  out.failed = verdict.failed;
  out.skipped = verdict.from.skipped;
  out.msg = verdict.from.msg;
  out.why = verdict.from.why;
  out.facts = verdict.from.facts;
  out.warnings = verdict.from.warnings;
  out.diff = verdict.from.diff;
  if (verdict.hidden)
    out.warnings.push_back("what came of the job cannot be read from the "
                           "journal any more");
  auto data_of = [](const value& of) {
    dict data;
    if (of.is_dict())
      for (auto& [key, x] : of.as_dict())
        if (auto name = key.text_or(""); name != "changed" && name != "failed")
          data.set(key, x);
    return data;
  };
  out.data = data_of(verdict.output);
  if (!verdict.kept.is_null())
    done.whole = data_of(verdict.kept);
  return done;
}

/// What it says of one that died with the run and is to be left at that.
module_result passed_over() {
  module_result out;
  out.skipped = true;
  out.msg = "skipped as the command line says: the job was running when the "
            "run died; whether it took effect is not known";
  return out;
}

/// What `async_status` answers about the job `id`.
job_result answer_about(const std::string& id, const background_status& status,
                        const run_context& ctx) {
  using kind = background_status::kind;
  job_result done;
  auto& out = done.result;
  if (status.what == kind::ended)
    done = result_of(status.verdict);
  else if (status.what == kind::unknown)
    out = module_result::failure(errc::not_found, "could not find job");
  else if (status.what == kind::lost && passes_over_job(id, ctx))
    out = passed_over();
  else if (status.what == kind::lost)
    out = module_result::failure(errc::runtime,
                                 "the job was running when the run died; "
                                 "whether it took effect is not known");
  for (auto* data : {&out.data, done.whole ? &*done.whole : nullptr})
    if (data) {
      data->set("ansible_job_id", id);
      data->set("started", 1);
      data->set("finished", status.what == kind::running ? 0 : 1);
    }
  return done;
}

} // namespace

std::string task_runner_state::background_id(uint64_t item, size_t time) const {
  auto task = what().id;
  // The job of the last attempt may still run.
  if (time > 1)
    task += fmt::format("#{}", time);
  return background_job_id(task,
                           loop_.loops() ? std::optional{item} : std::nullopt);
}

void task_runner_state::leave_job(call& which, const job& what) {
  auto item = which.what().item;
  auto id = background_id(item, which.attempts().size() + 1);
  auto& past = ctx().past;
  // One that an earlier process of this run has left may not simply begin
  // again, once it is known how it ended, or passed over.
  if (past)
    if (auto known = past->background().find(id);
        known != past->background().end()
        && (known->second || passes_over_job(id, ctx()))) {
      job_left(item, id);
      return;
    }
  auto mine = std::make_shared<job>(what);
  mine->key = key_of(what, id, 0, which.attempt());
  mine->deadline = machine().clock().steady_now()
                   + std::chrono::seconds{*which.under().number("async")};
  mine->output_limit = ctx().options.output_limit;
  self_
    ->request(setting_.services->background, caf::infinite, go_atom_v,
              job_ptr{std::move(mine)}, setting_.services->jobs,
              *which.under().flag("no_log"))
    .then(
      [this, item, id](const std::string& trouble) {
        if (trouble.empty())
          job_left(item, id);
        else
          background_answered(
            item, {module_result::failure(errc::exhausted, trouble)});
      },
      [this, item](const caf::error& why) {
        background_answered(
          item, {module_result::failure(errc::system,
                                        "internal error: " + words_of(why))});
      });
}

void task_runner_state::job_left(uint64_t item, const std::string& id) {
  module_result out;
  out.changed = true;
  out.data.set("ansible_job_id", id);
  out.data.set("started", 1);
  out.data.set("finished", 0);
  background_answered(item, {std::move(out)});
}

void task_runner_state::ask_background(call& which, const arguments& args) {
  auto item = which.what().item;
  auto id = args.text("jid");
  auto& predicted = prediction_of(which.under(), ctx());
  if (auto known = predicted.job(id)) {
    if (args.text("mode") == "cleanup")
      predicted.forget_job(id);
    background_answered(item,
                        {predicted_answer(id, *known, args.text("mode"))});
    return;
  }
  if (args.text("mode") == "cleanup") {
    forget_job(item, id);
    return;
  }
  self_->request(setting_.services->background, caf::infinite, query_atom_v, id)
    .then(
      [this, item, id](const background_status_ptr& status) {
        background_answered(item, answer_about(id, *status, ctx()));
      },
      [this, item](const caf::error& why) {
        background_answered(
          item, {module_result::failure(errc::system,
                                        "internal error: " + words_of(why))});
      });
}

void task_runner_state::forget_job(uint64_t item, const std::string& id) {
  self_
    ->request(setting_.services->background, caf::infinite, forget_atom_v, id)
    .then(
      [this, item, id](bool known) {
        module_result out;
        if (!known)
          out = module_result::failure(errc::not_found,
                                       "could not find job, or it still runs");
        out.data.set("ansible_job_id", id);
        out.data.set("erased", known ? id : "");
        out.data.set("started", 0);
        out.data.set("finished", 0);
        background_answered(item, {std::move(out)});
      },
      [this, item](const caf::error& why) {
        background_answered(
          item, {module_result::failure(errc::system,
                                        "internal error: " + words_of(why))});
      });
}

void task_runner_state::background_answered(uint64_t item, job_result done) {
  auto& result = done.result;
  auto at = calls_.find(item);
  if (at == calls_.end())
    return;
  auto& which = *at->second;
  // Of what is predicted not all jobs are kept.
  if (which.under().flag("check_mode").value_or(ctx().options.check_mode))
    doubt_failure(result, prediction_of(which.under(), ctx()));
  which.attempts().push_back({which.attempt(),
                              machine().clock().now(),
                              {},
                              result.failed,
                              result.failed ? result.msg : ""});
  which.give(std::move(done));
}

} // namespace troupe
