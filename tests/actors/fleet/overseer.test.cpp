#include "tests/actors/fleet/fleet_scene.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::literals;

TEST_CASE("an actor of the controller that dies ends it, and the next one goes "
          "on with every host",
          "[actors][fleet][overseer][M083]") {
  small_fleet scene{{"web1", "web2"}};
  scene.submit("r1", "web");
  scene.say("web1", link_accept{"r1"});
  auto* who = GENERATE("REGISTRY", "HISTORY", "DISPATCHER");
  INFO(who);
  scene.store->broken = true;
  if (std::string{who} == "REGISTRY")
    scene.come("web2", link_role::runner);
  else if (std::string{who} == "HISTORY")
    scene.give("web1", {{"web1", {{{"r1", 0}, 1}, link_rank::result, "{}"}}});
  else
    scene.say("web2", link_accept{"r1"});
  REQUIRE(scene.failed.size() == 1);
  CHECK(scene.failed[0] == std::string{who} + " died: the store has gone mad");
  // The others are gone with it, and the sessions: nothing goes on half.
  REQUIRE(scene.heard["web1"]->ends.size() == 1);
  CHECK(scene.heard["web1"]->ends[0].why == link_end::stopping);
  auto others = scene.heard["web1"]->said.size();
  scene.pass(5s);
  CHECK(scene.heard["web1"]->said.size() == others);
  scene.store->broken = false;
  scene.end();
  scene.begin();
  scene.come("alice", link_role::operator_);
  scene.arrive("web1");
  scene.arrive("web2");
  CHECK(scene.failed.size() == 1);
  CHECK(scene.offers("web2") == 1);
  scene.say("web2", link_accept{"r1"});
  scene.tell_end("web1", "r1");
  scene.tell_end("web2", "r1");
  CHECK(scene.status("r1") == "ok");
}

TEST_CASE("a controller that is ended has not failed",
          "[actors][fleet][overseer]") {
  small_fleet scene{{"web1"}};
  scene.end();
  CHECK(scene.failed.empty());
}
