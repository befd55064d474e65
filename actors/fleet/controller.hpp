#pragma once

#include "actors/fleet/authorities.hpp"
#include "platform/host.hpp"
#include "platform/transport.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace troupe {

struct controller_setting {
  std::shared_ptr<host> machine;
  std::string folder;
  /// With a numeric address.
  endpoint at;
  /// How long runs that have ended are kept, and how many runs at most.
  std::chrono::hours keep{24 * 90};
  size_t keep_runs = 10'000;
  /// Where HTTP is spoken, with a numeric address; absent: nowhere.
  std::optional<endpoint> http = std::nullopt;
  /// Says to who runs it what keeps it from its work. From any thread.
  std::function<void(const std::string&)> tell = nullptr;
  /// It cannot go on: who died, and why. Called once, on any thread; what is
  /// left is to `stop` it.
  std::function<void(const std::string&)> failed = nullptr;
};

/// A controller that takes links: SESSIONs, REGISTRY, HISTORY, DISPATCHER and
/// what they need.
class controller {
public:
  /// Errors: class `exhausted` when another controller has the folder.
  static result<std::unique_ptr<controller>> start(controller_setting setting);

  virtual ~controller() = default;

  virtual uint16_t port() const = 0;

  /// Of the HTTP face; 0: there is none.
  virtual uint16_t http_port() const = 0;

  /// Says goodbye to all peers and ends.
  virtual void stop() = 0;
};

} // namespace troupe
