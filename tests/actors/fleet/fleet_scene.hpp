#pragma once

#include "actors/fleet/dispatcher.hpp"
#include "actors/fleet/history.hpp"
#include "actors/fleet/overseer.hpp"
#include "actors/fleet/registry.hpp"
#include "config/fleet/fleet_order.hpp"
#include "config/value/json.hpp"
#include "platform/crypto.hpp"
#include "platform/simulated/simulated_host.hpp"
#include "tests/actors/fleet/spoilt_store.hpp"
#include "tests/actors/virtual_time.hpp"
#include "tests/support/temp_dir.hpp"

#include <caf/send.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace troupe::test {

/// What a peer heard over its session.
struct heard_by_peer {
  std::vector<link_message> said;
  std::vector<session_end> ends;
  std::vector<stream_position> stored;
  std::optional<admission> let_in;

  template <class Message>
  std::vector<Message> all() const {
    std::vector<Message> out;
    for (auto& each : said)
      if (auto* found = std::get_if<Message>(&each))
        out.push_back(*found);
    return out;
  }
};

/// A SESSION without a link, which keeps what it is told.
inline session_actor::behavior_type
deaf_session(session_actor::pointer self,
             const std::shared_ptr<heard_by_peer>& heard) {
  return {
    [](carrier_news&) {},
    [](tick_atom) {},
    [heard](const admission_ptr& how) { heard->let_in = *how; },
    [heard](const positions_ptr& to) {
      heard->stored.insert(heard->stored.end(), to->begin(), to->end());
    },
    [heard](const link_message_ptr& what) { heard->said.push_back(*what); },
    [heard, self](const session_end_ptr& why) {
      heard->ends.push_back(*why);
      self->quit();
    },
  };
}

/// The actors of a controller over a real store, with peers that say what the
/// test has them say, in virtual time.
struct fleet_scene : virtual_time {
  fleet_scene() {
    services.machine = machine;
    services.store = std::make_shared<shared_store>();
    auto made = std::make_unique<spoilt_store>(dir / "history.db");
    store = made.get();
    services.store->kept = std::move(made);
    services.audit = must(
      audit_log::open(real->files(), machine->clock(), dir / "audit.log"));
    services.tell = [this](const std::string& what) { told.push_back(what); };
  }

  ~fleet_scene() {
    end();
  }

  /// Who there is, before the controller begins.
  void member(const std::string& name, link_role role = link_role::runner) {
    fleet_member out;
    out.name = name;
    out.role = role;
    out.key = "key of " + name;
    out.fingerprints = {"print of " + name};
    REQUIRE(store->put(out));
  }

  void begin() {
    dispatcher_setting leads;
    leads.services = services;
    leading = system.spawn(dispatcher, leads);
    if (!judging)
      judging = system.spawn(target_judge, judge_budget);
    knowing = system.spawn(registry,
                           registry_setting{services, authorities, leading,
                                            judging, admin_folder, renew_own});
    caf::anon_send(leading, knowing);
    history_setting keeps;
    keeps.services = services;
    keeps.dispatcher = leading;
    keeps.most_waiting = 4000;
    keeping = system.spawn(history, keeps);
    overseer_setting watched;
    watched.all = {{"REGISTRY", caf::actor_cast<caf::actor>(knowing)},
                   {"HISTORY", caf::actor_cast<caf::actor>(keeping)},
                   {"DISPATCHER", caf::actor_cast<caf::actor>(leading)}};
    watched.failed = [this](const std::string& why) { failed.push_back(why); };
    watching = system.spawn(overseer, std::move(watched));
    settle();
  }

  /// As `kill -9` would, but for what is in mailboxes.
  void end() {
    for (auto& [name, each] : sessions)
      caf::anon_send_exit(each, caf::exit_reason::kill);
    sessions.clear();
    for (auto& each : {caf::actor_cast<caf::actor>(leading),
                       caf::actor_cast<caf::actor>(knowing),
                       caf::actor_cast<caf::actor>(judging),
                       caf::actor_cast<caf::actor>(keeping)})
      if (each)
        caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
    leading = nullptr;
    knowing = nullptr;
    judging = nullptr;
    keeping = nullptr;
    settle();
    watching = nullptr;
  }

  session_peer peer(const std::string& name, link_role role) const {
    return {name, role, "print of " + name, "192.0.2.1"};
  }

  /// A host is there, with labels.
  void arrive(const std::string& name,
              const std::vector<std::string>& labels = {"web"},
              const std::string& facts = "{}") {
    come(name, link_role::runner);
    link_about about;
    about.labels = labels;
    about.facts = facts;
    say(name, about);
  }

  void come(const std::string& name, link_role role) {
    heard[name] = std::make_shared<heard_by_peer>();
    sessions[name] = system.spawn(deaf_session, heard[name]);
    roles[name] = role;
    introduce(sessions[name], peer(name, role), false);
  }

  /// A host tells of a run of its own; who `session` is called here.
  void report(const std::string& session, const std::string& host) {
    heard[session] = std::make_shared<heard_by_peer>();
    sessions[session] = system.spawn(deaf_session, heard[session]);
    roles[session] = link_role::runner;
    introduce(sessions[session], peer(host, link_role::runner), true);
  }

  void introduce(const session_actor& session, const session_peer& who,
                 bool reports) {
    caf::anon_send(knowing, std::make_shared<const session_arrival>(
                              session_arrival{session, who, "test", reports}));
    settle();
  }

  void leave(const std::string& name) {
    caf::anon_send(knowing, lost_atom_v,
                   std::make_shared<const session_said>(session_said{
                     sessions[name], peer(name, roles[name]), nullptr}));
    caf::anon_send_exit(sessions[name], caf::exit_reason::user_shutdown);
    settle();
  }

  /// What a peer says, to the actor whom it concerns.
  void say(const std::string& name, link_message message) {
    bool knows = std::holds_alternative<link_about>(message)
                 || std::holds_alternative<link_renew>(message);
    if (auto* ask = std::get_if<link_ask>(&message))
      knows
        = ask->what != link_question::runs && ask->what != link_question::state;
    auto said = std::make_shared<const session_said>(
      session_said{sessions[name], peer(name, roles[name]),
                   std::make_shared<const link_message>(std::move(message))});
    if (knows)
      caf::anon_send(knowing, said);
    else
      caf::anon_send(leading, said);
    settle();
  }

  /// An operator gives the controller a run.
  void submit(const std::string& run, const std::string& hosts,
              const std::string& options = "{}") {
    fleet_order order;
    order.run = run;
    order.hosts = hosts;
    order.expires = order.made + std::chrono::hours{1000};
    order.source = "site.yml";
    order.plan = "tasks: []";
    auto bytes = must(write_order(order));
    sha256 sum;
    sum.update(bytes);
    link_submit out;
    out.run = run;
    out.digest = sum.finish();
    out.size = bytes.size();
    out.options = options;
    say("alice", out);
    if (!heard["alice"]->all<link_want>().empty())
      say("alice", link_piece{out.digest, 0, bytes});
  }

  /// Events of a host come, the last one of them its end.
  void tell_end(const std::string& host, const std::string& run,
                bool well = true) {
    host_event last;
    last.host = host;
    last.event.at = {{run, 0}, ++sequence};
    last.event.rank = link_rank::ending;
    last.event.body = std::string{R"({"event":"run_ended","failed":)"}
                      + (well ? "false" : "true") + R"(,"message":"done"})";
    give(host, {last});
  }

  void give(const std::string& host, std::vector<host_event> events) {
    caf::anon_send(
      keeping, sessions[host],
      std::make_shared<std::vector<host_event>>(std::move(events)));
    settle();
  }

  void pass(std::chrono::milliseconds time) {
    for (std::chrono::milliseconds gone{0}; gone < time;
         gone += std::chrono::milliseconds{500}) {
      machine->time.advance(std::chrono::milliseconds{500});
      advance(std::chrono::milliseconds{500});
    }
  }

  std::string status(const std::string& run, const std::string& host) {
    for (auto& each : must(store->hosts_of(run)))
      if (each.host == host)
        return to_string(each.status);
    return {};
  }

  std::string text(const std::string& run, const std::string& host) {
    for (auto& each : must(store->hosts_of(run)))
      if (each.host == host)
        return each.text;
    return {};
  }

  std::string status(const std::string& run) {
    auto found = must(store->run(run));
    return found ? to_string(found->status) : "";
  }

  /// What an operator is answered.
  std::string ask_state(const std::string& run) {
    say("alice", link_ask{++question, link_question::state, run, "{}"});
    return heard["alice"]->all<link_answer>().back().body;
  }

  size_t offers(const std::string& host) {
    return heard[host]->all<link_offer>().size();
  }

  temp_dir dir;
  std::shared_ptr<host> real = make_real_host();
  std::shared_ptr<simulated_host> machine = std::make_shared<simulated_host>();
  fleet_services services;
  fleet_authorities authorities;
  std::string admin_folder;
  std::function<result<void>()> renew_own;
  spoilt_store* store = nullptr;
  dispatcher_actor leading;
  registry_actor knowing;
  /// Null before it begins: the real one.
  target_judge_actor judging;
  history_actor keeping;
  caf::actor watching;
  std::map<std::string, session_actor> sessions;
  std::map<std::string, link_role> roles;
  std::map<std::string, std::shared_ptr<heard_by_peer>> heard;
  std::vector<std::string> told;
  std::vector<std::string> failed;
  uint64_t sequence = 0;
  uint64_t question = 0;
};

/// A fleet of some hosts and an operator, all there.
struct small_fleet : fleet_scene {
  explicit small_fleet(const std::vector<std::string>& hosts) {
    member("alice", link_role::operator_);
    for (auto& each : hosts)
      member(each);
    begin();
    come("alice", link_role::operator_);
    for (auto& each : hosts)
      arrive(each);
  }
};

} // namespace troupe::test
