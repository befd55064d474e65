#pragma once

#include "modules/support/packages/package_tool.hpp"

#include <string>
#include <vector>

namespace troupe {

/// `apt-get` with the options that the arguments of the `apt` module ask for,
/// then `words`.
std::vector<std::string> apt_command(const arguments& args,
                                     std::vector<std::string> words);

/// A tool whose programs ask nothing and wait for dpkg's lock.
package_tool apt_tool(const arguments& args, const module_context& ctx);

/// Keeps services from starting while packages are installed, when the
/// argument policy_rc_d says so; what was there before is put back.
class service_policy {
public:
  service_policy(const arguments& args, const module_context& ctx);
  ~service_policy();
  service_policy(const service_policy&) = delete;
  service_policy& operator=(const service_policy&) = delete;

  /// An error when the policy could not be put in place.
  const result<void>& state() const {
    return state_;
  }

private:
  const module_context& ctx_;
  bool active_ = false;
  std::optional<std::string> before_;
  result<void> state_;
};

/// Refreshes the lists when the arguments ask for it and they are older than
/// cache_valid_time, or in check mode says whether it would. Notes
/// `cache_updated` and `cache_update_time` in `out`.
result<bool> refresh_lists(const arguments& args, const package_tool& tool,
                           module_result& out, const module_context& ctx);

} // namespace troupe
