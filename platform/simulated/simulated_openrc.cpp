#include "platform/simulated/simulated_services.hpp"
#include "platform/simulated/small_programs.hpp"

#include <fmt/format.h>

namespace troupe {

// The same services as OpenRC speaks of them.

program_answer simulated_services::rc_service(const process_spec& spec) {
  auto& argv = spec.argv;
  if (argv.size() != 3)
    return unknown_here("rc-service", argv.size() > 1 ? argv[1] : "");
  if (argv[1] == "--exists")
    return {.rc = find(argv[2]) ? 0 : 1};
  auto& name = argv[1];
  auto& verb = argv[2];
  auto unit = find(name);
  if (!unit)
    return {.rc = 1,
            .err
            = fmt::format("rc-service: service `{}' does not exist\n", name)};
  if (verb == "status")
    return {.rc = unit->running ? 0 : 3,
            .out
            = unit->running ? " * status: started\n" : " * status: stopped\n"};
  if (verb != "start" && verb != "stop" && verb != "restart"
      && verb != "reload")
    return unknown_here("rc-service", verb);
  return {.effect = [this, verb, name](auto&) { act(verb, name); }};
}

program_answer simulated_services::rc_update(const process_spec& spec) {
  auto& argv = spec.argv;
  auto verb = argv.size() > 1 ? argv[1] : "show";
  if (verb == "show") {
    std::string out;
    std::lock_guard guard{lock_};
    for (auto& [name, unit] : units_)
      if (unit.enabled)
        out += fmt::format("{:>20} | default\n", name);
    return {.out = out};
  }
  bool adds = verb == "add";
  if ((!adds && verb != "delete" && verb != "del") || argv.size() < 3)
    return unknown_here("rc-update", verb);
  auto name = argv[2];
  if (!find(name))
    return {.rc = 1,
            .err
            = fmt::format("rc-update: service `{}' does not exist\n", name)};
  return {.effect = [this, adds, name](auto&) {
    act(adds ? "enable" : "disable", name);
  }};
}

void simulated_services::speak_openrc(simulated_processes& programs) {
  programs.forget("systemctl");
  programs.on_program("rc-service", [this](const process_spec& spec) {
    return rc_service(spec);
  });
  programs.on_program(
    "rc-update", [this](const process_spec& spec) { return rc_update(spec); });
}

} // namespace troupe
