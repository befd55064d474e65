#pragma once

#include "platform/accounts.hpp"
#include "platform/clock.hpp"
#include "platform/files.hpp"
#include "platform/network.hpp"
#include "platform/process.hpp"
#include "platform/system_facts.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// The one seam to the operating system: everything a module does to or reads
/// from the machine goes through here. Implementations are thread-safe.
class host {
public:
  virtual ~host() = default;

  virtual file_system& files() = 0;
  virtual process_runner& processes() = 0;
  virtual account_database& accounts() = 0;
  virtual system_probe& facts() = 0;
  virtual clock_source& clock() = 0;
  virtual network_access& network() = 0;

  /// The environment in which this program was started.
  virtual std::vector<std::pair<std::string, std::string>> environment() = 0;
  /// One entry of it.
  virtual std::optional<std::string> variable(std::string_view name) = 0;
};

/// The machine this program runs on. `durable`: file replacements are synced
/// to the disk before they count.
std::shared_ptr<host> make_real_host(bool durable = false);

} // namespace troupe
