#pragma once

#include <caf/actor_system_config.hpp>

namespace troupe {

/// The one place that configures CAF: message types and `coordinator`.
class system_config : public caf::actor_system_config {
public:
  system_config();
};

} // namespace troupe
