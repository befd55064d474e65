#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct zone_host : simulated_runner {
  zone_host() {
    host.machine.kernel_answer.init = "init";
    host.disk.put("/usr/share/zoneinfo/UTC", "TZif");
    host.disk.put("/usr/share/zoneinfo/Europe/Berlin", "TZif");
    REQUIRE(
      host.disk.make_symlink("/usr/share/zoneinfo/UTC", "/etc/localtime"));
    host.disk.put("/etc/timezone", "UTC\n");
  }
};

} // namespace

TEST_CASE("timezone sets the zone by the files of the host",
          "[modules][timezone][M047]") {
  zone_host one;
  one.diff_mode = true;
  dict given{{"name", "Europe/Berlin"}};
  CHECK(one.predict("timezone", given).changed);
  CHECK(*one.host.disk.read_link("/etc/localtime")
        == "/usr/share/zoneinfo/UTC");
  auto out = one.run("timezone", given);
  INFO(out.msg);
  CHECK(out.changed);
  CHECK(*one.host.disk.read_link("/etc/localtime")
        == "/usr/share/zoneinfo/Europe/Berlin");
  CHECK(*one.host.disk.read("/etc/timezone", 99) == "Europe/Berlin\n");
  CHECK(out.diff
        == value{dict{{"before", dict{{"name", "UTC"}}},
                      {"after", dict{{"name", "Europe/Berlin"}}}}});
  CHECK_FALSE(one.run("timezone", given).changed);
}

TEST_CASE("timezone asks systemd where it runs", "[modules][timezone][M047]") {
  zone_host one;
  one.host.machine.kernel_answer.init = "systemd";
  one.host.disk.put_folder("/run/systemd/system");
  one.host.programs.on("timedatectl *", program_answer{});
  CHECK_FALSE(one.run("timezone", {{"name", "UTC"}, {"rtc", "UTC"}}).changed);
  auto out
    = one.run("timezone", {{"name", "Europe/Berlin"}, {"hwclock", "local"}});
  CHECK(out.changed);
  CHECK(one.host.programs.calls()
        == std::vector<std::string>{"timedatectl set-timezone -- Europe/Berlin",
                                    "timedatectl set-local-rtc yes"});
}

TEST_CASE("timezone sets the clock of the board", "[modules][timezone][M047]") {
  zone_host one;
  one.host.disk.put("/etc/adjtime", "0.0 0 0.0\n0\nLOCAL\n");
  one.host.programs.on("hwclock *", program_answer{});
  CHECK_FALSE(one.run("timezone", {{"hwclock", "local"}}).changed);
  CHECK(one.run("timezone", {{"hwclock", "UTC"}}).changed);
  CHECK(one.host.programs.count("hwclock --systohc --utc") == 1);
}

TEST_CASE("timezone refuses what is no zone", "[modules][timezone][M052]") {
  zone_host one;
  CHECK(one.run("timezone", {}).failed);
  for (auto name : {"Nope", "Europe"})
    CHECK(one.run("timezone", {{"name", name}}).why == errc::not_found);
  for (auto name : {"", "-x", "../../../etc/passwd", "/etc/passwd", "a\nb"})
    CHECK(one.run("timezone", {{"name", name}}).why == errc::invalid_argument);
}
