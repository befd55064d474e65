#pragma once

#include "actors/fleet/authorities.hpp"
#include "actors/fleet/fleet_messages.hpp"
#include "actors/fleet/target_judge.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <map>
#include <set>

namespace troupe {

struct registry_setting {
  fleet_services services;
  fleet_authorities authorities;
  dispatcher_actor dispatcher;
  target_judge_actor judge;
  /// The membership of the controller's own administrator, which is renewed
  /// though nobody uses it; empty: there is none.
  std::string admin_folder = {};
  /// Renews the controller's own certificate when that is due; asked once a
  /// day. Null: nobody does.
  std::function<result<void>()> renew_own = nullptr;
};

/// REGISTRY: who belongs to the fleet, who is there, who may come in. On a
/// thread of its own: it waits for the store.
class registry_state {
public:
  static inline const char* name = "registry";

  explicit registry_state(registry_actor::pointer self) : self_{self} {
    // nop
  }

  void start(registry_setting setting);
  void arrive(const session_arrival& who);
  void leave(const session_said& who);
  void gone(const std::string& name, const caf::actor_addr& session);
  void hear(const session_said& what);
  /// Calls back at once, or when JUDGE has answered.
  using chosen_call = std::function<void(const target_answer&)>;
  void choose(const target_question& what, const chosen_call& done);
  join_answer_ptr join(const join_question& who);
  void end_all(const session_end_ptr& why);
  void tick();
  /// Stores what the store has refused.
  void flush();
  /// It ends, and the controller with it: its sessions shall not stay.
  void abandon(const caf::error& why);
  /// A SESSION is gone; one that died has not said so.
  void on_down(const caf::down_msg& down);

private:
  using moment = caf::actor_clock::time_point;

  struct known {
    fleet_member member;
    /// Of this member: a host has one, people any number.
    std::set<session_actor> sessions;
    /// Of a host: those of runs that it tells of by itself.
    std::set<session_actor> reporters;
    // When sessions of it took the place of others, of late.
    std::deque<moment> replaced;
    /// Those of the member, for JUDGE; null: nobody has asked about them.
    std::shared_ptr<const std::string> facts;
  };

  admission judge(const session_arrival& who);
  /// It takes the place of the session that a host had before.
  void replace(known& one, const session_arrival& who);
  bool comes_and_goes(known& one);
  void about(const session_said& from, const link_about& what);
  void renew(const session_said& from, const link_renew& what);
  result<void> renew_admin();
  void answer(const session_said& question, const link_ask& ask);
  result<std::string> make_token(const session_said& from, const link_ask& ask);
  result<std::string> approve(const session_said& from,
                              const std::string& subject);
  result<std::string> revoke(const session_said& from,
                             const std::string& subject);
  void tell_hosts(const session_said& question, const link_ask& ask);
  void show_hosts(const session_said& question,
                  const std::vector<std::string>& names, bool with_facts);
  void judge(const target_question& what, const chosen_call& done);

  join_answer admit(join_token& token, const join_question& who,
                    const std::string& key);
  std::string obstacle(const join_token& token, const join_question& who,
                       const std::string& key);
  result<std::string> make_web_token(const session_said& from,
                                     const value& options);
  result<std::string> remove_web_token(const session_said& from,
                                       const std::string& name);
  void count_hosts() const;
  std::atomic<uint64_t>& counter_of(link_role role, bool reports) const;
  bool is_flooding(const std::string& address);

  result<void> keep(const fleet_member& member);
  /// As `keep`, but for what may be stored later: what the store refuses is
  /// told and tried again.
  void keep_or_wait(const fleet_member& member);
  result<void> keep(const join_token& token);
  void audit(const std::string& what, const std::string& who,
             const std::string& address, const std::string& text);
  void note(const session_said& from, const std::string& what,
            const std::string& text);
  store_time now() const;
  moment steady_now() const;
  /// Why a pattern means less than it says: the first of its parts that is no
  /// host and no label; empty: each is.
  std::string unknown_part(const std::string& pattern) const;

  registry_actor::pointer self_;
  registry_setting setting_;
  std::map<std::string, known> members_;
  std::map<std::string, join_token> tokens_;
  // When requests of an address failed, of late.
  std::map<std::string, std::deque<moment>> failures_;
  // Whose they are.
  std::map<caf::actor_addr, std::string> sessions_;
  // Members that the store does not have as they are.
  std::set<std::string> unsaved_;
  trouble_teller trouble_;
  // Who waits for JUDGE, with how many questions.
  std::map<std::string, size_t> judged_;
};

registry_actor::behavior_type
registry(registry_actor::stateful_pointer<registry_state> self,
         registry_setting setting);

/// A host as `troupe hosts` shows it.
value shown_host(const fleet_member& member, bool is_there, bool with_facts);

} // namespace troupe
