#pragma once

#include "tests/support/simulated.hpp"

namespace troupe::test {

/// A host with one service "web" under a scripted service manager.
struct service_host : simulated_runner {
  bool running = false;
  bool enabled = false;
  bool masked = false;

  void with_systemd() {
    auto& tools = host.programs;
    tools.on("systemctl show -- *",
             program_answer{.out = "LoadState=not-found\n"
                                   "ActiveState=inactive\n"});
    tools.on("systemctl show -- web", [this](const process_spec&) {
      return program_answer{
        .out = std::string{"LoadState="} + (masked ? "masked" : "loaded")
               + "\nActiveState=" + (running ? "active" : "inactive")
               + "\nUnitFileState="
               + (masked    ? "masked"
                  : enabled ? "enabled"
                            : "disabled")
               + "\nDescription=The web\n"};
    });
    set(tools, "systemctl start -- web", running, true);
    set(tools, "systemctl stop -- web", running, false);
    set(tools, "systemctl enable -- web", enabled, true);
    set(tools, "systemctl disable -- web", enabled, false);
    set(tools, "systemctl mask -- web", masked, true);
    set(tools, "systemctl unmask -- web", masked, false);
    tools.on("systemctl restart -- web", program_answer{});
    tools.on("systemctl reload -- web", program_answer{});
    tools.on("systemctl daemon-reload", program_answer{});
  }

  void with_scripts() {
    host.machine.kernel_answer.init = "init";
    host.disk.put("/etc/init.d/web", "#!/bin/sh\n", 0755);
    auto& tools = host.programs;
    tools.on("web status*", [this](const process_spec&) {
      return program_answer{.rc = running ? 0 : 3};
    });
    set(tools, "web start*", running, true);
    set(tools, "web stop*", running, false);
    tools.on("web restart", program_answer{});
    tools.on("update-rc.d web defaults", program_answer{});
    tools.on("update-rc.d web enable", [this](const process_spec&) {
      return program_answer{.effect = [this](const process_spec&) {
        host.disk.put("/etc/rc3.d/S01web", "");
      }};
    });
  }

  void with_openrc() {
    host.machine.kernel_answer.init = "init";
    host.disk.put("/sbin/openrc", "");
    auto& tools = host.programs;
    tools.on("rc-service --exists *", program_answer{.rc = 1});
    tools.on("rc-service --exists web", program_answer{});
    tools.on("rc-service web status", [this](const process_spec&) {
      return program_answer{.rc = running ? 0 : 3};
    });
    tools.on("rc-update show default", [this](const process_spec&) {
      return program_answer{.out = enabled ? "                  web | default\n"
                                           : ""};
    });
    set(tools, "rc-service web start", running, true);
    set(tools, "rc-update add web default", enabled, true);
    set(tools, "rc-update delete web default", enabled, false);
  }

private:
  static void set(simulated_processes& tools, const std::string& line,
                  bool& flag, bool to) {
    tools.on(line, [&flag, to](const process_spec& spec) {
      CHECK(spec.detach);
      return program_answer{.effect
                            = [&flag, to](const process_spec&) { flag = to; }};
    });
  }
};

} // namespace troupe::test
