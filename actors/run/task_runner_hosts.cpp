#include "actors/run/all_hosts.hpp"
#include "actors/run/task_runner.hpp"

namespace troupe {

// What a task has to do with those of other hosts.

placed_task task_runner_state::placed() const {
  return {setting_.services->ctx, scope_, what(), names_};
}

bool task_runner_state::says_here(any_keyword which) const {
  return says_yes(which, placed());
}

arrival task_runner_state::arrival_here() const {
  arrival out;
  out.host = ctx().own_name();
  out.task = what().id;
  out.where = setting_.where;
  out.fatal = life_.fatal_for_all;
  out.rescuing = setting_.rescuing;
  return out;
}

void task_runner_state::wait_at_gate() {
  auto there = std::make_shared<arrival>(arrival_here());
  there->once = life_.once = is_for_all(placed());
  auto& past = ctx().past;
  // Also when others know how it has ended and only its own journal does not:
  // to its handlers nobody else tells that.
  there->begun = there->once && past
                 && (past->has_included(what().id) || past->begun(what().id));
  auto* ignores = scope_->said.known("ignore_errors");
  there->fatal = life_.fatal_for_all
    = (there->once || says_here("any_errors_fatal"))
      && !(ignores && ignores->is_bool() && ignores->as_bool());
  self_
    ->request(setting_.services->stage, caf::infinite, arrived_atom_v,
              arrival_ptr{std::move(there)})
    .then(
      [this](const gate_answer_ptr& answer) {
        if (life_.reported)
          return;
        if (answer->done)
          take_over(*answer->done);
        else
          pass_gates();
      },
      [](const caf::error&) {
        // Its death is that of the run.
      });
}

void task_runner_state::take_over(const task_report& done) {
  life_.once = false;
  report_.clears_errors = done.clears_errors;
  // Of a `meta` only what is about facts does something here.
  if (module_ && module_->spec().engine == engine_task::meta && what().args
      && done.result->status == task_status::success)
    for (auto& [key, x] : *what().args)
      if (x.text_or("") == "clear_facts")
        self_->send(setting_.services->state, forget_atom_v, facts_atom_v);
  result_.why_skipped = skip_reason::elsewhere;
  result_.reason = "another host has done it for all";
  // What may be shown of it there may be shown here.
  result_.output = done.result->output;
  result_.censored = done.result->censored;
  report_.registered = done.registered;
  report_.secret = done.secret;
  report_.variables = done.variables;
  report_.facts = done.facts;
  // What it only predicted is as open for this host as for that one.
  if (ctx().options.check_mode && ctx().predicted
      && done.result->why_skipped == skip_reason::module
      && !what().register_.empty())
    ctx().predicted->doubt_results();
  bool failed = done.result->counts_as_failed() && !done.result->unreachable;
  result_.msg = failed ? done.result->msg : std::string{};
  report(failed ? task_status::failed : task_status::skipped);
}

bool task_runner_state::concerns_others(const task_result& result) const {
  bool counts
    = result.counts_as_failed() && result.why_skipped != skip_reason::elsewhere;
  return setting_.services->stage && (life_.once || counts);
}

host_task_end_ptr task_runner_state::end_for_others(report_ptr report) const {
  auto out = std::make_shared<host_task_end>();
  out->host = ctx().own_name();
  out->fatal = life_.fatal_for_all;
  if (report->result->counts_as_failed() && !scope_->gated)
    out->fatal = says_here("any_errors_fatal") || is_for_all(placed());
  out->report = std::move(report);
  return out;
}

void task_runner_state::lose_host() {
  engine_ = losing_host{};
  self_->send(setting_.play, lost_atom_v);
}

place_ptr task_runner_state::gate_place() const {
  return scope_->gated ? std::make_shared<const task_place>(setting_.where)
                       : nullptr;
}

} // namespace troupe
