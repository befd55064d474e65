#pragma once

#include "platform/simulated/chance.hpp"
#include "platform/simulated/simulated_host.hpp"
#include "platform/simulated/simulated_packages.hpp"
#include "platform/simulated/simulated_services.hpp"

#include <string>

namespace troupe {

/// What a simulated machine is like. The same profile makes the same machine,
/// and the same plan run one task after another the same run.
struct machine_profile {
  std::string name = "simulated";
  /// Addresses, sizes, latencies and faults follow from it.
  uint64_t seed = 0;
  /// How long a program takes at least and at most, besides its own answer.
  std::chrono::nanoseconds quickest{};
  std::chrono::nanoseconds slowest{};
  /// The part of programs that cannot be started or are killed, 0 to 1.
  double program_faults = 0;
  /// The part of changes of files that fail, 0 to 1; those below /tmp succeed.
  double file_faults = 0;
};

/// A small Debian machine in memory: accounts, files, facts, a shell with the
/// usual programs, packages and services.
class simulated_machine final : public simulated_host {
public:
  explicit simulated_machine(machine_profile profile = {});

  simulated_services services{programs};
  simulated_packages packages{programs, disk, services};

private:
  program_fate fate_of(const std::string& command);
  int fault_of(std::string_view operation, const std::string& path);
  void equip();
  void identify();

  machine_profile profile_;
  seeded_chance chance_;
};

} // namespace troupe
