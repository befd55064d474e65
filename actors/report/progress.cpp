#include "actors/report/progress.hpp"

#include <caf/typed_response_promise.hpp>

namespace troupe {

void progress_state::start(std::string run, std::string host,
                           std::vector<progress_sink> sinks) {
  run_ = std::move(run);
  host_ = std::move(host);
  sinks_ = std::move(sinks);
  for (auto& each : sinks_)
    self_->monitor(each.actor);
}

void progress_state::publish(run_event event) {
  event.sequence = ++sequence_;
  event.run = run_;
  event.host = host_;
  if (event.time == std::chrono::system_clock::time_point{})
    event.time = std::chrono::system_clock::now();
  auto shared = std::make_shared<const run_event>(std::move(event));
  for (auto& each : sinks_)
    if (each.writer->wants(*shared))
      self_->send(each.actor, event_ptr{shared});
}

caf::result<bool> progress_state::finish() {
  done_ = self_->make_response_promise<bool>();
  auto answer = done_;
  open_ = sinks_.size();
  // A sink that fails to finish has nothing more to say; the run is over.
  auto one_less = [this] {
    --open_;
    answer_if_done();
  };
  for (auto& each : sinks_)
    self_->request(each.actor, caf::infinite, finish_atom_v)
      .then([one_less](bool) { one_less(); },
            [one_less](const caf::error&) { one_less(); });
  answer_if_done();
  return answer;
}

void progress_state::answer_if_done() {
  if (open_ == 0 && done_.pending()) {
    done_.deliver(true);
    self_->quit();
  }
}

void progress_state::on_down(const caf::actor_addr& who) {
  std::erase_if(sinks_,
                [&](auto& each) { return each.actor.address() == who; });
}

progress_actor::behavior_type
progress(progress_actor::stateful_pointer<progress_state> self, std::string run,
         std::string host, std::vector<progress_sink> sinks) {
  self->state.start(std::move(run), std::move(host), std::move(sinks));
  self->set_down_handler(
    [self](const caf::down_msg& down) { self->state.on_down(down.source); });
  return {
    [self](run_event& event) { self->state.publish(std::move(event)); },
    [self](finish_atom) { return self->state.finish(); },
  };
}

} // namespace troupe
