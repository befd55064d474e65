#pragma once

#include "platform/simulated/simulated_processes.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace troupe {

/// What a service manager knows of one service.
struct simulated_unit {
  bool running = false;
  bool enabled = false;
  bool masked = false;
  /// How often it was started, restarts included, and reloaded.
  unsigned starts = 0;
  unsigned reloads = 0;
};

/// A service manager in memory that answers as `systemctl`: show, is-active,
/// is-enabled, status, start, stop, restart, reload, enable, disable, mask,
/// unmask and daemon-reload, with --now. Anything else ends it with an error
/// that says so.
class simulated_services {
public:
  /// Installs `systemctl` among the programs, which must outlive this.
  explicit simulated_services(simulated_processes& programs);

  /// Answers in the words of OpenRC (rc-service, rc-update) instead.
  void speak_openrc(simulated_processes& programs);

  void add(const std::string& name, simulated_unit unit = {});
  void remove(const std::string& name);
  /// The machine starts anew: what is enabled runs, and nothing else.
  void restart_all();
  /// Absent when there is no such service.
  std::optional<simulated_unit> find(const std::string& name);

private:
  program_answer answer(const process_spec& spec);
  program_answer rc_service(const process_spec& spec);
  program_answer rc_update(const process_spec& spec);
  program_answer show(const std::string& name);
  /// Why a verb fails for a service; rc 0: it does not.
  program_answer refusal(const std::string& verb, const std::string& name);
  void act(const std::string& verb, const std::string& name);

  std::mutex lock_;
  std::map<std::string, simulated_unit> units_;
};

} // namespace troupe
