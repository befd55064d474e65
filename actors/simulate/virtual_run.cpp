#include "actors/simulate/virtual_run.hpp"

#include "actors/run/run_starter.hpp"
#include "actors/simulate/virtual_stage.hpp"
#include "actors/supervision.hpp"
#include "platform/entropy.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/logger.hpp>
#include <caf/send.hpp>

#include <optional>

namespace troupe {

namespace {

class virtual_config final : public caf::actor_system_config {
public:
  virtual_config() {
    add_message_types<caf::id_block::troupe>();
    module_factories.emplace_back(
      [](caf::actor_system& system) -> caf::actor_system::module* {
        return new virtual_stage{system};
      });
  }
};

/// What a run came to that has no more messages and has not ended.
run_outcome stuck() {
  run_outcome out;
  out.how = run_broken{"internal error: the run waits for what never comes"};
  out.sentence = sentence_for(out);
  return out;
}

} // namespace

run_outcome execute_in_virtual_time(
  const prepared_run& what,
  const std::vector<std::shared_ptr<event_writer>>& writers,
  const std::shared_ptr<simulated_clock>& time, uint64_t seed) {
  // What ends with the system tells these.
  std::optional<run_outcome> outcome;
  bool gone = false;
  repeatable_chance chance{seed};
  virtual_config config;
  caf::actor_system system{config};
  // Actors that wait for nobody's message any more go with the system.
  system.await_actors_before_shutdown(false);
  auto& stage = dynamic_cast<virtual_stage&>(system.scheduler());
  stage.keep(time);
  {
    run_setting setting;
    setting.ctx = what.ctx;
    setting.wants_facts = what.wants_facts;
    for (auto& each : writers)
      setting.sinks.push_back(make_immediate_sink(each));
    setting.threads = stage.hands();
    setting.on_end = [&](const run_outcome& how) { outcome = how; };
    auto run_it = what.starter
                    ? what.starter->start(system, std::move(setting))
                    : any_run_actor{system.spawn(run, std::move(setting))};
    run_it->attach_functor([&](const caf::error& why) {
      gone = true;
      if (outcome)
        return;
      outcome.emplace().how
        = run_broken{"internal error: the run died: " + words_of(why)};
      outcome->sentence = sentence_for(*outcome);
    });
    caf::anon_send(run_it, go_atom_v);
  }
  // Spawning ties the system's logger to this thread.
  caf::logger::set_current_actor_system(nullptr);
  stage.play([&] { return gone; });
  return outcome ? std::move(*outcome) : stuck();
}

} // namespace troupe
