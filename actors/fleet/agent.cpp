#include "actors/fleet/agent.hpp"

#include "actors/link/run_spool.hpp"
#include "actors/supervision.hpp"
#include "config/fleet/fleet_names.hpp"
#include "config/plan/tags.hpp"
#include "config/value/json.hpp"
#include "modules/module.hpp"
#include "platform/crypto.hpp"

#include <caf/send.hpp>

namespace troupe {

namespace {

constexpr std::chrono::seconds look_again{15};
// For a piece of an order to come.
constexpr std::chrono::seconds piece_patience{60};
// Times of a clock that is wrong.
constexpr std::chrono::minutes clock_skew{5};

} // namespace

void agent_state::start(agent_setting setting) {
  setting_ = std::move(setting);
  orders_ = std::make_unique<order_keeper>(*setting_.machine,
                                           setting_.folder + "/orders");
}

void agent_state::begin(uplink_actor uplink) {
  uplink_ = std::move(uplink);
  gather();
  go_on_with_open();
  self_->delayed_send(agent_actor{self_}, look_again, tick_atom_v);
}

void agent_state::go_on_with_open() {
  if (!running_.empty() || finish_)
    return;
  for (auto& each : orders_->open_orders()) {
    if (begin_run(each, true))
      return;
  }
}

void agent_state::hear(link_note& note) {
  if (std::get_if<link_joined>(&note)) {
    setting_.tell("joined the controller at "
                  + to_string(setting_.who.controller) + " as "
                  + setting_.who.name);
    last_trouble_.clear();
    introduce();
    renew_if_due();
  } else if (auto* said = std::get_if<link_said>(&note)) {
    take_message(said->message);
  } else if (auto* how = std::get_if<link_closed>(&note)) {
    fetching_.reset();
    auto text = std::string{to_string(how->why)} + ": " + how->text;
    if (text != std::exchange(last_trouble_, text))
      setting_.tell("the link is down: " + text);
    // With it no controller lets it in.
    auto notice = expiry_notice(setting_.who, setting_.machine->clock().now());
    if (notice != std::exchange(last_notice_, notice) && !notice.empty())
      setting_.tell(notice);
  }
}

void agent_state::take_message(const link_message& message) {
  if (auto* offer = std::get_if<link_offer>(&message))
    consider(*offer);
  else if (auto* piece = std::get_if<link_piece>(&message))
    take_piece(*piece);
  else if (auto* stop = std::get_if<link_cancel>(&message))
    cancel(stop->run);
  else if (auto* got = std::get_if<link_renewed>(&message))
    take_certificate(got->certificate);
  else if (auto* ask = std::get_if<link_ask>(&message))
    tell_state(*ask);
}

void agent_state::consider(const link_offer& offer) {
  if (!is_run_name(offer.run))
    return decline(offer.run, plan_refusal::damaged, "a run without a name");
  // Whatever became of it: it is not done twice.
  if (orders_->knows(offer.run))
    return say(link_accept{offer.run});
  if (!running_.empty() || fetching_ || finish_)
    return decline(offer.run, plan_refusal::busy, "another run goes on");
  auto* point = key_named(offer.key);
  if (!point || !is_signed_by(*point, offer.digest, offer.signature))
    return decline(offer.run, plan_refusal::signature,
                   point ? "the signature is wrong"
                         : "key " + offer.key + " is not pinned here");
  if (offer.size == 0 || offer.size > order_most)
    return decline(offer.run, plan_refusal::damaged, "too large");
  fetching_ = fetching{offer, {}, {}};
  ask_on();
}

void agent_state::ask_on() {
  fetching_->until = self_->clock().now() + piece_patience;
  say(link_want{fetching_->offer.digest, fetching_->bytes.size()});
}

void agent_state::stop_fetching(const std::string& why) {
  auto run_name = std::move(fetching_->offer.run);
  fetching_.reset();
  decline(run_name, plan_refusal::busy, why);
}

const std::string* agent_state::key_named(const std::string& name) const {
  for (auto& each : setting_.trusted)
    if (key_name(each) == name)
      return &each;
  return nullptr;
}

void agent_state::take_piece(const link_piece& piece) {
  if (!fetching_ || piece.digest != fetching_->offer.digest)
    return;
  auto& bytes = fetching_->bytes;
  // One without bytes says that there are none.
  if (piece.bytes.empty())
    return stop_fetching("the controller does not have the order");
  if (piece.offset != bytes.size())
    return stop_fetching("the order did not come in one piece after another");
  bytes += piece.bytes;
  if (bytes.size() < fetching_->offer.size)
    return ask_on();
  auto all = std::move(*fetching_);
  fetching_.reset();
  judge(all.offer, all.bytes);
}

void agent_state::judge(const link_offer& offer, const std::string& bytes) {
  // Nothing is read before it is what was signed.
  sha256 sum;
  sum.update(bytes);
  if (sum.finish() != offer.digest)
    return decline(offer.run, plan_refusal::damaged,
                   "it is not what was signed");
  auto order = read_order(bytes);
  if (!order)
    return decline(offer.run, plan_refusal::damaged, order.why().message);
  auto now = setting_.machine->clock().now();
  if (order->run != offer.run)
    return decline(offer.run, plan_refusal::damaged,
                   "it was signed for run " + order->run);
  if (order->expires < now || order->made > now + clock_skew)
    return decline(offer.run, plan_refusal::stale,
                   "it was not signed for this time");
  if (!host_matches(order->hosts, setting_.who.name, setting_.labels))
    return decline(offer.run, plan_refusal::unwanted,
                   "it was signed for other hosts: " + order->hosts);
  if (auto kept = orders_->take(offer.run, bytes); !kept) {
    hindered(offer.run, kept.why());
    return decline(offer.run, plan_refusal::busy, kept.why().message);
  }
  say(link_accept{offer.run});
  begin_run(*order, false);
}

/// What it has accepted and cannot begin is tried again until its order has
/// expired: a full disk or a folder that somebody holds may be over by then.
/// False: another one may begin.
bool agent_state::begin_run(const fleet_order& order, bool again) {
  auto ok = run(order, again);
  if (ok) {
    last_obstacle_.clear();
    return true;
  }
  hindered(order.run, ok.why());
  return orders_->is_open(order.run);
}

void agent_state::hindered(const std::string& run_name, const error& why) {
  auto text = "run " + run_name + ": " + why.message;
  if (text != std::exchange(last_obstacle_, text))
    setting_.tell(text);
}

void agent_state::tell_state(const link_ask& ask) {
  dict out{{"running", running_}};
  if (is_run_name(ask.subject)) {
    std::lock_guard held{setting_.spool->mutex};
    // Its end may not have been told yet when its order is forgotten.
    out.set("known", orders_->knows(ask.subject)
                       || setting_.spool->kept->holds(ask.subject));
  }
  say(link_answer{ask.number, 0, 0, to_json(value{std::move(out)})});
}

void agent_state::cancel(const std::string& run_name) {
  if (fetching_ && run_name == fetching_->offer.run)
    return stop_fetching("it was cancelled");
  if (run_name == running_ && handle_)
    handle_->cancel(cancel_reason::terminated);
  else if (is_run_name(run_name) && orders_->is_open(run_name))
    drop_open(run_name, {errc::cancelled, "it was cancelled before it began"});
}

void agent_state::ended(const run_outcome& how) {
  setting_.tell("run " + running_ + ": " + how.sentence);
  handle_.reset();
  auto run_name = std::exchange(running_, {});
  if (how.well())
    prepared_->state->note_ended_well(run_name, !how.changed_tasks.empty());
  prepared_.reset();
  if (auto ok = orders_->done(run_name); !ok)
    setting_.tell(ok.why().message);
  if (finish_) {
    finish_->deliver(true);
    self_->quit();
    return;
  }
  go_on_with_open();
}

void agent_state::gather() {
  std::unique_lock held{setting_.spool->mutex};
  auto found = gather_run_spools(*setting_.machine, setting_.folder,
                                 *setting_.spool->kept);
  held.unlock();
  if (found > 0)
    self_->send(uplink_, go_atom_v);
}

void agent_state::tick() {
  renew_if_due();
  if (fetching_ && self_->clock().now() >= fetching_->until)
    stop_fetching("the order did not come in time");
  gather();
  go_on_with_open();
  self_->delayed_send(agent_actor{self_}, look_again, tick_atom_v);
}

caf::result<bool> agent_state::finish() {
  if (!handle_) {
    self_->quit();
    return true;
  }
  handle_->cancel(cancel_reason::terminated);
  finish_ = self_->make_response_promise<bool>();
  return *finish_;
}

void agent_state::abandon(const caf::error&) {
  if (handle_)
    handle_->cancel(cancel_reason::terminated);
}

void agent_state::introduce() {
  link_about out;
  out.labels = setting_.labels;
  out.facts = told_facts(*setting_.machine);
  say(std::move(out));
  // What was said of it may never have arrived, and nobody may want it any
  // more: the controller says so then.
  for (auto& each : orders_->open_orders())
    say(link_accept{each.run});
}

void agent_state::decline(const std::string& run_name, plan_refusal why,
                          const std::string& text) {
  if (why != plan_refusal::busy)
    setting_.tell("run " + run_name + " is declined: " + text);
  say(link_decline{run_name, why, text.substr(0, 1000)});
}

void agent_state::say(link_message message) {
  self_->send(uplink_,
              std::make_shared<const link_message>(std::move(message)));
}

agent_actor::behavior_type
agent(agent_actor::stateful_pointer<agent_state> self, agent_setting setting) {
  supervise(self);
  self->state.start(std::move(setting));
  return {
    [self](const uplink_actor& uplink) { self->state.begin(uplink); },
    [self](const link_note_ptr& note) { self->state.hear(*note); },
    [self](const outcome_ptr& how) { self->state.ended(*how); },
    [self](tick_atom) { self->state.tick(); },
    [self](finish_atom) { return self->state.finish(); },
  };
}

} // namespace troupe
