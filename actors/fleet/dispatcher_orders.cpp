#include "actors/fleet/dispatcher.hpp"
#include "config/fleet/fleet_names.hpp"
#include "config/fleet/fleet_order.hpp"
#include "platform/crypto.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace troupe {

namespace {

constexpr std::chrono::seconds order_patience{60};
constexpr size_t most_open_runs = 100;
constexpr size_t piece_bytes = size_t{256} << 10;
// Bytes of orders that may come at the same time.
constexpr uint64_t most_receiving = 4 * uint64_t{order_most};

} // namespace

void dispatcher_state::submit(const session_said& from,
                              const link_submit& plan) {
  auto* begun = find_run(plan.run);
  if (begun && begun->info.status == fleet_status::receiving
      && begun->info.digest == to_hex(plan.digest))
    return receive(*begun, from);
  // The same again is the same run, whose state its operator asks for.
  if (auto known = digest_known(plan.run); known || begun) {
    if ((known ? *known : begun->info.digest) == to_hex(plan.digest))
      return;
    return reject(from, plan.run,
                  "there is another one of this name; give it its own");
  }
  auto terms = read_terms(plan.options);
  if (!is_run_name(plan.run) || plan.size == 0 || plan.size > order_most)
    return reject(from, plan.run, "its name or its size is wrong");
  if (!terms)
    return reject(from, plan.run, terms.why().message);
  if (runs_.size() >= most_open_runs)
    return reject(from, plan.run, "too many runs go on");
  if (receiving() + plan.size > most_receiving)
    return reject(from, plan.run,
                  "too many orders come at the same time; send it again in a "
                  "minute");
  auto& one = runs_[plan.run];
  one.info = {plan.run,
              to_hex(plan.digest),
              plan.signature,
              plan.key,
              plan.size,
              from.who.name,
              plan.options,
              fleet_status::receiving,
              setting_.services.machine->clock().now(),
              {}};
  one.terms = *terms;
  one.info_unsaved = true;
  if (!save(one)) {
    runs_.erase(plan.run);
    return reject(from, plan.run, "the store takes nothing at the moment");
  }
  note(from, "submitted",
       "run " + plan.run + ", order " + one.info.digest + ", key " + plan.key);
  receive(one, from);
}

uint64_t dispatcher_state::receiving() const {
  uint64_t out = 0;
  for (auto& [name, one] : runs_)
    if (one.info.status == fleet_status::receiving)
      out += one.info.size;
  return out;
}

/// Asks for the order from its beginning on, unless it is there.
void dispatcher_state::receive(run& one, const session_said& from) {
  one.submitter = from.session;
  one.bytes.clear();
  one.patience = now() + order_patience;
  if (auto order = order_of(one.info.digest))
    return begin(one, *order);
  if (auto digest = from_hex(one.info.digest))
    say(one, from.session, link_want{*digest, 0});
  save(one);
}

void dispatcher_state::piece(const session_said& from, const link_piece& what) {
  auto found = std::find_if(runs_.begin(), runs_.end(), [&](auto& each) {
    return each.second.info.status == fleet_status::receiving
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
    say(one, from.session, link_want{what.digest, one.bytes.size()});
    save(one);
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

void dispatcher_state::begin(run& one, const std::string& bytes) {
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
    target_question{pattern, find_run(run_name)->terms.where, true});
  self_->request(registry_, caf::infinite, question)
    .then(
      [this, run_name](const target_answer_ptr& who) {
        if (auto* one = find_run(run_name))
          chosen(*one, *who);
      },
      [this, run_name](const caf::error&) {
        if (auto* one = find_run(run_name))
          refuse(*one, "the controller does not know its hosts any more");
      });
}

void dispatcher_state::chosen(run& one, const target_answer& who) {
  if (one.info.status != fleet_status::receiving)
    return;
  if (!who.problem.empty())
    return refuse(one, who.problem);
  one.hosts = batched(who.names, one.terms);
  for (auto& each : one.hosts)
    one.unsaved.insert_or_assign(each.host, each);
  one.info.status = fleet_status::running;
  one.info_unsaved = true;
  one.patience = now() + one.terms.wait;
  advance(one);
}

void dispatcher_state::refuse(run& one, const std::string& why) {
  // Words that belong to no host are those of the run.
  fleet_run_host words{"", 0, fleet_status::failed, why, {}};
  one.unsaved.insert_or_assign("", words);
  one.info.status = fleet_status::failed;
  one.info.ended = setting_.services.machine->clock().now();
  one.info_unsaved = true;
  save(one);
}

std::optional<std::string>
dispatcher_state::digest_known(const std::string& run_name) {
  std::lock_guard held{setting_.services.store->mutex};
  auto& store = *setting_.services.store->kept;
  auto found = store.run(run_name);
  if (found && *found)
    return (*found)->digest;
  auto told = store.reports_of(run_name);
  if (told && !told->empty())
    return std::string{};
  return std::nullopt;
}

/// A run that did not even begin; whoever asks for its state hears why.
void dispatcher_state::reject(const session_said& from,
                              const std::string& run_name,
                              const std::string& why) {
  note(from, "refused", "run " + run_name + ": " + why);
  if (rejected_.size() >= most_open_runs)
    rejected_.pop_front();
  rejected_.emplace_back(run_name, why);
}

void dispatcher_state::want(const session_said& from, const link_want& what) {
  auto digest = to_hex(what.digest);
  // Only what it was offered.
  bool offered = std::any_of(runs_.begin(), runs_.end(), [&](auto& each) {
    auto* which = host_in(each.second, from.who.name);
    return each.second.info.digest == digest && which
           && (which->status == fleet_status::offered
               || which->status == fleet_status::running);
  });
  auto order = offered ? order_of(digest) : nullptr;
  bool there = order && what.offset < order->size();
  if (!there)
    note(from, "refused",
         "order " + digest
           + (offered ? " is not in the store as it was offered"
                      : " was not offered"));
  // One without bytes says that there are none: it waits for nothing more.
  self_->send(from.session,
              std::make_shared<const link_message>(link_piece{
                what.digest, what.offset,
                there ? order->substr(what.offset, piece_bytes) : ""}));
}

std::shared_ptr<const std::string>
dispatcher_state::order_of(const std::string& digest) {
  if (order_ && order_digest_ == digest)
    return order_;
  std::lock_guard held{setting_.services.store->mutex};
  auto found = setting_.services.store->kept->order(digest);
  if (!found || !*found)
    return nullptr;
  order_digest_ = digest;
  order_ = std::make_shared<const std::string>(std::move(**found));
  return order_;
}

} // namespace troupe
