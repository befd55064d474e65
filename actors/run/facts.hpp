#pragma once

#include "actors/messages.hpp"
#include "actors/run/facts_cache.hpp"
#include "actors/run/run_context.hpp"
#include "actors/run/workers.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace troupe {

/// Reads the facts of a host, as far as those that are known are too old. Used
/// by one thread at a time; reads hundreds of files.
class facts_collector {
public:
  /// `cache_file` keeps facts between runs; empty: not.
  facts_collector(context_ptr ctx, std::string cache_file);

  /// The facts that a run began with, when it goes on; null: they are not
  /// known. Only its environment is looked at anew, so that nothing waits.
  /// Never throws.
  facts_ptr known();

  /// What cannot be found out is left out, with a warning; programs are ended
  /// when `stop` is requested. Never throws.
  facts_ptr collect(std::stop_token stop);

private:
  /// What earlier runs have kept.
  void load();
  void collect_all(fact_set& out);
  void collect_system(fact_set& into, facts_cache::clock::time_point now,
                      const dict& how);
  /// `how`: arguments of `setup`. What it has found, which is added to `into`.
  dict ask_setup(fact_set& into, const dict& how);
  /// Whether its command was asked.
  bool collect_custom(const custom_fact& wanted, fact_set& into,
                      facts_cache::clock::time_point now);
  result<value> read_custom(const custom_fact& wanted);
  void save(fact_set& into);

  context_ptr ctx_;
  std::string cache_file_;
  // Absent until facts are wanted.
  std::optional<facts_cache> cache_;
  std::stop_token stop_;
};

/// FACTS: has the facts of this host collected on a WORKER and hands them out
/// until they are too old.
using facts_actor = caf::typed_actor<
  // PLAY RUNNER wants all facts; collected anew when expired.
  caf::replies_to<facts_atom>::with<facts_ptr>,
  // RUN ends early: so does what is being collected.
  caf::reacts_to<cancel_atom, cancel_reason>,
  // A WORKER has collected them.
  caf::reacts_to<facts_ptr>>;

class facts_state {
public:
  static inline const char* name = "facts";

  explicit facts_state(facts_actor::pointer self) : self_{self} {
    // nop
  }

  void start(std::shared_ptr<facts_collector> collector,
             std::shared_ptr<workers> threads);
  caf::result<facts_ptr> wanted();
  void cancel();
  void collected(const facts_ptr& found);

private:
  facts_actor::pointer self_;
  std::shared_ptr<facts_collector> collector_;
  std::shared_ptr<workers> threads_;
  std::stop_source stop_;
  std::vector<caf::typed_response_promise<facts_ptr>> waiting_;
};

facts_actor::behavior_type
facts(facts_actor::stateful_pointer<facts_state> self,
      std::shared_ptr<facts_collector> collector,
      std::shared_ptr<workers> threads);

} // namespace troupe
