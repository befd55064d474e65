#include "tests/actors/fleet/fleet_scene.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::literals;

TEST_CASE("who is revoked hears of it at once, in all sessions",
          "[actors][fleet][registry][M112]") {
  fleet_scene scene;
  scene.member("root", link_role::admin);
  scene.member("eve", link_role::viewer);
  scene.begin();
  scene.come("root", link_role::admin);
  scene.come("eve", link_role::viewer);
  auto first = scene.heard["eve"];
  scene.come("eve", link_role::viewer);
  auto second = scene.heard["eve"];
  // No time passes.
  scene.say("root", link_ask{1, link_question::revoke, "eve", "{}"});
  for (auto& each : {first, second}) {
    REQUIRE(each->ends.size() == 1);
    CHECK(each->ends[0].why == link_end::revoked);
  }
  scene.come("eve", link_role::viewer);
  REQUIRE(scene.heard["eve"]->let_in);
  CHECK(scene.heard["eve"]->let_in->refusal == link_refusal::revoked);
}

TEST_CASE("a host whose session died is not there any more",
          "[actors][fleet][registry]") {
  small_fleet scene{{"web1"}};
  caf::anon_send_exit(scene.sessions["web1"], caf::exit_reason::kill);
  scene.settle();
  scene.say("alice", link_ask{1, link_question::hosts, "all", "{}"});
  auto answer = scene.heard["alice"]->all<link_answer>().back().body;
  CHECK(answer.find(R"("connected":false)") != std::string::npos);
  scene.submit("r1", "web1", R"({"wait":1})");
  scene.pass(3s);
  CHECK(scene.status("r1", "web1") == "absent");
}

TEST_CASE("a host is refused that comes and goes too often, by the time of the "
          "system",
          "[actors][fleet][registry][M112]") {
  small_fleet scene{{"web1"}};
  for (int i = 0; i < 5; ++i)
    scene.arrive("web1");
  CHECK_FALSE(scene.heard["web1"]->let_in->refusal);
  scene.arrive("web1");
  CHECK(scene.heard["web1"]->let_in->refusal == link_refusal::duplicate);
  scene.pass(61s);
  scene.arrive("web1");
  CHECK_FALSE(scene.heard["web1"]->let_in->refusal);
}
