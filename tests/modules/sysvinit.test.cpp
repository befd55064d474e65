#include "tests/support/services.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("sysvinit controls a script and its runlevels",
          "[modules][sysvinit][M049]") {
  service_host one;
  one.with_scripts();
  CHECK(one.run("sysvinit", {{"name", "web"}, {"state", "started"}}).changed);
  CHECK_FALSE(
    one.run("sysvinit", {{"name", "web"}, {"state", "started"}}).changed);
  auto levels = one.run(
    "sysvinit",
    {{"name", "web"}, {"enabled", true}, {"runlevels", list{"3", "5"}}});
  CHECK(levels.failed);
  one.host.programs.on("update-rc.d web enable 3 5", program_answer{});
  levels = one.run(
    "sysvinit",
    {{"name", "web"}, {"enabled", true}, {"runlevels", list{"3", "5"}}});
  CHECK(levels.changed);
}

TEST_CASE("sysvinit passes arguments and waits between stop and start",
          "[modules][sysvinit][M049]") {
  service_host one;
  one.with_scripts();
  one.run("sysvinit",
          {{"name", "web"}, {"state", "started"}, {"arguments", "--fast now"}});
  CHECK(one.host.programs.count("web start --fast now") == 1);
  auto before = one.host.time.steady_now();
  one.run("sysvinit", {{"name", "web"}, {"state", "restarted"}, {"sleep", 7}});
  CHECK(one.host.time.steady_now() - before == std::chrono::seconds{7});
}

TEST_CASE("sysvinit recognises a service by its command line",
          "[modules][sysvinit][M049]") {
  service_host one;
  one.with_scripts();
  one.host.disk.put("/proc/42/cmdline", std::string{"web\0--daemon\0", 13});
  CHECK_FALSE(
    one
      .run("sysvinit",
           {{"name", "web"}, {"state", "started"}, {"pattern", "web --daemon"}})
      .changed);
}
