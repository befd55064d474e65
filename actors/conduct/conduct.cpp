#include "actors/conduct/conduct.hpp"

#include "actors/conduct/conductor.hpp"
#include "actors/conduct/host_memory.hpp"
#include "actors/run/run_starter.hpp"
#include "actors/state/fact_store.hpp"
#include "config/inventory/inventory_data.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "modules/support/files/paths.hpp"

#include <caf/actor_system.hpp>

namespace troupe {

namespace {

/// The names that are the same for all hosts.
dict names_of_all(const run_context& from) {
  dict out = *from.magic_vars;
  for (auto* each : {"groups", "group_names", "ansible_connection",
                     "ansible_play_hosts", "ansible_play_batch"})
    out.erase(std::string_view{each});
  return out;
}

/// Whether the host is this machine as long as its tasks say nothing else: a
/// port makes another one of its name, one that is forwarded to.
bool is_here(const std::string& host, roster& hosts, const std::string& dial) {
  auto has = [&](std::string_view name) {
    return hosts.name_of(host, name).has_value();
  };
  if (has("ansible_connection"))
    return false;
  return dial == "local"
         || (dial.empty() && is_local_name(host) && !has("ansible_port")
             && !has("ansible_ssh_port"));
}

/// What a host's own run is made with.
result<context_ptr> context_for(const run_context& from,
                                const std::string& host,
                                const std::shared_ptr<roster>& hosts,
                                const hosts_memory& memory) {
  auto out = std::make_shared<run_context>(from);
  out->host_name = host;
  out->hosts = hosts;
  out->conditions.host = host;
  auto magic = names_of_all(from);
  magic.set("inventory_hostname", host);
  magic.set("inventory_hostname_short", host.substr(0, host.find('.')));
  // Nothing is said of a host that may be another one.
  if (is_here(host, *hosts, from.dial.kind))
    magic.set("ansible_connection", "local");
  out->magic_vars = std::make_shared<const dict>(std::move(magic));
  // The run's own journal is that of the plan's host.
  if (host == from.what->host)
    return context_ptr{std::move(out)};
  out->predicted = std::make_shared<prediction>();
  if (out->log)
    if (auto done = remember_host(*out, memory); !done)
      return done.why();
  return context_ptr{std::move(out)};
}

class conducted_start final : public run_starter {
public:
  conducted_start(std::shared_ptr<playbook_hosts> hosts, unsigned forks,
                  hosts_memory memory)
      : hosts_{std::move(hosts)}, forks_{forks}, memory_{std::move(memory)} {
  }

  any_run_actor start(caf::actor_system& system,
                      run_setting setting) const override {
    auto& ctx = *setting.ctx;
    auto kept = ctx.ansible
                  ? fact_store::of(*ctx.ansible, ctx.machine)
                  : result<std::shared_ptr<const fact_store>>{nullptr};
    auto known = std::make_shared<roster>(roster::setting{
      hosts_, parent_of(ctx.what->source), ctx.templates, ctx.extra_vars,
      std::make_shared<const dict>(names_of_all(ctx)),
      ctx.ansible && ctx.ansible->merges(), kept ? *kept : nullptr});
    conducting how;
    how.hosts = known;
    how.forks = forks_;
    how.context_of
      = [base = setting.ctx, known, memory = memory_](const std::string& host) {
          return context_for(*base, host, known, memory);
        };
    return system.spawn(conductor, std::move(setting), std::move(how));
  }

private:
  std::shared_ptr<playbook_hosts> hosts_;
  unsigned forks_;
  hosts_memory memory_;
};

} // namespace

void conduct(prepared_run& what, unsigned forks, dict told) {
  told.set("ansible_forks", static_cast<int64_t>(forks));
  auto own = std::make_shared<run_context>(*what.ctx);
  auto magic = *own->magic_vars;
  for (auto& [name, x] : told)
    magic.set(name, x);
  own->magic_vars = std::make_shared<const dict>(std::move(magic));
  what.ctx = std::move(own);
  what.starter = std::make_shared<const conducted_start>(
    what.hosts, forks,
    hosts_memory{what.state, what.header, what.past != nullptr,
                 what.rerun_failed});
}

} // namespace troupe
