#include "actors/fleet/agent.hpp"
#include "actors/fleet/labelled_host.hpp"
#include "actors/state/state_directory.hpp"
#include "config/value/json.hpp"
#include "modules/module.hpp"

#include <caf/send.hpp>

namespace troupe {

namespace {

constexpr size_t most_facts = 900'000;

/// A run that never began has an end all the same, which its controller hears
/// of.
void tell_refusal(uplink_writer& to, const fleet_order& order,
                  const std::string& host, const error& why,
                  std::chrono::system_clock::time_point now) {
  run_event event;
  event.run = order.run;
  event.host = host;
  event.time = now;
  event.sequence = 1;
  event.what = run_ended{true, why.message, {}};
  to.on(event);
  to.finish();
}

/// What may be over when it is tried again.
bool may_pass(errc code) {
  return code == errc::exhausted || code == errc::system
         || code == errc::timeout;
}

} // namespace

void agent_state::give_up(const fleet_order& order, uplink_writer& to,
                          const error& why) {
  tell_refusal(to, order, setting_.who.name, why,
               setting_.machine->clock().now());
  if (auto ok = orders_->done(order.run); !ok)
    setting_.tell(ok.why().message);
}

error agent_state::not_begun(const fleet_order& order, uplink_writer& to,
                             error why) {
  bool late = order.expires < setting_.machine->clock().now();
  // What was begun is not given up for what may pass.
  if (!may_pass(why.code)
      || (late && !look_at_run(setting_.state_folder, order.run)))
    give_up(order, to, why);
  return why;
}

void agent_state::drop_open(const std::string& run_name, const error& why) {
  auto part = orders_->next_part(run_name);
  if (!part)
    return setting_.tell("run " + run_name + ": " + part.why().message);
  uplink_writer writer{setting_.spool, *part,
                       [to = uplink_] { caf::anon_send(to, go_atom_v); }};
  fleet_order order;
  order.run = run_name;
  setting_.tell("run " + run_name + ": " + why.message);
  give_up(order, writer, why);
}

result<void> agent_state::run(const fleet_order& order, bool again) {
  auto& machine = *setting_.machine;
  auto part = orders_->next_part(order.run);
  if (!part)
    return part.why();
  auto more = [to = uplink_] { caf::anon_send(to, go_atom_v); };
  auto writer = std::make_shared<uplink_writer>(setting_.spool, *part, more);
  auto state = state_directory::open(machine, setting_.state_folder,
                                     "run " + order.run + " of the fleet");
  bool late = order.expires < machine.clock().now();
  if (!state) {
    // What was begun is not given up for a folder that is held.
    if (late && !look_at_run(setting_.state_folder, order.run))
      give_up(order, *writer, state.why());
    return state.why();
  }
  run_request request;
  request.host_name = setting_.who.name;
  request.member
    = std::make_shared<labelled_host>(setting_.who.name, setting_.labels);
  auto settings = setting_.settings();
  if (!settings)
    return not_begun(order, *writer, settings.why());
  request.options = std::move(*settings);
  request.given_settings = order.settings;
  request.extra_vars = order.extra_vars;
  request.state = *state;
  request.run_name = order.run;
  // One that was killed before its journal began begins anew.
  if (again && look_at_run(setting_.state_folder, order.run))
    request.resume_run = order.run;
  auto what
    = prepare(order.plan, order.source, std::move(request), setting_.machine);
  if (!what)
    return not_begun(order, *writer, what.why());
  (*state)->remove_old_runs(order.run);
  setting_.tell("run " + order.run + " of " + order.source
                + (again ? " goes on" : " begins"));
  running_ = order.run;
  prepared_ = std::move(*what);
  handle_ = setting_.runs->start(
    *prepared_, {writer}, [me = agent_actor{self_}](run_outcome how) {
      caf::anon_send(me, std::make_shared<const run_outcome>(std::move(how)));
    });
  return {};
}

void agent_state::renew_if_due() {
  if (!is_to_renew(setting_.who.own.certificate,
                   setting_.machine->clock().now()))
    return;
  if (auto request = make_request(setting_.who.own.secret))
    say(link_renew{std::move(*request)});
}

void agent_state::take_certificate(const std::string& certificate) {
  auto renewed = setting_.who;
  renewed.own.certificate = certificate;
  auto facts = read_certificate(certificate);
  auto now = read_certificate(setting_.who.own.certificate);
  auto context = make_tls(tls_side::dials, renewed.terms());
  if (!facts || !now || facts->uri != now->uri || !context)
    return setting_.tell("the renewed certificate is not one for this host");
  if (auto kept
      = renew_membership(*setting_.machine, setting_.folder, certificate);
      !kept)
    return setting_.tell(kept.why().message);
  setting_.who = std::move(renewed);
  setting_.carrier->renew(*context);
  setting_.tell("the certificate was renewed");
}

std::string told_facts(host& machine) {
  auto setup = builtin_modules().find("setup");
  auto args = setup ? check_arguments(setup->spec(), {}) : error{};
  if (!args)
    return "{}";
  auto found = setup->run(*args, module_context{.machine = machine});
  found.facts.erase("ansible_env");
  auto out = to_json(value{found.facts});
  return out.size() > most_facts ? "{}" : out;
}

} // namespace troupe
