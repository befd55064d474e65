#include "modules/support/plan/still_machine.hpp"

#include "platform/network.hpp"
#include "platform/process.hpp"
#include "platform/simulated/simulated_host.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("a machine that is only looked at is read, and nothing else",
          "[modules][payload][M090]") {
  simulated_host machine;
  machine.disk.put("/srv/a", "old");
  still_machine still{machine};
  CHECK(*still.files().read("/srv/a") == "old");
  // What is written is there for who writes it.
  REQUIRE(still.files().replace("/srv/a", "new", {.mode = 0600}));
  CHECK(*still.files().read("/srv/a") == "new");
  CHECK(*machine.files().read("/srv/a") == "old");
  process_spec program;
  program.argv = {"touch", "/srv/b"};
  auto ran = still.processes().run(program);
  REQUIRE_FALSE(ran);
  CHECK(ran.why().code == errc::unsupported);
  CHECK(machine.programs.count("*") == 0);
  auto fetched = still.network().exchange({});
  REQUIRE_FALSE(fetched);
  CHECK(fetched.why().code == errc::unsupported);
  CHECK_FALSE(still.network().connects("localhost", 22, {}));
}
