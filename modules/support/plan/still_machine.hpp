#pragma once

#include "platform/host.hpp"
#include "platform/predicted/prediction.hpp"

#include <memory>

namespace troupe {

/// A machine that is only looked at: its files can be read, what is written to
/// them is gone with this object, no program starts, nothing is asked of the
/// network. For what is evaluated before anybody has said that a plan shall
/// run. The machine must live as long as this one.
class still_machine final : public forwarding_host {
public:
  explicit still_machine(host& machine);

  file_system& files() override;
  process_runner& processes() override;
  network_access& network() override;

private:
  prediction changes_;
  predicted_host predicted_;
  std::unique_ptr<process_runner> processes_;
  std::unique_ptr<network_access> network_;
};

} // namespace troupe
