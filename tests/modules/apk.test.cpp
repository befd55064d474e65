#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("apk installs, upgrades and removes", "[modules][apk][M048]") {
  simulated_runner one;
  auto installed = false;
  auto& tools = one.host.programs;
  tools.on("apk info -e nginx", [&](const process_spec&) {
    return program_answer{.rc = installed ? 0 : 1};
  });
  tools.on("apk version nginx",
           program_answer{.out = "nginx-1.24.0-r6    < 1.24.0-r7\n"});
  tools.on("apk --no-interactive add*", [&](const process_spec&) {
    return program_answer{
      .out = "(1/1) Installing nginx (1.24.0-r7)\nOK: 10 MiB\n",
      .effect = [&](const process_spec&) { installed = true; }};
  });
  tools.on("apk --no-interactive del --purge nginx", [&](const process_spec&) {
    return program_answer{.out = "(1/1) Purging nginx (1.24.0-r7)\n",
                          .effect
                          = [&](const process_spec&) { installed = false; }};
  });
  CHECK(one.run("apk", {{"name", "nginx"}}).changed);
  CHECK_FALSE(one.run("apk", {{"name", "nginx"}}).changed);
  CHECK(one.run("apk", {{"name", "nginx"}, {"state", "latest"}}).changed);
  CHECK(tools.count("apk --no-interactive add --upgrade nginx") == 1);
  CHECK(one.run("apk", {{"name", "nginx"}, {"state", "absent"}}).changed);
  CHECK_FALSE(one.run("apk", {{"name", "nginx"}, {"state", "absent"}}).changed);
}

TEST_CASE("apk says that a package does not exist",
          "[modules][apk][M048][M052]") {
  simulated_runner one;
  one.host.programs.on("apk info -e *", program_answer{.rc = 1});
  one.host.programs.on(
    "apk --no-interactive add *",
    program_answer{.rc = 1,
                   .err = "ERROR: unable to select packages:\n  nope (no such "
                          "package)\n"});
  auto out = one.run("apk", {{"name", "nope"}});
  CHECK(out.why == errc::not_found);
  CHECK(one.run("apk", {{"name", "x"}, {"world", "/other"}}).why
        == errc::unsupported);
}

TEST_CASE("apk passes repositories and upgrades all",
          "[modules][apk][M021][M048]") {
  simulated_runner one;
  one.host.programs.on("apk *", program_answer{.out = "OK\n"});
  CHECK_FALSE(one.run("apk", {{"upgrade", true}, {"available", true}}).changed);
  CHECK(one.host.programs.count("apk --no-interactive upgrade --available")
        == 1);
  CHECK(one
          .run("apk", {{"update_cache", true},
                       {"repository", "http://x/a"},
                       {"no_cache", true}})
          .changed);
  CHECK(one.host.programs.count(
          "apk --repository=http://x/a --no-cache --no-interactive update")
        == 1);
  auto calls = one.host.programs.calls().size();
  CHECK(one.predict("apk", {{"upgrade", true}}).changed);
  CHECK(one.host.programs.calls().size() == calls);
}
