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

  /// Another handle on the same machine, whose replaced files are on the disk
  /// before they count; null where that makes no difference.
  virtual std::shared_ptr<host> durable() {
    return nullptr;
  }
};

/// Another host, of which a derived class replaces a part. The other host must
/// live as long as this one.
class forwarding_host : public host {
public:
  explicit forwarding_host(host& inner) : inner_{inner} {
  }

  file_system& files() override {
    return inner_.files();
  }

  process_runner& processes() override {
    return inner_.processes();
  }

  account_database& accounts() override {
    return inner_.accounts();
  }

  system_probe& facts() override {
    return inner_.facts();
  }

  clock_source& clock() override {
    return inner_.clock();
  }

  network_access& network() override {
    return inner_.network();
  }

  std::vector<std::pair<std::string, std::string>> environment() override {
    return inner_.environment();
  }

  std::optional<std::string> variable(std::string_view name) override {
    return inner_.variable(name);
  }

private:
  host& inner_;
};

/// The machine this program runs on. All hosts of one process share a
/// watchdog: a process that outlives this one by a moment when it is killed,
/// and ends what programs that were under way have started.
std::shared_ptr<host> make_real_host();

} // namespace troupe
