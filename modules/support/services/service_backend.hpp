#pragma once

#include "modules/module.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// What is known of a service.
struct service_status {
  bool exists = false;
  bool running = false;
  bool enabled = false;
  bool masked = false;
};

/// What service managers differ in.
class service_backend {
public:
  virtual ~service_backend() = default;

  virtual result<service_status> look() = 0;
  /// "start", "stop", "restart" or "reload".
  virtual std::vector<std::string> action(const std::string& verb) const = 0;
  virtual result<void> set_enabled(bool enabled) = 0;
};

/// What a task wants of a service.
struct service_task {
  std::string name;
  /// "started", "stopped", "restarted", "reloaded" or empty.
  std::string state;
  std::optional<bool> enabled;
  /// Between stop and start where a restart is made of the two; absent: one
  /// command.
  std::optional<std::chrono::seconds> sleep;
  /// Text in a command line that means: it runs. For services whose status
  /// says nothing.
  std::string pattern;
};

/// Compares how the service is with how it shall be and makes it so.
module_result run_service_task(service_backend& backend,
                               const service_task& task,
                               const module_context& ctx);

/// Runs a program of a service manager; services it starts outlive the task.
result<process_result> run_service_tool(std::vector<std::string> argv,
                                        const module_context& ctx);

/// The same, with a status that is not 0 as an error that shows the output.
result<process_result> need_service_tool(std::vector<std::string> argv,
                                         const module_context& ctx);

/// Whether the command line of any process contains `pattern`.
bool process_matches(const std::string& pattern, const module_context& ctx);

/// The name of the host's service manager: "systemd", "sysvinit", "openrc", ...
std::string service_manager_of(const module_context& ctx);

/// How a task is done by scripts in /etc/init.d.
struct sysv_options {
  std::string arguments;
  std::vector<std::string> runlevels;
};

std::unique_ptr<service_backend> make_sysv_backend(const service_task& task,
                                                   const sysv_options& options,
                                                   const module_context& ctx);

/// `runlevel`: where a service is enabled.
std::unique_ptr<service_backend>
make_openrc_backend(const service_task& task, const std::string& runlevel,
                    const std::string& arguments, const module_context& ctx);

} // namespace troupe
