#include "actors/fleet/dispatcher.hpp"
#include "actors/fleet/history.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace troupe {

namespace {

constexpr std::chrono::seconds given_again{60};
constexpr size_t most_runs_read = 10'000;

} // namespace

void dispatcher_state::start(dispatcher_setting setting) {
  setting_ = std::move(setting);
  trouble_ = trouble_teller{setting_.services.tell};
  std::unique_lock held{setting_.services.store->mutex};
  auto& store = *setting_.services.store->kept;
  auto all = store.runs(most_runs_read);
  std::vector<std::pair<fleet_run, std::vector<fleet_run_host>>> open;
  for (auto& each : all ? *all : std::vector<fleet_run>{}) {
    auto hosts = goes_on(each) ? store.hosts_of(each.run)
                               : std::vector<fleet_run_host>{};
    if (!hosts)
      all = hosts.why();
    if (!all)
      break;
    if (goes_on(each))
      open.emplace_back(each, std::move(*hosts));
  }
  held.unlock();
  if (!all)
    return self_->quit(
      caf::make_error(caf::sec::runtime_error, all.why().message));
  for (auto& [info, hosts] : open) {
    auto terms = read_terms(info.options);
    if (terms)
      take_up(info, *terms, std::move(hosts));
    else
      end_unreadable(info, std::move(hosts), terms.why());
  }
  self_->send(dispatcher_actor{self_}, tick_atom_v);
}

void dispatcher_state::take_up(const fleet_run& info, const fleet_terms& terms,
                               std::vector<fleet_run_host> hosts) {
  auto& one = runs_[info.run];
  one.info = info;
  one.terms = terms;
  one.hosts = std::move(hosts);
  one.patience = now() + setting_.grace;
  one.cancelled = info.status == fleet_status::cancelling;
  // Its operator sends it again.
  if (info.status == fleet_status::receiving)
    one.patience = now() + given_again;
  auto since = setting_.services.machine->clock().now();
  for (auto& each : one.hosts)
    if (each.since != store_time{}) {
      // By the calendar: a clock that was set meanwhile ends nothing early.
      auto gone = std::clamp<store_time::duration>(
        since - each.since, store_time::duration{0}, terms.host_timeout);
      one.times[each.host].due = now() + terms.host_timeout - gone;
    }
  catch_up(one);
}

void dispatcher_state::end_unreadable(const fleet_run& info,
                                      std::vector<fleet_run_host> hosts,
                                      const error& why) {
  take_up(info, {}, std::move(hosts));
  auto& one = runs_[info.run];
  if (!goes_on(one.info))
    return;
  for (auto& each : one.hosts)
    if (each.status == fleet_status::running)
      settle(one, each, fleet_status::lost,
             "the controller cannot lead this run any more");
    else if (!is_settled(each.status))
      settle(one, each, fleet_status::left_out, {});
  refuse(one, "its options cannot be read: " + why.message);
}

void dispatcher_state::catch_up(run& one) {
  std::unique_lock held{setting_.services.store->mutex};
  auto endings = setting_.services.store->kept->endings(one.info.run);
  held.unlock();
  if (endings)
    for (auto& each : *endings)
      ended(ending_of(each.host, one.info.run, each.body));
  // The cancelling was cut off before its hosts.
  if (one.cancelled)
    for (auto& each : one.hosts)
      if (each.status == fleet_status::waiting
          || each.status == fleet_status::offered)
        settle(one, each, fleet_status::cancelled, {});
  save(one);
}

} // namespace troupe
