#include "actors/simulate/simulation.hpp"

#include "actors/conduct/conduct.hpp"
#include "actors/simulate/plan_start.hpp"
#include "actors/simulate/virtual_run.hpp"
#include "config/playbook/inventory_hosts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

simulation::simulation(simulation_setting setting,
                       std::shared_ptr<host> machine)
    : setting_{std::move(setting)}, machine_{std::move(machine)},
      clock_{std::make_shared<simulated_clock>()},
      names_{std::make_shared<task_names>()} {
  machine_profile own;
  own.name = "localhost";
  own.seed = seeded_number(setting_.fleet.seed, "localhost");
  own.has_all_packages = true;
  control_ = std::make_shared<simulated_machine>(own, clock_);
  // Templates and lookups read what lies there; what they change is in memory.
  control_->disk.show(machine_->files(), {}, {});
  control_->variables = machine_->environment();
  auto fleet = setting_.fleet;
  fleet.profile_of = [this](const std::string& host) -> const host_profile& {
    return profile_of(host);
  };
  for (size_t i = 0; i < setting_.hosts.size(); ++i)
    profiles_[setting_.hosts[i]]
      = find_profile(setting_.profiles[i % setting_.profiles.size()]);
  fleet_ = std::make_shared<simulated_fleet>(std::move(fleet), control_, clock_,
                                             names_);
  tally_ = std::make_shared<simulation_tally>([this](const std::string& host) {
    return is_local_name(host) ? std::string{"localhost"}
                               : profile_of(host).name;
  });
}

const host_profile& simulation::profile_of(const std::string& host) {
  auto& out = profiles_[host];
  if (setting_.profile_said)
    if (auto said = setting_.profile_said(host); !said.empty())
      if (auto* found = find_profile(said))
        out = found;
  if (!out) {
    auto& all = setting_.profiles;
    auto which = seeded_number(setting_.fleet.seed, "profile " + host);
    out = find_profile(all[which % all.size()]);
  }
  return *out;
}

run_outcome
simulation::run(prepared_run what,
                std::vector<std::shared_ptr<event_writer>> writers) {
  auto own = std::make_shared<run_context>(*what.ctx);
  own->lines = std::make_shared<connections>(control_, fleet_);
  fleet_->hide(own->secrets);
  control_->disk.put_folder(own->temporary_directory);
  what.ctx = std::move(own);
  if (what.ctx->what->playbook)
    conduct(what, setting_.forks);
  else
    run_plan_on_each(what, setting_.hosts, fleet_);
  // Who asks for a task's name does so after it has begun.
  writers.insert(writers.begin(), {names_, tally_});
  return execute_in_virtual_time(what, writers, clock_, setting_.fleet.seed);
}

std::vector<std::string> groups_in(const value& playbook) {
  std::vector<std::string> out;
  auto take = [&](std::string_view text) {
    while (!text.empty()) {
      auto end = std::min(text.find_first_of(",:"), text.size());
      auto name = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      while (name.starts_with(' '))
        name.remove_prefix(1);
      while (name.ends_with(' '))
        name.remove_suffix(1);
      bool plain = !name.empty()
                   && name.find_first_of("*?[]!&~{}/ ") == name.npos
                   && name != "all" && name != "localhost";
      if (plain && std::find(out.begin(), out.end(), name) == out.end())
        out.emplace_back(name);
    }
  };
  if (!playbook.is_list())
    return out;
  for (auto& play : playbook.as_list()) {
    auto* hosts = play.is_dict() ? play.find("hosts") : nullptr;
    if (hosts && hosts->is_text())
      take(hosts->as_string());
    if (hosts && hosts->is_list())
      for (auto& each : hosts->as_list())
        take(each.text_or(""));
  }
  return out;
}

result<std::shared_ptr<playbook_hosts>>
make_hosts(const std::shared_ptr<host>& machine, unsigned count,
           const std::vector<std::string>& groups) {
  auto made = [machine, count, groups]() -> result<inventory> {
    auto out = inventory::load(machine, {});
    if (!out)
      return out;
    auto& data = out->data();
    std::vector<size_t> all;
    auto own = groups;
    own.insert(own.begin(), "simulated");
    for (auto& each : own) {
      auto number = data.add_group(each);
      if (!number)
        return number.why();
      all.push_back(*number);
    }
    for (unsigned i = 1; i <= count; ++i) {
      auto number = data.add_host(fmt::format("host-{}", i));
      if (!number)
        return number.why();
      for (auto group : all)
        data.put_into(*number, group);
    }
    if (auto done = data.settle(); !done)
      return done.why();
    return out;
  };
  auto first = made();
  if (!first)
    return first.why();
  return std::shared_ptr<playbook_hosts>{std::make_shared<inventory_hosts>(
    std::move(*first), std::vector<std::string>{}, made)};
}

} // namespace troupe
