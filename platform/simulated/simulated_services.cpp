#include "platform/simulated/simulated_services.hpp"

#include "platform/simulated/small_programs.hpp"

#include <fmt/format.h>

#include <set>
#include <vector>

namespace troupe {

namespace {

std::string unit_name(std::string name) {
  constexpr std::string_view ending = ".service";
  if (name.ends_with(ending))
    name.resize(name.size() - ending.size());
  return name;
}

/// A command of systemctl, taken apart.
struct unit_command {
  std::vector<std::string> words;
  bool now = false;
  /// An option that is not known here.
  std::string unknown;
};

unit_command unit_command_of(const process_spec& spec) {
  // There is nobody to ask, and nothing takes time.
  const std::set<std::string, std::less<>> without_effect{
    "--", "--system", "--no-block", "--force", "--no-pager", "--quiet", "-q"};
  unit_command out;
  for (size_t i = 1; i < spec.argv.size(); ++i) {
    auto& word = spec.argv[i];
    if (word == "--now")
      out.now = true;
    else if (!word.starts_with('-'))
      out.words.push_back(word);
    else if (!without_effect.contains(word))
      out.unknown = word;
  }
  return out;
}

const std::set<std::string, std::less<>> changing_verbs{
  "start", "stop", "restart", "reload", "enable", "disable", "mask", "unmask"};

const std::set<std::string, std::less<>> asking_verbs{"show", "is-enabled",
                                                      "is-active", "status"};

} // namespace

simulated_services::simulated_services(simulated_processes& programs) {
  programs.on_program(
    "systemctl", [this](const process_spec& spec) { return answer(spec); });
}

void simulated_services::add(const std::string& name, simulated_unit unit) {
  std::lock_guard guard{lock_};
  units_[unit_name(name)] = unit;
}

void simulated_services::remove(const std::string& name) {
  std::lock_guard guard{lock_};
  units_.erase(unit_name(name));
}

void simulated_services::restart_all() {
  std::lock_guard guard{lock_};
  for (auto& [name, unit] : units_) {
    unit.running = unit.enabled && !unit.masked;
    unit.starts += unit.running ? 1 : 0;
  }
}

std::optional<simulated_unit>
simulated_services::find(const std::string& name) {
  std::lock_guard guard{lock_};
  auto at = units_.find(unit_name(name));
  return at == units_.end() ? std::nullopt : std::optional{at->second};
}

program_answer simulated_services::show(const std::string& name) {
  auto unit = find(name);
  if (!unit)
    return {.out = "LoadState=not-found\nActiveState=inactive\n"};
  return {.out = fmt::format("LoadState={}\nActiveState={}\nUnitFileState={}\n"
                             "Description=The service {}\n",
                             unit->masked ? "masked" : "loaded",
                             unit->running ? "active" : "inactive",
                             unit->masked    ? "masked"
                             : unit->enabled ? "enabled"
                                             : "disabled",
                             unit_name(name))};
}

program_answer simulated_services::refusal(const std::string& verb,
                                           const std::string& name) {
  auto unit = find(name);
  auto full = unit_name(name) + ".service";
  if (!unit)
    return {.rc = 5, .err = fmt::format("Unit {} could not be found.\n", full)};
  if (unit->masked && (verb == "start" || verb == "restart"))
    return {.rc = 1, .err = fmt::format("Unit {} is masked.\n", full)};
  if (verb == "reload" && !unit->running)
    return {.rc = 1,
            .err = fmt::format("{} is not active, cannot reload.\n", full)};
  if (verb == "is-enabled")
    return {.rc = unit->enabled ? 0 : 1,
            .out = unit->enabled ? "enabled\n" : "disabled\n"};
  if (verb == "is-active" || verb == "status")
    return {.rc = unit->running ? 0 : 3,
            .out = unit->running ? "active\n" : "inactive\n"};
  return {};
}

program_answer simulated_services::answer(const process_spec& spec) {
  auto [words, now, unknown] = unit_command_of(spec);
  auto verb = words.empty() ? std::string{} : words[0];
  if (!unknown.empty())
    return unknown_here("systemctl", unknown);
  if (verb == "daemon-reload")
    return {};
  auto changes = changing_verbs.contains(verb);
  if (!changes && !asking_verbs.contains(verb))
    return unknown_here("systemctl", verb);
  if (words.size() < 2 || (!changes && words.size() > 2))
    return unknown_here("systemctl",
                        fmt::format("{} of {} units", verb, words.size() - 1));
  if (verb == "show")
    return show(words[1]);
  words.erase(words.begin());
  for (auto& name : words)
    if (auto out = refusal(verb, name); out.rc != 0 || !changes)
      return out;
  return {.effect = [this, verb, words = words, now = now](auto&) {
    for (auto& name : words) {
      act(verb, unit_name(name));
      if (now && verb == "enable")
        act("start", unit_name(name));
      else if (now && (verb == "disable" || verb == "mask"))
        act("stop", unit_name(name));
    }
  }};
}

void simulated_services::act(const std::string& verb, const std::string& name) {
  std::lock_guard guard{lock_};
  auto at = units_.find(name);
  if (at == units_.end())
    return;
  auto& unit = at->second;
  if (verb == "start" || verb == "restart") {
    unit.starts += verb == "restart" || !unit.running ? 1 : 0;
    unit.running = true;
  } else if (verb == "stop") {
    unit.running = false;
  } else if (verb == "reload") {
    ++unit.reloads;
  } else if (verb == "enable" || verb == "disable") {
    unit.enabled = verb == "enable";
  } else {
    unit.masked = verb == "mask";
  }
}

} // namespace troupe
