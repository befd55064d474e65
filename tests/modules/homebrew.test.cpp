#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("homebrew installs, upgrades and removes",
          "[modules][homebrew][M048]") {
  simulated_runner one;
  auto installed = false;
  auto& tools = one.host.programs;
  tools.on("brew list --versions wget", [&](const process_spec&) {
    return program_answer{.rc = installed ? 0 : 1};
  });
  tools.on("brew outdated --quiet wget", program_answer{.out = "wget\n"});
  tools.on("brew install *", [&](const process_spec&) {
    return program_answer{.out = "Pouring wget\n",
                          .effect
                          = [&](const process_spec&) { installed = true; }};
  });
  tools.on("brew uninstall --force wget", [&](const process_spec&) {
    return program_answer{.out = "Uninstalling\n",
                          .effect
                          = [&](const process_spec&) { installed = false; }};
  });
  CHECK(
    one.run("brew", {{"name", "wget"}, {"install_options", "quiet"}}).changed);
  CHECK(tools.count("brew install --quiet wget") == 1);
  CHECK_FALSE(one.run("homebrew", {{"name", "wget"}}).changed);
  CHECK(one.run("homebrew", {{"name", "wget"}, {"state", "upgraded"}}).changed);
  CHECK(one.run("homebrew", {{"name", "wget"}, {"state", "absent"}}).changed);
  CHECK_FALSE(
    one.run("homebrew", {{"name", "wget"}, {"state", "absent"}}).changed);
}

TEST_CASE("homebrew links", "[modules][homebrew][M048]") {
  simulated_runner one;
  auto& tools = one.host.programs;
  tools.on("brew link --dry-run wget", program_answer{.out = "Would link:\n"});
  tools.on("brew link wget", program_answer{});
  CHECK(one.run("homebrew", {{"name", "wget"}, {"state", "linked"}}).changed);
  CHECK(tools.count("brew link wget") == 1);
}
