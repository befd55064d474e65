#pragma once

#include "actors/messages.hpp"
#include "actors/run/facts_cache.hpp"
#include "actors/run/run_context.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace troupe {

/// FACTS: collects the facts of this host once and hands them out until they
/// are too old.
using facts_actor = caf::typed_actor<
  // PLAY RUNNER or a query wants all facts; collected anew when expired.
  caf::replies_to<facts_atom>::with<facts_ptr>,
  // Someone knows that a fact (empty name: all of them) is no longer true.
  caf::reacts_to<forget_atom, std::string>>;

class facts_state {
public:
  static inline const char* name = "facts";

  void start(context_ptr ctx, std::string cache_file);
  facts_ptr collect();
  void forget(const std::string& fact);

private:
  void collect_system(fact_set& into, facts_cache::clock::time_point now);
  void collect_custom(const custom_fact& wanted, fact_set& into,
                      facts_cache::clock::time_point now);
  result<value> read_custom(const custom_fact& wanted);
  void save(fact_set& into);

  context_ptr ctx_;
  std::string cache_file_;
  std::optional<facts_cache> cache_;
};

/// Collecting reads hundreds of files: `give_thread`. `cache_file` keeps
/// facts between runs; empty: not.
facts_actor::behavior_type
facts(facts_actor::stateful_pointer<facts_state> self, context_ptr ctx,
      std::string cache_file);

} // namespace troupe
