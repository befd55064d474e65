#pragma once

#include "actors/messages.hpp"
#include "actors/run/facts_cache.hpp"
#include "actors/run/run_context.hpp"
#include "actors/run/workers.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <atomic>
#include <chrono>
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

  /// A `collect` that takes longer does not come back.
  std::chrono::nanoseconds longest() const;

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
  caf::reacts_to<facts_ptr>,
  // INTERNAL: the collection of this number should have ended.
  caf::reacts_to<tick_atom, uint64_t>>;

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
  void on_tick(uint64_t number);

private:
  /// False when the system has no thread.
  bool start_worker();
  /// The plays go on without facts.
  void give_up(std::string why);
  void answer_all(const facts_ptr& found);

  facts_actor::pointer self_;
  std::shared_ptr<facts_collector> collector_;
  std::shared_ptr<workers> threads_;
  std::stop_source stop_;
  bool cancelled_ = false;
  // A worker was abandoned and has not come back.
  bool stuck_ = false;
  // Which collection goes on, and when its worker began; 0: not yet.
  uint64_t number_ = 0;
  std::shared_ptr<std::atomic<int64_t>> begun_;
  std::vector<caf::typed_response_promise<facts_ptr>> waiting_;
};

facts_actor::behavior_type
facts(facts_actor::stateful_pointer<facts_state> self,
      std::shared_ptr<facts_collector> collector,
      std::shared_ptr<workers> threads);

} // namespace troupe
