#pragma once

#include "platform/simulated/chance.hpp"
#include "platform/simulated/machine_family.hpp"
#include "platform/simulated/simulated_host.hpp"
#include "platform/simulated/simulated_packages.hpp"
#include "platform/simulated/simulated_services.hpp"

#include <string>

namespace troupe {

/// What a simulated machine is like. The same profile makes the same machine,
/// and the same plan run one task after another the same run.
struct machine_profile {
  std::string name = "simulated";
  /// The distribution: a name of `machine_families`.
  std::string family = "debian";
  /// Its repositories have every package that is asked for.
  bool has_all_packages = false;
  /// A machine with one core and little memory.
  bool small = false;
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

/// A small machine in memory: accounts, files, facts, a shell with the usual
/// programs, packages and services.
class simulated_machine final : public simulated_host {
public:
  /// @param clock may be that of other hosts, too
  /// @param like has the files to begin with, which are shared until they are
  /// changed; null: those of the family
  explicit simulated_machine(machine_profile profile = {},
                             std::shared_ptr<simulated_clock> clock
                             = std::make_shared<simulated_clock>(),
                             simulated_machine* like = nullptr);

  simulated_services services{programs};
  simulated_packages packages{programs, disk, services};

private:
  program_fate fate_of(const std::string& command);
  int fault_of(std::string_view operation, const std::string& path);
  void equip();
  void take_files();
  void identify();

  machine_profile profile_;
  const machine_family& family_;
  seeded_chance chance_;
};

} // namespace troupe
