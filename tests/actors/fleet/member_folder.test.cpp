#include "actors/cli/fleet/fleet_commands.hpp"
#include "platform/simulated/simulated_host.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("a membership lies where the state folder is said to be",
          "[actors][fleet][member_folder]") {
  simulated_host machine;
  CHECK(member_folder(machine, "/a/b", "agent") == "/a/b");
  CHECK(member_folder(machine, "", "agent").ends_with("/agent"));
  machine.variables.emplace_back("TROUPE_STATE_DIR", "/srv/state");
  CHECK(member_folder(machine, "", "agent") == "/srv/state/agent");
  CHECK(member_folder(machine, "/a/b", "agent") == "/a/b");
  // Set to nothing is not set.
  machine.variables.back().second = "";
  CHECK(member_folder(machine, "", "operator")
        == member_folder(*std::make_shared<simulated_host>(), "", "operator"));
}
