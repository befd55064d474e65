#pragma once

#include "actors/engine.hpp"
#include "actors/fleet/order_keeper.hpp"
#include "actors/link/membership.hpp"
#include "actors/link/tls_carrier.hpp"
#include "actors/link/uplink.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace troupe {

using link_note_ptr = std::shared_ptr<link_note>;

using agent_actor = caf::typed_actor<
  // The program: this is your UPLINK; begin.
  caf::reacts_to<uplink_actor>,
  // UPLINK: what the controller says.
  caf::reacts_to<link_note_ptr>,
  // The engine: the run has ended.
  caf::reacts_to<outcome_ptr>,
  // Itself: something is due.
  caf::reacts_to<tick_atom>,
  // The program: end what runs, and then answer.
  caf::replies_to<finish_atom>::with<bool>>;

struct agent_setting {
  std::shared_ptr<host> machine;
  membership who;
  /// Of the membership; orders and the spool lie in it as well.
  std::string folder;
  /// Of runs: the journal of each is there, as of any other run.
  std::string state_folder;
  /// Public points of those whose orders are obeyed.
  std::vector<std::string> trusted;
  std::vector<std::string> labels;
  std::function<result<settings_builder>()> settings;
  std::shared_ptr<shared_spool> spool;
  std::shared_ptr<tls_carrier> carrier;
  std::shared_ptr<engine> runs;
  /// Says something to people.
  std::function<void(const std::string&)> tell;
};

/// AGENT: has plans run that were signed by keys that this host has pinned,
/// one after another, and tells the controller of them. On a thread of its own:
/// reading a plan waits for files.
class agent_state {
public:
  static inline const char* name = "agent";

  explicit agent_state(agent_actor::pointer self) : self_{self} {
    // nop
  }

  void start(agent_setting setting);
  void begin(uplink_actor uplink);
  void hear(link_note& note);
  void ended(const run_outcome& how);
  void tick();
  caf::result<bool> finish();
  /// It dies: what runs is ended, and gone on with by the next one.
  void abandon(const caf::error& why);

private:
  /// An order whose bytes are still coming.
  struct fetching {
    link_offer offer;
    std::string bytes;
    /// The next piece has to be there by then.
    caf::actor_clock::time_point until;
  };

  void take_message(const link_message& message);
  void consider(const link_offer& offer);
  void take_piece(const link_piece& piece);
  void judge(const link_offer& offer, const std::string& bytes);
  void ask_on();
  /// Lets go of the order whose bytes are coming; it may be offered again.
  void stop_fetching(const std::string& why);
  void cancel(const std::string& run);
  /// Ends what was accepted and has not begun here.
  void drop_open(const std::string& run, const error& why);
  void introduce();
  bool begin_run(const fleet_order& order, bool again);
  /// Says once what keeps a run from beginning, however often it is tried.
  void hindered(const std::string& run, const error& why);
  void give_up(const fleet_order& order, uplink_writer& to, const error& why);
  /// Gives up what another try would not change, and what is too late.
  error not_begun(const fleet_order& order, uplink_writer& to, error why);
  void tell_state(const link_ask& ask);
  void renew_if_due();
  /// Takes what runs have left that were not its own.
  void gather();
  void take_certificate(const std::string& certificate);
  result<void> run(const fleet_order& order, bool again);
  void go_on_with_open();
  void decline(const std::string& run, plan_refusal why,
               const std::string& text);
  void say(link_message message);
  const std::string* key_named(const std::string& name) const;

  agent_actor::pointer self_;
  agent_setting setting_;
  std::unique_ptr<order_keeper> orders_;
  uplink_actor uplink_;
  std::optional<fetching> fetching_;
  std::string running_;
  // It holds the state folder.
  std::optional<prepared_run> prepared_;
  std::shared_ptr<run_handle> handle_;
  std::string last_trouble_;
  std::string last_obstacle_;
  std::string last_notice_;
  std::optional<caf::typed_response_promise<bool>> finish_;
};

agent_actor::behavior_type
agent(agent_actor::stateful_pointer<agent_state> self, agent_setting setting);

/// The facts of a machine that are told a controller, as JSON: without its
/// environment, in which there may be secrets.
std::string told_facts(host& machine);

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::link_note_ptr)
