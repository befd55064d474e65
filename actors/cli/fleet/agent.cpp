#include "actors/fleet/agent.hpp"

#include "actors/cli/fleet/fleet_commands.hpp"
#include "actors/fleet/sole_holder.hpp"
#include "actors/run/coordinator.hpp"
#include "actors/runner/packed_runner.hpp"
#include "actors/supervision.hpp"
#include "actors/system.hpp"
#include "config/fleet/fleet_names.hpp"
#include "config/value/utf8.hpp"
#include "platform/signals.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <fmt/format.h>

#include <random>

namespace troupe {

namespace {

constexpr std::chrono::seconds last_events{5};

struct agent_options {
  join_options join;
  std::string folder;
  std::string state_folder;
  std::string config_file;
  std::vector<std::string> trusted;
  std::vector<std::string> labels;
};

/// What the command line, the membership and the machine say; absent after
/// saying what is wrong.
std::optional<agent_setting> setting_of(const agent_options& given,
                                        command_line& line) {
  agent_setting out;
  out.machine = line.machine;
  out.folder = member_folder(*line.machine, given.folder, host_member_folder);
  auto who = member_in(out.folder, line);
  if (!who)
    return std::nullopt;
  out.who = std::move(*who);
  auto refuse = [&](exit_code code, const std::string& why) {
    line.fail(code, why);
    return std::nullopt;
  };
  if (out.who.role != link_role::runner)
    return refuse(exit_code::usage,
                  fmt::format("'{}' is the membership of {} {}, not of a host",
                              out.folder, to_string(out.who.role),
                              out.who.name));
  auto keys = read_trusted_keys(*line.machine, given.trusted);
  if (!keys)
    return refuse(exit_code::usage, keys.why().message);
  if (keys->empty())
    return refuse(exit_code::usage,
                  "no key is trusted, so no plan would ever run: give the "
                  "public keys of operators with --trust, or put them into "
                  "/etc/troupe/trust.d");
  out.trusted = std::move(*keys);
  for (auto& each : given.labels)
    if (!is_member_name(each))
      return refuse(exit_code::usage, "'" + each + "' is no label");
  out.labels = given.labels;
  out.state_folder = state_options{given.state_folder}.path(*line.machine);
  out.settings = [machine = line.machine, file = given.config_file] {
    return read_settings(*machine, file);
  };
  out.tell = [err = line.err](const std::string& what) {
    err->write(terminal_safe("troupe: " + what + "\n"));
  };
  return out;
}

/// The parts of an agent that may fail to be made.
result<void> equip(agent_setting& to) {
  auto net = make_transport();
  if (!net)
    return net.why();
  auto context = make_tls(tls_side::dials, to.who.terms());
  if (!context)
    return context.why();
  auto kept = spool::open(to.machine->files(), to.folder + "/spool");
  if (!kept)
    return kept.why();
  to.spool = std::make_shared<shared_spool>();
  to.spool->kept = std::move(*kept);
  to.carrier = std::make_shared<tls_carrier>(*net, to.machine,
                                             to.who.controller, *context);
  to.runs = std::make_shared<engine>();
  return {};
}

uplink_setting link_of(const agent_setting& from, const agent_actor& to) {
  uplink_setting out;
  out.terms.id = from.who.name;
  out.terms.software = "troupe " TROUPE_VERSION;
  out.spool = from.spool;
  out.carrier = from.carrier;
  out.seed = std::random_device{}();
  out.heard = [to](const link_note& note) {
    caf::anon_send(to, std::make_shared<link_note>(note));
  };
  return out;
}

/// What an actor died of without which the agent is none.
class actor_death {
public:
  void note(std::string why) {
    std::lock_guard held{mutex_};
    if (first_.empty())
      first_ = std::move(why);
  }

  std::string first() const {
    std::lock_guard held{mutex_};
    return first_;
  }

private:
  mutable std::mutex mutex_;
  std::string first_;
};

void run_agent(const agent_options& given, command_line& line) {
  end_request end;
  signal_watch watch{[&](signal_request what) {
    if (what != signal_request::report)
      end.ask();
  }};
  auto setting = setting_of(given, line);
  if (!setting)
    return;
  auto lock = hold_alone(line.machine->clock(), setting->folder, "agent");
  if (!lock)
    return line.fail(lock.why().code == errc::exhausted
                       ? exit_code::locked
                       : exit_code::state_unusable,
                     lock.why().message);
  if (auto ok = equip(*setting); !ok)
    return line.fail(exit_code::state_unusable, ok.why().message);
  actor_death death;
  system_config config;
  caf::actor_system system{config};
  start_threads(system);
  auto runs = setting->runs;
  auto it = system.spawn<caf::detached>(agent, *setting);
  auto link = system.spawn<caf::detached>(uplink, link_of(*setting, it));
  for (auto& [name, each] :
       {std::pair{"AGENT", caf::actor_cast<caf::actor>(it)},
        {"UPLINK", caf::actor_cast<caf::actor>(link)}})
    each->attach_functor([&death, &end, who = name](const caf::error& why) {
      if (why)
        death.note(std::string{who} + " died: " + words_of(why));
      if (why)
        end.ask();
    });
  caf::anon_send(it, link);
  setting.reset();
  end.wait();
  caf::scoped_actor self{system};
  auto ignore = [](const caf::error&) {};
  self->request(it, caf::infinite, finish_atom_v).receive([](bool) {}, ignore);
  self->request(link, caf::infinite, finish_atom_v, caf::timespan{last_events})
    .receive([](bool) {}, ignore);
  // Started again it goes on with what it had begun.
  if (auto why = death.first(); !why.empty())
    line.fail(exit_code::internal, "the agent cannot go on: " + why);
}

} // namespace

void add_agent(CLI::App& app, command_line& line) {
  auto given = std::make_shared<agent_options>();
  auto* command = app.add_subcommand("agent", "Make this host one of a fleet");
  command->footer("Examples:\n"
                  "  troupe agent join controller.example.com:7411 --name web1 "
                  "--token web1.token\n"
                  "  troupe agent run --trust release.pub --label web");
  command->require_subcommand(1);
  auto* join
    = command->add_subcommand("join", "Join the fleet of a controller");
  given->join.add_to(*join);
  join->callback(
    [given, &line] { join_fleet(given->join, host_member_folder, line); });
  auto* run = command->add_subcommand(
    "run", "Wait for signed plans and run them, until it is ended");
  option_list options{
    {.names = "--dir",
     .help = "Where 'agent join' has kept key and certificate",
     .to = &given->folder},
    {.names = "--state-dir",
     .help = "Where the journals of runs are",
     .to = &given->state_folder,
     .environment = "TROUPE_STATE_DIR"},
    {.names = "--config",
     .help = "Settings to use instead of /etc/troupe/config.json",
     .to = &given->config_file},
    {.names = "--trust",
     .help = "Public key of an operator whose plans run here",
     .to = &given->trusted},
    {.names = "--label",
     .help = "A name that this host may be chosen by as well",
     .to = &given->labels,
     .comma = true},
  };
  add_options(*run, options);
  run->callback([given, &line] { run_agent(*given, line); });
}

} // namespace troupe
