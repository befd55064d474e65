#include "tests/actors/fleet/fleet_scene.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::literals;

namespace {

bool told_with(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Announces an order of so many bytes.
void announce(fleet_scene& scene, const std::string& run, uint64_t size) {
  link_submit out;
  out.run = run;
  out.digest = std::string(32, run.back());
  out.size = size;
  out.options = "{}";
  scene.say("alice", out);
}

} // namespace

TEST_CASE("who asks for an order that there is not is told so",
          "[actors][fleet][dispatcher][M083]") {
  small_fleet scene{{"web1"}};
  auto pieces = [&] { return scene.heard["web1"]->all<link_piece>(); };
  std::string digest(32, 'd');
  scene.say("web1", link_want{digest, 0});
  REQUIRE(pieces().size() == 1);
  CHECK(pieces()[0].digest == digest);
  CHECK(pieces()[0].bytes.empty());
  // One that it was offered comes, and behind its end nothing more.
  scene.submit("r1", "web");
  auto offer = scene.heard["web1"]->all<link_offer>().back();
  scene.say("web1", link_want{offer.digest, 0});
  CHECK(pieces().back().bytes.size() == offer.size);
  scene.say("web1", link_want{offer.digest, offer.size});
  CHECK(pieces().size() == 3);
  CHECK(pieces().back().bytes.empty());
}

TEST_CASE("a host that lets go of a cancelled offer holds nobody up",
          "[actors][fleet][dispatcher][M111]") {
  small_fleet scene{{"web1"}};
  scene.submit("r1", "web");
  CHECK(scene.status("r1", "web1") == "offered");
  scene.say("alice", link_cancel{"r1", ""});
  REQUIRE(scene.heard["web1"]->all<link_cancel>().size() == 1);
  scene.say("web1", link_decline{"r1", plan_refusal::busy, "cancelled"});
  CHECK(scene.status("r1", "web1") == "cancelled");
  scene.pass(1s);
  CHECK(scene.status("r1") == "cancelled");
}

TEST_CASE("a run whose options nobody can read ends, and goes nowhere",
          "[actors][fleet][dispatcher][M083]") {
  fleet_scene scene;
  scene.member("alice", link_role::operator_);
  scene.member("web1");
  scene.member("web2");
  scene.member("web3");
  fleet_run info;
  info.run = "r1";
  info.digest = std::string(64, 'a');
  info.status = fleet_status::running;
  info.options = R"({"serial":5})";
  std::vector<fleet_run_host> hosts{{"web1", 0, fleet_status::ok, {}, {}},
                                    {"web2", 0, fleet_status::running, {}, {}},
                                    {"web3", 1, fleet_status::waiting, {}, {}}};
  REQUIRE(scene.store->put(info, hosts));
  scene.begin();
  scene.come("alice", link_role::operator_);
  for (auto* host : {"web1", "web2", "web3"})
    scene.arrive(host);
  scene.pass(1s);
  CHECK(scene.status("r1") == "failed");
  CHECK(told_with(scene.text("r1", ""), "option 'serial' of the run is wrong"));
  CHECK(scene.status("r1", "web1") == "ok");
  CHECK(scene.status("r1", "web2") == "lost");
  CHECK(scene.status("r1", "web3") == "left_out");
  CHECK(scene.offers("web3") == 0);
}

TEST_CASE("of what a host is asked about a run only the last question counts",
          "[actors][fleet][dispatcher][M083]") {
  small_fleet scene{{"web1"}};
  scene.submit("r1", "web");
  scene.say("web1", link_accept{"r1"});
  // It says anew what it is, as often as it likes.
  link_about about;
  about.labels = {"web"};
  about.facts = "{}";
  scene.say("web1", about);
  scene.say("web1", about);
  auto asked = scene.heard["web1"]->all<link_ask>();
  REQUIRE(asked.size() == 2);
  auto knows_nothing = [](const link_ask& ask) {
    return link_answer{ask.number, 0, 0, R"({"running":"","known":false})"};
  };
  scene.say("web1", knows_nothing(asked[0]));
  CHECK(scene.status("r1", "web1") == "running");
  scene.say("web1", knows_nothing(asked[1]));
  CHECK(scene.status("r1", "web1") == "lost");
}

TEST_CASE("orders that come at the same time have no more than so many bytes",
          "[actors][fleet][dispatcher][M112]") {
  small_fleet scene{{"web1"}};
  for (int i = 0; i < 4; ++i)
    announce(scene, "r" + std::to_string(i), order_most);
  CHECK(scene.status("r3") == "receiving");
  announce(scene, "r4", 1);
  CHECK(scene.status("r4").empty());
  CHECK(
    told_with(scene.ask_state("r4"), "too many orders come at the same time"));
  // What does not come makes room.
  scene.pass(61s);
  CHECK(scene.status("r3") == "failed");
  announce(scene, "r5", 1);
  CHECK(scene.status("r5") == "receiving");
}
