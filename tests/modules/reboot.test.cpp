#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct up_host : simulated_runner {
  up_host() {
    host.disk.put("/usr/sbin/shutdown", "", 0755);
    host.programs.on("shutdown *", program_answer{});
  }
};

} // namespace

TEST_CASE("reboot tells the host and waits for its end",
          "[modules][reboot][M047]") {
  up_host one;
  auto begin = one.host.time.steady_now();
  auto out = one.run("reboot", {{"pre_reboot_delay", 130}, {"msg", "bye all"}});
  CHECK(one.host.programs.count("shutdown -r -- 2 bye all") == 1);
  CHECK(one.run("reboot", {{"msg", "--halt"}}).why == errc::timeout);
  CHECK(one.host.programs.count("shutdown -r -- 0 --halt") == 1);
  begin += std::chrono::seconds{600};
  // A host that is still there afterwards has not done it.
  CHECK(out.why == errc::timeout);
  CHECK(one.host.time.steady_now() - begin == std::chrono::seconds{730});
  one.deadline = one.host.time.steady_now() + std::chrono::seconds{9};
  CHECK(one.run("reboot", {}).timed_out);
  CHECK(one.host.programs.count("shutdown -r -- 0 Reboot initiated by Ansible")
        == 1);
}

TEST_CASE("reboot is done when the end of the host ends the run",
          "[modules][reboot][M047]") {
  up_host one;
  std::stop_source end;
  one.stop = end.get_token();
  one.host.programs.on("shutdown *", [&](const process_spec&) {
    return program_answer{.effect
                          = [&](const process_spec&) { end.request_stop(); }};
  });
  auto out = one.run("reboot", {});
  INFO(out.msg);
  CHECK_FALSE(out.failed);
  CHECK(out.changed);
  CHECK(text_at(out, "rebooted") == "True");
}

TEST_CASE("reboot takes another command", "[modules][reboot][M047]") {
  up_host one;
  one.host.disk.put("/opt/bin/again", "", 0755);
  one.host.programs.on("again now", program_answer{.rc = 1, .err = "no\n"});
  auto out = one.run("reboot", {{"reboot_command", "again 'now'"},
                                {"search_paths", list{"/opt/bin"}}});
  CHECK(out.why == errc::command_failed);
  CHECK(out.msg.find("no") != std::string::npos);
  CHECK(one.run("reboot", {{"reboot_command", "gone"}}).why
        == errc::unsupported);
}

TEST_CASE("reboot does nothing in check mode and in containers",
          "[modules][reboot][M021][M052]") {
  up_host one;
  auto out = one.predict("reboot", {});
  CHECK(out.changed);
  CHECK(integer_at(out, "elapsed") == 0);
  auto& facts = one.host.machine.virtualization_answer;
  facts.role = "guest";
  facts.type = "docker";
  out = one.run("reboot", {});
  CHECK(out.why == errc::unsupported);
  CHECK(out.msg.find("container (docker)") != std::string::npos);
  CHECK(one.host.programs.calls().empty());
  facts.type = "kvm";
  CHECK(one.run("reboot", {}).why == errc::timeout);
}
