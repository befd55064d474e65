#pragma once

#include "modules/support/services/service_backend.hpp"

#include <string>

namespace troupe {

/// How `systemctl` is called.
struct systemd_options {
  /// "system", "user" or "global".
  std::string scope = "system";
  bool no_block = false;
  bool force = false;
};

/// Units of systemd.
class systemd_backend final : public service_backend {
public:
  systemd_backend(std::string name, systemd_options options,
                  const module_context& ctx)
      : name_{std::move(name)}, options_{std::move(options)}, ctx_{ctx} {
  }

  result<service_status> look() override;
  std::vector<std::string> action(const std::string& verb) const override;
  result<void> set_enabled(bool enabled) override;

  /// `systemctl mask` or `unmask`.
  result<void> set_masked(bool masked);

  /// A command of the manager itself: "daemon-reload", "daemon-reexec".
  result<void> manage(const std::string& command);

  /// Every property that `systemctl show` gave in the last `look`.
  const dict& properties() const {
    return properties_;
  }

private:
  std::vector<std::string> command(std::vector<std::string> words) const;

  std::string name_;
  systemd_options options_;
  const module_context& ctx_;
  dict properties_;
};

} // namespace troupe
