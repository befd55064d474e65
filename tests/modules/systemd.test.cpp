#include "tests/support/services.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("systemd masks, reloads its files and returns all properties",
          "[modules][systemd][M049]") {
  service_host one;
  one.with_systemd();
  auto out = one.run(
    "systemd", {{"name", "web"}, {"masked", true}, {"daemon_reload", true}});
  CHECK(out.changed);
  CHECK(one.masked);
  CHECK(one.host.programs.count("systemctl daemon-reload") == 1);
  CHECK(out.data.find("status")->find("Description")->as_string() == "The web");
  CHECK_FALSE(one.run("systemd", {{"name", "web"}, {"masked", true}}).changed);
  CHECK_FALSE(one.run("systemd", {{"daemon_reload", true}}).changed);
  CHECK(one.run("systemd", {{"state", "started"}}).why
        == errc::missing_argument);
}
