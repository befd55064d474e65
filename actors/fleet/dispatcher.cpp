#include "actors/fleet/dispatcher.hpp"

#include "actors/fleet/history.hpp"
#include "actors/supervision.hpp"
#include "config/fleet/fleet_names.hpp"
#include "config/fleet/fleet_order.hpp"
#include "platform/crypto.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace troupe {

namespace {

constexpr std::chrono::milliseconds beat{500};
constexpr std::chrono::seconds order_patience{60};
constexpr size_t most_open_runs = 100;
constexpr size_t piece_bytes = size_t{256} << 10;
constexpr size_t most_runs_read = 10'000;

bool goes_on(const fleet_run& x) {
  return x.status == "running" || x.status == "cancelling"
         || x.status == "receiving";
}

template <class Message>
link_message_ptr shared_message(Message what) {
  return std::make_shared<const link_message>(std::move(what));
}

} // namespace

void dispatcher_state::start(dispatcher_setting setting) {
  setting_ = std::move(setting);
  auto patience = clock::now() + setting_.grace;
  {
    std::lock_guard held{setting_.services.store->mutex};
    auto& store = *setting_.services.store->kept;
    auto all = store.runs(most_runs_read);
    if (!all)
      return self_->quit(caf::exit_reason::unhandled_exception);
    for (auto& each : *all) {
      if (!goes_on(each))
        continue;
      auto terms = read_terms(each.options);
      auto hosts = store.hosts_of(each.run);
      if (!terms || !hosts)
        continue;
      auto& one = runs_[each.run];
      one = {each, *terms,   std::move(*hosts),          {},
             {},   patience, each.status == "cancelling"};
      // Its operator sends it again.
      if (each.status == "receiving")
        one.patience = clock::now() + order_patience;
    }
  }
  catch_up();
  self_->delayed_send(dispatcher_actor{self_}, beat, tick_atom_v);
}

void dispatcher_state::catch_up() {
  for (auto& [name, one] : runs_) {
    result<std::vector<stored_event>> endings{std::vector<stored_event>{}};
    {
      std::lock_guard held{setting_.services.store->mutex};
      endings = setting_.services.store->kept->endings(name);
    }
    if (endings)
      for (auto& each : *endings)
        if (auto* which = host_in(one, each.host);
            which && !is_settled(which->status)) {
          auto how = ending_of(each.host, name, each.body);
          settle(one, *which, how.failed ? "failed" : "ok", how.text);
        }
    // The cancelling was cut off before its hosts.
    if (one.cancelled)
      for (auto& each : one.hosts)
        if (each.status == "waiting" || each.status == "offered")
          settle(one, each, "cancelled", {});
  }
}

void dispatcher_state::attach(registry_actor registry) {
  registry_ = std::move(registry);
}

void dispatcher_state::meet(const fleet_target& host) {
  if (!host.session) {
    there_.erase(host.name);
    for (auto& [name, one] : runs_)
      // It may never have heard of it.
      if (auto* which = host_in(one, host.name);
          which && which->status == "offered")
        settle(one, *which, "waiting", {});
    return;
  }
  there_.insert_or_assign(host.name, *host.session);
  for (auto& [name, one] : runs_) {
    auto* which = host_in(one, host.name);
    if (which && which->status == "offered" && one.cancelled)
      settle(one, *which, "cancelled", {});
    else if (which && which->status == "offered")
      offer(one, *which);
    else if (which && which->status == "running" && one.cancelled)
      self_->send(*host.session,
                  shared_message(link_cancel{one.info.run, "cancelled"}));
    advance(one);
  }
}

void dispatcher_state::hear(const session_said& what) {
  auto& message = *what.message;
  if (auto* plan = std::get_if<link_submit>(&message))
    submit(what, *plan);
  else if (auto* part = std::get_if<link_piece>(&message))
    piece(what, *part);
  else if (auto* wish = std::get_if<link_want>(&message))
    want(what, *wish);
  else if (auto* yes = std::get_if<link_accept>(&message))
    accept(what, yes->run);
  else if (auto* no = std::get_if<link_decline>(&message))
    decline(what, *no);
  else if (auto* stop = std::get_if<link_cancel>(&message))
    cancel(what, stop->run);
  else if (auto* ask = std::get_if<link_ask>(&message))
    answer(what, *ask);
}

void dispatcher_state::submit(const session_said& from,
                              const link_submit& plan) {
  auto terms = read_terms(plan.options);
  auto* begun = find_run(plan.run);
  if (begun && begun->info.status == "receiving"
      && begun->info.digest == to_hex(plan.digest))
    return receive(*begun, from);
  // The same again is the same run, whose state its operator asks for.
  if (state_of(plan.run))
    return;
  if (!is_run_name(plan.run) || !terms || plan.size == 0
      || plan.size > order_most || runs_.size() >= most_open_runs)
    return note(from, "refused",
                "run " + plan.run
                  + ": its options are wrong "
                    "or too many runs go on");
  auto& one = runs_[plan.run];
  one.info = {plan.run,
              to_hex(plan.digest),
              plan.signature,
              plan.key,
              plan.size,
              from.who.name,
              plan.options,
              "receiving",
              setting_.services.machine->clock().now(),
              {}};
  one.terms = *terms;
  keep(one);
  note(from, "submitted",
       "run " + plan.run + ", order " + one.info.digest + ", key " + plan.key);
  receive(one, from);
}

/// Asks for the order from its beginning on, unless it is there.
void dispatcher_state::receive(run& one, const session_said& from) {
  one.submitter = from.session;
  one.bytes.clear();
  one.patience = clock::now() + order_patience;
  if (auto order = order_of(one.info.digest))
    return begin(one, *order);
  if (auto digest = from_hex(one.info.digest))
    self_->send(from.session, shared_message(link_want{*digest, 0}));
}

void dispatcher_state::piece(const session_said& from, const link_piece& what) {
  auto found = std::find_if(runs_.begin(), runs_.end(), [&](auto& each) {
    return each.second.info.status == "receiving"
           && each.second.submitter == from.session
           && each.second.info.digest == to_hex(what.digest);
  });
  if (found == runs_.end())
    return;
  auto& one = found->second;
  if (what.offset != one.bytes.size() || what.bytes.empty()
      || one.bytes.size() + what.bytes.size() > one.info.size)
    return refuse(one, "its order did not come in one piece after another");
  one.bytes += what.bytes;
  if (one.bytes.size() < one.info.size) {
    self_->send(from.session,
                shared_message(link_want{what.digest, one.bytes.size()}));
    return;
  }
  sha256 sum;
  sum.update(one.bytes);
  if (to_hex(sum.finish()) != one.info.digest)
    return refuse(one, "its order is not what its digest says");
  {
    std::lock_guard held{setting_.services.store->mutex};
    if (auto ok
        = setting_.services.store->kept->put_order(one.info.digest, one.bytes);
        !ok)
      return refuse(one, ok.why().message);
  }
  begin(one, std::exchange(one.bytes, {}));
}

void dispatcher_state::begin(run& one, std::string bytes) {
  // Hosts look at the signature themselves; here it is only read.
  auto order = read_order(bytes);
  if (!order)
    return refuse(one, order.why().message);
  if (order->run != one.info.run)
    return refuse(one, "its order is for run " + order->run);
  choose_hosts(one.info.run, order->hosts);
}

void dispatcher_state::choose_hosts(const std::string& run_name,
                                    const std::string& pattern) {
  auto question = std::make_shared<const target_question>(
    target_question{pattern, find_run(run_name)->terms.where});
  self_->request(registry_, caf::infinite, question)
    .then([this, run_name](const target_answer_ptr& who) {
      if (auto* one = find_run(run_name))
        chosen(*one, *who);
    });
}

void dispatcher_state::chosen(run& one, const target_answer& who) {
  if (one.info.status != "receiving")
    return;
  if (!who.problem.empty())
    return refuse(one, who.problem);
  one.hosts = batched(who.names, one.terms);
  one.info.status = "running";
  one.patience = clock::now() + one.terms.wait;
  {
    std::lock_guard held{setting_.services.store->mutex};
    static_cast<void>(
      setting_.services.store->kept->put(one.info.run, one.hosts));
  }
  keep(one);
  advance(one);
}

void dispatcher_state::refuse(run& one, const std::string& why) {
  // Words that belong to no host are those of the run.
  fleet_run_host words{"", 0, "failed", why};
  keep(one, words);
  one.info.status = "failed";
  one.info.ended = setting_.services.machine->clock().now();
  keep(one);
  runs_.erase(std::string{one.info.run});
}

void dispatcher_state::want(const session_said& from, const link_want& what) {
  auto digest = to_hex(what.digest);
  // Only what it was offered.
  bool offered = std::any_of(runs_.begin(), runs_.end(), [&](auto& each) {
    auto* which = host_in(each.second, from.who.name);
    return each.second.info.digest == digest && which
           && (which->status == "offered" || which->status == "running");
  });
  auto order = offered ? order_of(digest) : nullptr;
  if (!order || what.offset >= order->size())
    return note(from, "refused", "order " + digest + " was not offered");
  self_->send(from.session, shared_message(link_piece{
                              what.digest, what.offset,
                              order->substr(what.offset, piece_bytes)}));
}

void dispatcher_state::accept(const session_said& from,
                              const std::string& run_name) {
  auto* one = find_run(run_name);
  auto* which = one ? host_in(*one, from.who.name) : nullptr;
  if (!which)
    return;
  // It has begun all the same; what was settled hears of its end no more.
  if (one->cancelled)
    self_->send(from.session,
                shared_message(link_cancel{run_name, "cancelled"}));
  if (which->status == "offered" || which->status == "cancelled")
    settle(*one, *which, "running", {});
}

void dispatcher_state::decline(const session_said& from,
                               const link_decline& what) {
  auto* one = find_run(what.run);
  auto* which = one ? host_in(*one, from.who.name) : nullptr;
  if (!which || which->status != "offered")
    return;
  // It is tried again with the next beat.
  if (what.why == plan_refusal::busy)
    settle(*one, *which, "waiting", {});
  else
    settle(*one, *which, "declined",
           std::string{to_string(what.why)} + ": " + what.text);
  if (what.why != plan_refusal::busy)
    advance(*one);
}

void dispatcher_state::cancel(const session_said& from,
                              const std::string& run_name) {
  auto* one = find_run(run_name);
  if (!one || one->cancelled || !goes_on(one->info))
    return;
  note(from, "cancelled", "run " + run_name);
  one->cancelled = true;
  one->info.status = "cancelling";
  keep(*one);
  for (auto& each : one->hosts) {
    auto at = there_.find(each.host);
    // One that is away and has begun says so when it is back.
    if (each.status == "waiting"
        || (each.status == "offered" && at == there_.end()))
      settle(*one, each, "cancelled", {});
    else if (!is_settled(each.status) && at != there_.end())
      self_->send(at->second, shared_message(link_cancel{
                                run_name, "cancelled by " + from.who.name}));
  }
  end_if_over(*one);
}

void dispatcher_state::ended(const host_run_end& how) {
  auto* one = find_run(how.run);
  auto* which = one ? host_in(*one, how.host) : nullptr;
  if (!which || is_settled(which->status))
    return;
  settle(*one, *which, how.failed ? "failed" : "ok", how.text);
  advance(*one);
}

void dispatcher_state::tick() {
  auto now = clock::now();
  std::vector<std::string> names;
  for (auto& [name, one] : runs_)
    names.push_back(name);
  for (auto& name : names) {
    auto* one = find_run(name);
    if (one && one->info.status == "receiving" && now >= one->patience)
      refuse(*one, "its order did not come in time");
    else if (one && one->info.status == "running") {
      auto step = next_step(one->hosts, one->terms);
      for (auto i : step.begin)
        if (now >= one->patience && !there_.contains(one->hosts[i].host))
          settle(*one, one->hosts[i], "absent", "it is not connected");
      advance(*one);
    } else if (one && one->info.status == "cancelling")
      end_if_over(*one);
  }
  std::erase_if(runs_, [](auto& each) { return !goes_on(each.second.info); });
  self_->delayed_send(dispatcher_actor{self_}, beat, tick_atom_v);
}

void dispatcher_state::advance(run& one) {
  if (one.info.status != "running" && one.info.status != "cancelling")
    return;
  auto step = next_step(one.hosts, one.terms);
  if (step.stop)
    for (auto& each : one.hosts)
      if (each.status == "waiting")
        settle(one, each, "left_out", "too many hosts have failed");
  if (!one.cancelled)
    for (auto i : step.begin)
      offer(one, one.hosts[i]);
  end_if_over(one);
}

bool dispatcher_state::offer(run& one, fleet_run_host& to) {
  auto at = there_.find(to.host);
  auto digest = from_hex(one.info.digest);
  if (at == there_.end() || !digest)
    return false;
  if (to.status != "offered")
    settle(one, to, "offered", {});
  link_offer out;
  out.run = one.info.run;
  out.digest = *digest;
  out.size = one.info.size;
  out.signature = one.info.signature;
  out.key = one.info.key;
  out.options = "{}";
  self_->send(at->second, shared_message(std::move(out)));
  return true;
}

void dispatcher_state::settle(run& one, fleet_run_host& which,
                              const std::string& status,
                              const std::string& text) {
  if (one.cancelled && status == "waiting")
    which.status = "cancelled";
  else
    which.status = status;
  which.text = text;
  keep(one, which);
}

void dispatcher_state::end_if_over(run& one) {
  auto step = next_step(one.hosts, one.terms);
  if (!step.over)
    return;
  one.info.status = outcome_of(one.hosts, one.cancelled);
  one.info.ended = setting_.services.machine->clock().now();
  keep(one);
}

fleet_run_host* dispatcher_state::host_in(run& one, const std::string& name) {
  auto found = std::find_if(one.hosts.begin(), one.hosts.end(),
                            [&](auto& each) { return each.host == name; });
  return found == one.hosts.end() ? nullptr : &*found;
}

dispatcher_state::run* dispatcher_state::find_run(const std::string& name) {
  auto found = runs_.find(name);
  return found == runs_.end() ? nullptr : &found->second;
}

dispatcher_actor::behavior_type
dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
           dispatcher_setting setting) {
  supervise(self);
  self->state.start(std::move(setting));
  return {
    [self](const registry_actor& who) { self->state.attach(who); },
    [self](const fleet_target_ptr& host) { self->state.meet(*host); },
    [self](const session_said_ptr& what) { self->state.hear(*what); },
    [self](const host_run_end_ptr& how) { self->state.ended(*how); },
    [self](tick_atom) { self->state.tick(); },
  };
}

} // namespace troupe
