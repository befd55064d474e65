#include "actors/run/play_runner.hpp"
#include "actors/state/rollback.hpp"

#include <utility>
#include <vector>

namespace troupe {

// How a play takes back what it has done, and who may end that.

void play_runner_state::roll_back() {
  phase_ = phase::undoing;
  // What a job of the play changes behind the back of the rollback would stay.
  self_->request(setting_.services->background, caf::infinite, query_atom_v)
    .then(
      [this](std::vector<std::string>& running) {
        end_jobs(std::move(running));
      },
      [this](const caf::error&) { look_back(); });
}

void play_runner_state::end_jobs(std::vector<std::string> running) {
  play_tasks mine{*setting_.what};
  std::erase_if(running, [&](auto& each) { return !mine.has_left(each); });
  if (running.empty()) {
    look_back();
    return;
  }
  self_
    ->request(setting_.services->background, caf::infinite, finish_atom_v,
              std::move(running))
    .then([this](bool) { look_back(); },
          [this](const caf::error&) { look_back(); });
}

void play_runner_state::look_back() {
  self_->request(state(), caf::infinite, query_atom_v)
    .then([this](const snapshot_ptr& now) { undo(*now); },
          [this](const caf::error&) { report(); });
}

void play_runner_state::undo(const run_snapshot& now) {
  auto steps = rollback_steps(*setting_.what, now, *setting_.services->ctx);
  if (steps.body.empty()) {
    report();
    return;
  }
  outcome_.rolled_back = true;
  handlers_.blocks.push_back(std::move(steps));
  self_->request(state(), caf::infinite, query_atom_v, facts_atom_v)
    .then(
      [this](const ending_ptr& known) {
        spawn_block(handlers_.blocks.back(), true, known->names);
      },
      [this](const caf::error&) { report(); });
}

namespace {

/// Whether a rollback could not come to its end in any case.
bool is_hopeless(cancel_reason reason) {
  return reason == cancel_reason::unreachable
         || reason == cancel_reason::state_lost;
}

/// Whether somebody wants the run to end, and not only the play.
bool ends_run(cancel_reason reason) {
  return reason == cancel_reason::interrupted
         || reason == cancel_reason::terminated
         || reason == cancel_reason::timeout;
}

} // namespace

bool play_runner_state::passes_by(cancel_reason reason) {
  if (phase_ != phase::undoing || is_hopeless(reason))
    return false;
  // Half a rollback is worse than none: only who insists ends it.
  return !ends_run(reason) || !std::exchange(asked_to_end_, true);
}

} // namespace troupe
