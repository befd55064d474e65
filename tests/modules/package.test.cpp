#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("package takes the manager that the host has",
          "[modules][package][M048]") {
  simulated_runner one;
  one.host.programs.on("*", program_answer{.rc = 1});
  auto uses = [&](const char* program) {
    one.host.disk.put(program, "", 0755);
    one.run("package", {{"name", "git"}, {"state", "present"}});
    return one.host.programs.calls().back();
  };
  CHECK(uses("/sbin/apk").starts_with("apk "));
  CHECK(uses("/usr/bin/pacman").starts_with("pacman "));
  CHECK(uses("/usr/bin/zypper").starts_with("zypper "));
  CHECK(uses("/usr/bin/apt-get").starts_with("apt"));
  CHECK(uses("/usr/bin/yum").starts_with("yum "));
  CHECK(uses("/usr/bin/dnf").starts_with("dnf "));
}

TEST_CASE("package passes its arguments on", "[modules][package][M048]") {
  simulated_runner one;
  auto out
    = one.run("package", {{"name", "git"}, {"use", "apt"}, {"purgee", true}});
  CHECK(out.failed);
  CHECK(out.msg == "apt: unknown argument 'purgee'; did you mean 'purge'?");
}

TEST_CASE("package says that it knows no manager", "[modules][package][M052]") {
  simulated_runner one;
  CHECK(one.run("package", {{"name", "git"}}).why == errc::unsupported);
  CHECK(one.run("package", {{"name", "git"}, {"use", "nix"}}).why
        == errc::unsupported);
}

TEST_CASE("package leaves to the manager whether it needs a name",
          "[modules][package][M048]") {
  simulated_runner one;
  one.host.disk.put("/usr/bin/apt-get", "", 0755);
  one.host.programs.on("*", program_answer{});
  auto out = one.run("package", {{"update_cache", true}});
  CHECK_FALSE(out.failed);
  CHECK(one.run("package", {{"use", "dnf"}}).why == errc::missing_argument);
}
