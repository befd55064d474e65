#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

std::string field(const module_result& out, const char* service,
                  const char* name) {
  auto* one = out.facts.find("services")->find(service);
  auto* x = one ? one->find(name) : nullptr;
  return x ? to_display(*x) : "(absent)";
}

} // namespace

TEST_CASE("service_facts asks systemd for all services in few programs",
          "[modules][service_facts][M047]") {
  simulated_runner one;
  auto& tools = one.host.programs;
  one.host.disk.put("/proc/1/comm", "systemd\n");
  tools.on("systemctl list-units *",
           program_answer{.out
                          = "  UNIT LOAD ACTIVE SUB DESCRIPTION\n"
                            "  cron.service loaded active running Cron\n"
                            "  done.service loaded active exited Done\n"
                            "\u25cf gone.service not-found inactive dead gone\n"
                            "\u25cf bad.service loaded failed failed bad\n"
                            "\n4 loaded units listed.\n"});
  tools.on("systemctl list-unit-files *",
           program_answer{.out = "UNIT FILE STATE PRESET\n"
                                 "cron.service enabled enabled\n"
                                 "bad.service enabled enabled\n"
                                 "idle.service disabled enabled\n"
                                 "other.service static -\n"
                                 "tty@.service enabled enabled\n"});
  tools.on(
    "systemctl show --property=ActiveState -- idle.service "
    "other.service",
    program_answer{.out = "ActiveState=inactive\n\nActiveState=active\n"});
  auto out = one.predict("service_facts", {});
  CHECK_FALSE(out.failed);
  CHECK_FALSE(out.changed);
  CHECK(out.warnings.empty());
  struct expected {
    const char* name;
    const char* state;
    const char* status;
  };
  for (auto& each : {expected{"cron.service", "running", "enabled"},
                     expected{"done.service", "stopped", "active"},
                     expected{"gone.service", "stopped", "not-found"},
                     expected{"bad.service", "stopped", "failed"},
                     expected{"idle.service", "inactive", "disabled"},
                     expected{"other.service", "active", "static"},
                     expected{"tty@.service", "unknown", "enabled"}}) {
    INFO(each.name);
    CHECK(field(out, each.name, "state") == each.state);
    CHECK(field(out, each.name, "status") == each.status);
    CHECK(field(out, each.name, "source") == "systemd");
  }
  CHECK(tools.calls().size() == 3);
}

TEST_CASE("service_facts reads scripts and OpenRC",
          "[modules][service_facts][M047]") {
  simulated_runner one;
  auto& tools = one.host.programs;
  tools.on("service --status-all",
           program_answer{.out = " [ + ]  cron\n [ - ]  ssh\n [ ? ]  odd\n"});
  auto out = one.run("service_facts", {});
  CHECK(field(out, "cron", "state") == "running");
  CHECK(field(out, "ssh", "state") == "stopped");
  CHECK(field(out, "ssh", "source") == "sysv");
  CHECK(field(out, "odd", "state") == "(absent)");
  tools.on("rc-status -a -s -m",
           program_answer{.out = "Runlevel: default\n sshd  [  started  ]\n"});
  tools.on("rc-update show -v",
           program_answer{.out = " sshd | default boot\n"});
  out = one.run("service_facts", {});
  CHECK(field(out, "sshd", "state") == "started");
  CHECK(field(out, "sshd", "runlevels") == "['default', 'boot']");
}

TEST_CASE("service_facts says when there is nothing to be asked",
          "[modules][service_facts][M052]") {
  simulated_runner one;
  auto out = one.run("service_facts", {});
  CHECK(out.skipped);
  CHECK_FALSE(out.msg.empty());
  one.host.programs.on("service --status-all",
                       program_answer{.rc = 1, .err = "no\n"});
  out = one.run("service_facts", {});
  CHECK(out.skipped);
  CHECK(out.warnings.size() == 1);
}
