#include "tests/support/services.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("service starts and enables by systemd once",
          "[modules][service][M049]") {
  service_host one;
  one.with_systemd();
  dict given{{"name", "web"}, {"state", "started"}, {"enabled", true}};
  auto first = one.run("service", given);
  CHECK_FALSE(first.failed);
  CHECK(first.changed);
  CHECK(one.running);
  CHECK(one.enabled);
  CHECK(text_at(first, "state") == "started");
  CHECK_FALSE(one.run("service", given).changed);
  CHECK(one.run("service", {{"name", "web"}, {"state", "stopped"}}).changed);
  CHECK_FALSE(one.running);
}

TEST_CASE("service restarts and reloads what runs and starts what does not",
          "[modules][service][M049]") {
  service_host one;
  one.with_systemd();
  CHECK(one.run("service", {{"name", "web"}, {"state", "restarted"}}).changed);
  CHECK(one.host.programs.count("systemctl start -- web") == 1);
  CHECK(one.run("service", {{"name", "web"}, {"state", "restarted"}}).changed);
  CHECK(one.host.programs.count("systemctl restart -- web") == 1);
  CHECK(one.run("service", {{"name", "web"}, {"state", "reloaded"}}).changed);
  CHECK(one.host.programs.count("systemctl reload -- web") == 1);
}

TEST_CASE("service says clearly that a service is unknown",
          "[modules][service][M049][M052]") {
  service_host one;
  one.with_systemd();
  auto out = one.run("service", {{"name", "nope"}, {"state", "started"}});
  CHECK(out.why == errc::not_found);
  CHECK(out.msg == "Could not find the requested service nope: host");
}

TEST_CASE("service shows why a service did not start",
          "[modules][service][M052]") {
  service_host one;
  one.with_systemd();
  one.host.programs.on(
    "systemctl start -- web",
    program_answer{.rc = 1, .err = "Job for web.service failed.\n"});
  auto out = one.run("service", {{"name", "web"}, {"state", "started"}});
  CHECK(out.why == errc::command_failed);
  CHECK(out.msg.find("Job for web.service failed.") != std::string::npos);
}

TEST_CASE("service predicts and changes nothing",
          "[modules][service][M021][M049]") {
  service_host one;
  one.with_systemd();
  auto out = one.predict(
    "service", {{"name", "web"}, {"state", "started"}, {"enabled", true}});
  CHECK(out.changed);
  CHECK_FALSE(one.running);
  CHECK_FALSE(one.enabled);
}

TEST_CASE("service works with scripts in /etc/init.d",
          "[modules][service][M049]") {
  service_host one;
  one.with_scripts();
  dict given{{"name", "web"}, {"state", "started"}, {"enabled", true}};
  CHECK(one.run("service", given).changed);
  CHECK(one.running);
  CHECK_FALSE(one.run("service", given).changed);
  one.run("service", {{"name", "web"}, {"state", "restarted"}, {"sleep", 2}});
  CHECK(one.host.programs.count("web stop") == 1);
  CHECK(one.run("service", {{"name", "nope"}, {"state", "started"}}).why
        == errc::not_found);
}

TEST_CASE("service works with OpenRC", "[modules][service][M049]") {
  service_host one;
  one.with_openrc();
  dict given{{"name", "web"}, {"state", "started"}, {"enabled", true}};
  CHECK(one.run("service", given).changed);
  CHECK(one.running);
  CHECK(one.enabled);
  CHECK_FALSE(one.run("service", given).changed);
  CHECK(one.run("service", {{"name", "web"}, {"enabled", false}}).changed);
  CHECK_FALSE(one.enabled);
}

TEST_CASE("service says that it knows no manager", "[modules][service][M052]") {
  service_host one;
  one.host.machine.kernel_answer.init = "something";
  auto out = one.run("service", {{"name", "web"}, {"state", "started"}});
  CHECK(out.why == errc::unsupported);
}

TEST_CASE("service hands to systemd what only that can do",
          "[modules][service][M049]") {
  service_host one;
  one.with_systemd();
  CHECK_FALSE(one.run("service", {{"daemon_reload", true}}).failed);
  CHECK(one.host.programs.count("systemctl daemon-reload") == 1);
  auto masked = one.run(
    "service",
    {{"name", "web"}, {"masked", false}, {"state", "started"}, {"sleep", 1}});
  CHECK_FALSE(masked.failed);
  CHECK(one.host.programs.count("systemctl start -- web") == 1);
  one.run("service",
          {{"name", "web"}, {"state", "stopped"}, {"no_block", true}});
  CHECK(one.host.programs.count("systemctl --no-block show -- web") == 1);
  CHECK(one.run("service", {{"state", "started"}}).why
        == errc::missing_argument);

  service_host other;
  other.with_scripts();
  auto refused = other.run("service", {{"name", "web"}, {"masked", true}});
  CHECK(refused.why == errc::unsupported);
  CHECK(refused.msg
        == "masked is for systemd, and 'web' is controlled by sysvinit");
  CHECK_FALSE(other
                .run("service",
                     {{"name", "web"}, {"masked", false}, {"state", "started"}})
                .failed);
}
