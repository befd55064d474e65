#include "actors/simulate/plan_start.hpp"

#include "actors/conduct/conductor.hpp"
#include "actors/run/run_starter.hpp"
#include "config/language/language.hpp"
#include "modules/support/files/paths.hpp"

#include <caf/actor_system.hpp>

namespace troupe {

namespace {

/// What a run does on the simulated host that it is on.
class own_calls final : public host_calls {
public:
  own_calls(std::string host, std::shared_ptr<simulated_fleet> fleet)
      : host_{std::move(host)}, fleet_{std::move(fleet)} {
  }

  job_result call(const job& what,
                  const job_environment& environment) override {
    return fleet_->call_at(host_, what, environment);
  }

  bool is_own_host() const override {
    return true;
  }

private:
  std::string host_;
  std::shared_ptr<simulated_fleet> fleet_;
};

class plan_start final : public run_starter {
public:
  plan_start(std::shared_ptr<playbook_hosts> hosts,
             std::shared_ptr<simulated_fleet> fleet)
      : hosts_{std::move(hosts)}, fleet_{std::move(fleet)} {
  }

  any_run_actor start(caf::actor_system& system,
                      run_setting setting) const override {
    auto& ctx = *setting.ctx;
    auto known = std::make_shared<roster>(
      roster::setting{hosts_, parent_of(ctx.what->source), ctx.templates,
                      ctx.extra_vars, ctx.magic_vars, false});
    conducting how;
    how.hosts = known;
    how.alone = true;
    how.context_of
      = [base = setting.ctx, known, fleet = fleet_](const std::string& host) {
          auto out = std::make_shared<run_context>(*base);
          auto machine = fleet->machine(host);
          out->host_name = host;
          out->hosts = known;
          out->machine = machine;
          auto options = base->templates->options();
          options.machine = machine;
          out->templates = std::make_shared<const language>(std::move(options));
          out->lines = std::make_shared<connections>(
            machine, std::make_shared<own_calls>(host, fleet));
          out->predicted = std::make_shared<prediction>();
          machine->disk.put_folder(out->temporary_directory);
          // The plan was brought along, with what lies beside it.
          fleet->show_plan(*machine, parent_of(base->what->source));
          return result<context_ptr>{context_ptr{std::move(out)}};
        };
    return system.spawn(conductor, std::move(setting), std::move(how));
  }

private:
  std::shared_ptr<playbook_hosts> hosts_;
  std::shared_ptr<simulated_fleet> fleet_;
};

} // namespace

void run_plan_on_each(prepared_run& what, std::vector<std::string> hosts,
                      std::shared_ptr<simulated_fleet> fleet) {
  auto own = std::make_shared<run_context>(*what.ctx);
  auto plan = std::make_shared<troupe::plan>(*own->what);
  for (auto& play : plan->plays) {
    if (!play.elsewhere)
      play.hosts = {"all"};
    play.strategy = play_strategy::free;
  }
  own->what = std::move(plan);
  what.ctx = std::move(own);
  what.hosts = std::make_shared<listed_hosts>(std::move(hosts));
  what.starter
    = std::make_shared<const plan_start>(what.hosts, std::move(fleet));
}

} // namespace troupe
