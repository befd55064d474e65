#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("pacman installs and removes", "[modules][pacman][M048]") {
  simulated_runner one;
  auto installed = false;
  auto& tools = one.host.programs;
  tools.on("pacman --query git", [&](const process_spec&) {
    return program_answer{.rc = installed ? 0 : 1};
  });
  tools.on("pacman --query --upgrades git", program_answer{.rc = 1});
  tools.on("pacman --sync*", [&](const process_spec&) {
    return program_answer{.out = "installing git...\n",
                          .effect
                          = [&](const process_spec&) { installed = true; }};
  });
  tools.on("pacman --remove*", [&](const process_spec&) {
    return program_answer{.effect
                          = [&](const process_spec&) { installed = false; }};
  });
  CHECK(
    one.run("pacman", {{"name", "git"}, {"extra_args", "--debug"}}).changed);
  CHECK(
    tools.count("pacman --sync --noconfirm --noprogressbar --needed --debug "
                "git")
    == 1);
  CHECK_FALSE(
    one.run("pacman", {{"name", "git"}, {"state", "latest"}}).changed);
  CHECK(one
          .run("pacman", {{"name", "git"},
                          {"state", "absent"},
                          {"remove_nosave", true},
                          {"force", true}})
          .changed);
  CHECK(tools.count("pacman --remove --noconfirm --noprogressbar --nodeps "
                    "--nodeps --nosave git")
        == 1);
}

TEST_CASE("pacman sets the reason of installed packages",
          "[modules][pacman][M048]") {
  simulated_runner one;
  auto& tools = one.host.programs;
  tools.on("pacman --query git", program_answer{});
  tools.on("pacman --query --deps git", program_answer{.rc = 1});
  tools.on("pacman --database --asdeps git", program_answer{});
  auto out = one.run(
    "pacman",
    {{"name", "git"}, {"reason", "dependency"}, {"reason_for", "all"}});
  CHECK(out.changed);
  CHECK(tools.count("pacman --database --asdeps git") == 1);
}

TEST_CASE("pacman waits for its lock and knows missing packages",
          "[modules][pacman][M048][M052]") {
  simulated_runner one;
  auto tries = 0;
  one.host.programs.on("pacman --query *", program_answer{.rc = 1});
  one.host.programs.on("pacman --sync *", [&](const process_spec&) {
    return ++tries < 3
             ? program_answer{.rc = 1,
                              .err = "error: unable to lock "
                                     "database\n"}
             : program_answer{.rc = 1, .err = "error: target not found: x\n"};
  });
  CHECK(one.run("pacman", {{"name", "x"}}).why == errc::not_found);
  CHECK(tries == 3);
}
