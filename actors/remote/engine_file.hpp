#pragma once

#include "platform/host.hpp"
#include "platform/result.hpp"

#include <string>
#include <vector>

namespace troupe {

/// Which engine to put a plan behind.
struct engine_choice {
  /// A path, or a name in the folders where engines are; may be empty.
  std::string name;
  /// One of `engine_architectures()`; empty: whatever the engine is for.
  std::string architecture;
};

/// What `--arch` takes: Debian's names and the kernel's.
const std::vector<std::string>& engine_architectures();

/// The file of the engine: the one that was asked for, or the one beside this
/// program or in its library folder. It is for the architecture that was asked
/// for.
result<std::string> find_engine(host& machine, const engine_choice& asked);

/// The file of the engine that is sent to hosts of this architecture, as the
/// kernel names it; empty: to hosts like this one. Where there is no other for
/// this machine it is this program.
result<std::string> engine_to_send(host& machine,
                                   const std::string& architecture);

} // namespace troupe
