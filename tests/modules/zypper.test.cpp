#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("zypper installs, updates and removes", "[modules][zypper][M048]") {
  simulated_runner one;
  auto installed = false;
  auto& tools = one.host.programs;
  tools.on("rpm --query --whatprovides vim", [&](const process_spec&) {
    return program_answer{.rc = installed ? 0 : 1};
  });
  tools.on("zypper *list-updates*",
           program_answer{.out = "v | repo | vim | 9.0 | 9.1 | x86_64\n"});
  tools.on("zypper *install*", [&](const process_spec&) {
    return program_answer{.out = "1 new package to install.\n",
                          .effect
                          = [&](const process_spec&) { installed = true; }};
  });
  tools.on("zypper * update *", program_answer{.out = "1 to upgrade\n"});
  CHECK(
    one.run("zypper", {{"name", "vim"}, {"disable_gpg_check", true}}).changed);
  CHECK(tools.count("zypper --non-interactive --no-gpg-checks install --type "
                    "package --auto-agree-with-licenses --no-recommends -- vim")
        == 1);
  CHECK_FALSE(one.run("zypper", {{"name", "vim"}}).changed);
  CHECK(one.run("zypper", {{"name", "vim"}, {"state", "latest"}}).changed);
  CHECK(tools.count("zypper * update *") == 1);
}

TEST_CASE("zypper upgrades everything", "[modules][zypper][M048]") {
  simulated_runner one;
  one.host.programs.on("zypper *", program_answer{.out = "Nothing to do.\n"});
  CHECK_FALSE(one.run("zypper", {{"state", "dist-upgrade"}}).changed);
  CHECK(one.host.programs.count("zypper --non-interactive dist-upgrade *")
        == 1);
  CHECK(one.run("zypper", {{"name", "*"}}).why == errc::invalid_argument);
}

TEST_CASE("zypper knows missing packages", "[modules][zypper][M052]") {
  simulated_runner one;
  one.host.programs.on("rpm *", program_answer{.rc = 1});
  one.host.programs.on(
    "zypper *",
    program_answer{.rc = 104, .out = "No provider of 'nope' found.\n"});
  CHECK(one.run("zypper", {{"name", "nope"}}).why == errc::not_found);
}
