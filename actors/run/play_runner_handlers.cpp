#include "actors/run/play_runner.hpp"

#include <caf/error.hpp>
#include <caf/sec.hpp>
#include <fmt/format.h>

#include <utility>

namespace troupe {

// When the handlers of a play run: at a flush within it, and at its end.

void play_runner_state::run_last_handlers() {
  handlers_.where = nullptr;
  handlers_.count = 0;
  run_handlers();
}

caf::result<ending_ptr> play_runner_state::flush(place_ptr where,
                                                 bool rescued) {
  // Its block would be taken for that of the rollback, whose end ends the play.
  if (phase_ == phase::undoing)
    return caf::make_error(caf::sec::runtime_error,
                           "handlers do not run in a rollback");
  auto promise = self_->make_response_promise<ending_ptr>();
  handlers_.flushes.push_back(promise);
  handlers_.where = std::move(where);
  // Of several tasks that wait, one may have no rescue.
  handlers_.rescued
    = rescued && (handlers_.flushes.size() == 1 || handlers_.rescued);
  handlers_.count = 0;
  run_handlers();
  return promise;
}

void play_runner_state::run_handlers() {
  if (handlers_.running)
    return;
  handlers_.running = true;
  self_->request(state(), caf::infinite, notified_atom_v)
    .then(
      [this](const std::vector<std::string>& notified) {
        start_handlers(notified);
      },
      [this](const caf::error&) {
        outcome_ = {.failed = true, .fatal = true};
        handlers_ended();
      });
}

void play_runner_state::start_handlers(
  const std::vector<std::string>& notified) {
  block batch;
  batch.id
    = fmt::format("handlers:{}:{}", setting_.what->id, handlers_.blocks.size());
  batch.name = "handlers";
  auto& choice = handlers_.choice;
  choice.note(notified, *scope_->handlers);
  // What is not to run any more is accounted for all at once.
  while (auto taken = choice.next(setting_.what->handlers, *scope_->handlers)) {
    batch.body.push_back(std::move(*taken));
    if (why_nothing_begins())
      continue;
    if (auto& past = setting_.services->ctx->past)
      handlers_.renewed = std::make_shared<const std::set<std::string>>(
        past->since().take_renewed(choice.taken()));
    break;
  }
  if (batch.body.empty()) {
    handlers_ended();
    return;
  }
  handlers_.blocks.push_back(std::move(batch));
  self_->request(state(), caf::infinite, query_atom_v, facts_atom_v)
    .then(
      [this](const ending_ptr& known) {
        spawn_block(handlers_.blocks.back(), true, known->names);
      },
      [this](const caf::error&) {
        outcome_ = {.failed = true, .fatal = true};
        handlers_ended();
      });
}

void play_runner_state::handlers_ended() {
  handlers_.running = false;
  auto& choice = handlers_.choice;
  choice.begin_anew();
  // Ansible's plays end with two flushes: after the tasks and the post_tasks.
  if (body_done_ && choice.any_wait() && !std::exchange(handlers_.last, true)) {
    ++handlers_.count;
    run_handlers();
    return;
  }
  auto end = std::make_shared<const ending>(
    std::exchange(handlers_.failure, ending{}));
  for (auto& each : std::exchange(handlers_.flushes, {}))
    each.deliver(end);
  handlers_.rescued = false;
  if (!body_done_)
    return;
  if (roll_back_ && !cancelled_)
    roll_back();
  else
    report();
}

} // namespace troupe
