#include "tests/actors/fleet/fleet_scene.hpp"

#include <algorithm>

using namespace troupe;
using namespace troupe::test;
using namespace std::literals;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The reading of a run's state, and back, is not under test here.
value state_of_run(fleet_scene& scene, const std::string& run) {
  return must(parse_json(scene.ask_state(run)));
}

} // namespace

TEST_CASE("a run goes over its hosts, one batch after another",
          "[actors][fleet][dispatcher][M111]") {
  small_fleet scene{{"web1", "web2"}};
  scene.submit("r1", "web", R"({"serial":["1"]})");
  CHECK(scene.offers("web1") == 1);
  CHECK(scene.offers("web2") == 0);
  scene.say("web1", link_accept{"r1"});
  CHECK(scene.status("r1", "web1") == "running");
  scene.tell_end("web1", "r1");
  CHECK(scene.status("r1", "web1") == "ok");
  CHECK(scene.offers("web2") == 1);
  scene.say("web2", link_accept{"r1"});
  scene.tell_end("web2", "r1");
  CHECK(scene.status("r1") == "ok");
}

TEST_CASE("a host that was away for a moment when its turn came has its turn",
          "[actors][fleet][dispatcher][M111]") {
  small_fleet scene{{"web1", "web2"}};
  scene.submit("r1", "web", R"({"serial":["1"],"wait":10})");
  scene.say("web1", link_accept{"r1"});
  scene.pass(60s);
  // Its link is lost just before its turn.
  scene.leave("web2");
  scene.tell_end("web1", "r1");
  scene.pass(5s);
  CHECK(scene.status("r1", "web2") == "waiting");
  scene.arrive("web2");
  CHECK(scene.offers("web2") == 1);
  scene.say("web2", link_accept{"r1"});
  scene.tell_end("web2", "r1");
  CHECK(scene.status("r1") == "ok");
}

TEST_CASE("a host that loses its link with an offer is offered it again",
          "[actors][fleet][dispatcher][M111]") {
  small_fleet scene{{"web1"}};
  scene.submit("r1", "web", R"({"wait":10})");
  scene.pass(20s);
  scene.leave("web1");
  scene.pass(30s);
  CHECK(scene.status("r1", "web1") == "waiting");
  scene.arrive("web1");
  CHECK(scene.offers("web1") == 1);
  CHECK(scene.status("r1", "web1") == "offered");
}

TEST_CASE("a host that does not come is absent when its turn was long ago",
          "[actors][fleet][dispatcher][M111]") {
  small_fleet scene{{"web1", "web2"}};
  scene.leave("web2");
  scene.submit("r1", "web", R"({"wait":10})");
  scene.pass(9s);
  CHECK(scene.status("r1", "web2") == "waiting");
  scene.pass(2s);
  CHECK(scene.status("r1", "web2") == "absent");
  CHECK(scene.status("r1", "web1") == "offered");
  // One whose link is lost while the run goes on has longer to come back.
  scene.leave("web1");
  scene.pass(80s);
  CHECK(scene.status("r1") == "running");
  scene.pass(20s);
  CHECK(scene.status("r1", "web1") == "absent");
  CHECK(scene.status("r1") == "failed");
}

TEST_CASE("a host that does not end is lost after its time",
          "[actors][fleet][dispatcher][M111]") {
  small_fleet scene{{"web1", "web2", "web3"}};
  scene.submit("r1", "web", R"({"host_timeout":60})");
  scene.say("web1", link_accept{"r1"});
  scene.say("web2", link_accept{"r1"});
  scene.leave("web2");
  scene.pass(58s);
  auto before = scene.ask_state("r1");
  CHECK(has(before, R"("host":"web2","batch":0,"status":"running")"));
  CHECK(has(before, R"("away":true)"));
  scene.pass(3s);
  // One runs on, one is away, one has never answered: none holds the run.
  for (auto* host : {"web1", "web2", "web3"})
    CHECK(scene.status("r1", host) == "lost");
  CHECK(scene.status("r1") == "failed");
  CHECK(has(scene.text("r1", "web1"), "has not ended within 1m"));
  CHECK(has(scene.text("r1", "web2"), "is not connected"));
  CHECK(scene.heard["web1"]->all<link_cancel>().size() == 1);
}

TEST_CASE("an end that comes late counts while its run goes on",
          "[actors][fleet][dispatcher][M111]") {
  small_fleet scene{{"web1", "web2"}};
  scene.submit("r1", "web",
               R"({"host_timeout":60,"serial":["1"],"max_fail":"2"})");
  scene.say("web1", link_accept{"r1"});
  scene.pass(61s);
  CHECK(scene.status("r1", "web1") == "lost");
  scene.say("web2", link_accept{"r1"});
  scene.tell_end("web1", "r1");
  CHECK(scene.status("r1", "web1") == "ok");
  scene.tell_end("web2", "r1");
  CHECK(scene.status("r1") == "ok");
}

TEST_CASE("a cancelled run does not wait for ever for hosts that are away",
          "[actors][fleet][dispatcher][M111]") {
  small_fleet scene{{"web1"}};
  scene.submit("r1", "web", R"({"host_timeout":60})");
  scene.say("web1", link_accept{"r1"});
  scene.leave("web1");
  scene.say("alice", link_cancel{"r1", ""});
  CHECK(scene.status("r1") == "cancelling");
  scene.pass(61s);
  CHECK(scene.status("r1", "web1") == "lost");
  CHECK(scene.status("r1") == "cancelled");
}

TEST_CASE("a host that comes back with a run that was given up is told to stop",
          "[actors][fleet][dispatcher][M111]") {
  small_fleet scene{{"web1", "web2"}};
  scene.submit("r1", "web",
               R"({"host_timeout":60,"serial":["1"],"max_fail":"2"})");
  SECTION("it has begun, its link is gone, and its time is over") {
    scene.say("web1", link_accept{"r1"});
    scene.leave("web1");
    scene.pass(61s);
    CHECK(scene.status("r1", "web1") == "lost");
    SECTION("the run goes on") {
      CHECK(scene.status("r1") == "running");
    }
    SECTION("the run is over") {
      scene.tell_end("web2", "r1");
      CHECK(scene.status("r1") == "failed");
      scene.pass(1s);
    }
  }
  SECTION("it has begun, nobody has heard so, and the run was cancelled") {
    scene.leave("web1");
    scene.say("alice", link_cancel{"r1", ""});
    CHECK(scene.status("r1") == "cancelled");
    SECTION("a moment ago") {
      // nop
    }
    SECTION("some time ago") {
      scene.pass(1s);
    }
  }
  auto before = scene.status("r1", "web1");
  scene.arrive("web1");
  scene.say("web1", link_accept{"r1"});
  // What is over stays as it was.
  CHECK(scene.status("r1", "web1") == before);
  auto stops = scene.heard["web1"]->all<link_cancel>();
  REQUIRE(stops.size() == 1);
  CHECK(stops[0].run == "r1");
  scene.say("web1", link_accept{"r2"});
  CHECK(scene.heard["web1"]->all<link_cancel>().size() == 1);
}

TEST_CASE("a host that counts as absent and has begun all the same stops",
          "[actors][fleet][dispatcher][M111]") {
  small_fleet scene{{"web1", "web2"}};
  scene.submit("r1", "web", R"({"wait":10})");
  scene.say("web2", link_accept{"r1"});
  // It has accepted, and its link was gone before anybody heard so.
  scene.leave("web1");
  scene.pass(100s);
  CHECK(scene.status("r1", "web1") == "absent");
  CHECK(scene.status("r1") == "running");
  scene.arrive("web1");
  scene.say("web1", link_accept{"r1"});
  CHECK(scene.heard["web1"]->all<link_cancel>().size() == 1);
}

TEST_CASE("a host that was left out and has begun all the same stops, and its "
          "end counts",
          "[actors][fleet][dispatcher][M111]") {
  small_fleet scene{{"web1", "web2", "web3"}};
  scene.submit("r1", "web", R"({"serial":["3"],"max_fail":"0"})");
  // It has accepted, and its link was gone before anybody heard so.
  scene.leave("web1");
  scene.say("web2", link_accept{"r1"});
  scene.say("web3", link_accept{"r1"});
  scene.tell_end("web2", "r1", false);
  CHECK(scene.status("r1", "web1") == "left_out");
  scene.arrive("web1");
  scene.say("web1", link_accept{"r1"});
  CHECK(scene.heard["web1"]->all<link_cancel>().size() == 1);
  CHECK(scene.status("r1", "web1") == "running");
  scene.tell_end("web3", "r1");
  CHECK(scene.status("r1") == "running");
  scene.tell_end("web1", "r1", false);
  CHECK(scene.status("r1", "web1") == "failed");
  CHECK(scene.status("r1") == "failed");
}

TEST_CASE("a host that has told its end is left alone when its run is over",
          "[actors][fleet][dispatcher][M111]") {
  small_fleet scene{{"web1"}};
  scene.submit("r1", "web");
  scene.say("web1", link_accept{"r1"});
  scene.tell_end("web1", "r1");
  scene.pass(1s);
  scene.leave("web1");
  scene.arrive("web1");
  scene.say("web1", link_accept{"r1"});
  CHECK(scene.heard["web1"]->all<link_cancel>().empty());
}

TEST_CASE("a refusal counts after the plan was accepted as well",
          "[actors][fleet][dispatcher][M111]") {
  small_fleet scene{{"web1"}};
  scene.submit("r1", "web");
  scene.say("web1", link_accept{"r1"});
  // Of another run that goes on: it is busy, and not with this one.
  scene.say("web1", link_decline{"r1", plan_refusal::busy, "busy"});
  CHECK(scene.status("r1", "web1") == "running");
  scene.say("web1", link_decline{"r1", plan_refusal::damaged, "no room"});
  CHECK(scene.status("r1", "web1") == "declined");
  CHECK(scene.text("r1", "web1") == "damaged: no room");
  CHECK(scene.status("r1") == "failed");
}

TEST_CASE("people see why a host has not begun",
          "[actors][fleet][dispatcher][M111]") {
  small_fleet scene{{"web1"}};
  scene.submit("r1", "web", R"({"host_timeout":60})");
  scene.say("web1",
            link_decline{"r1", plan_refusal::busy, "no space left on device"});
  CHECK(
    has(scene.ask_state("r1"), R"("text":"busy: no space left on device")"));
  SECTION("it begins in time") {
    scene.say("web1", link_accept{"r1"});
    CHECK_FALSE(has(scene.ask_state("r1"), "no space left"));
  }
  SECTION("it does not") {
    scene.pass(61s);
    CHECK(scene.status("r1", "web1") == "lost");
    CHECK(has(scene.text("r1", "web1"), "busy: no space left on device"));
  }
}

TEST_CASE("a host that was made anew does not hold what it had begun",
          "[actors][fleet][dispatcher][M111]") {
  small_fleet scene{{"web1"}};
  scene.submit("r1", "web");
  scene.say("web1", link_accept{"r1"});
  scene.leave("web1");
  scene.arrive("web1");
  auto asked = scene.heard["web1"]->all<link_ask>();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].subject == "r1");
  SECTION("it knows of it") {
    scene.say("web1", link_answer{asked[0].number, 0, 0,
                                  R"({"running":"r1","known":true})"});
    CHECK(scene.status("r1", "web1") == "running");
  }
  SECTION("it is of an older version, which says less") {
    scene.say("web1", link_answer{asked[0].number, 0, 0, R"({"running":""})"});
    CHECK(scene.status("r1", "web1") == "running");
  }
  SECTION("it does not") {
    scene.say("web1", link_answer{asked[0].number, 0, 0,
                                  R"({"running":"","known":false})"});
    CHECK(scene.status("r1", "web1") == "lost");
    CHECK(scene.status("r1") == "failed");
  }
}

TEST_CASE("nobody hears of a step that the store has refused",
          "[actors][fleet][dispatcher][M083]") {
  small_fleet scene{{"web1", "web2"}};
  scene.submit("r1", "web", R"({"serial":["1"]})");
  scene.say("web1", link_accept{"r1"});
  scene.tell_end("web1", "r1", true);
  CHECK(scene.offers("web2") == 1);
  scene.store->full = true;
  scene.say("web2", link_accept{"r1"});
  CHECK(scene.status("r1", "web2") == "offered");
  auto state = state_of_run(scene, "r1");
  CHECK(state.find("trouble"));
  scene.submit("r2", "web");
  CHECK(scene.heard["alice"]->all<link_answer>().back().failed == 0);
  CHECK(has(scene.ask_state("r2"), "the store takes nothing"));
  scene.pass(5s);
  // It is told once, however often it is tried.
  CHECK(scene.told.size() == 1);
  CHECK(has(scene.told[0], "disk is full"));
  scene.store->full = false;
  scene.pass(1s);
  CHECK(scene.status("r1", "web2") == "running");
  CHECK(scene.told.size() == 2);
  CHECK_FALSE(state_of_run(scene, "r1").find("trouble"));
}

TEST_CASE("no host is offered a run before the store has it",
          "[actors][fleet][dispatcher][M083]") {
  small_fleet scene{{"web1", "web2"}};
  scene.leave("web2");
  scene.submit("r1", "web2");
  scene.store->full = true;
  scene.arrive("web2");
  scene.pass(3s);
  CHECK(scene.offers("web2") == 0);
  scene.store->full = false;
  scene.pass(1s);
  CHECK(scene.offers("web2") == 1);
  CHECK(scene.status("r1", "web2") == "offered");
}

TEST_CASE("the next controller goes on with what the store has",
          "[actors][fleet][dispatcher][M083]") {
  small_fleet scene{{"web1", "web2"}};
  scene.submit("r1", "web", R"({"host_timeout":600})");
  scene.say("web1", link_accept{"r1"});
  scene.pass(300s);
  scene.end();
  scene.begin();
  scene.come("alice", link_role::operator_);
  scene.pass(80s);
  // Both have time to come back.
  CHECK(scene.status("r1", "web1") == "running");
  CHECK(scene.status("r1", "web2") == "offered");
  scene.arrive("web2");
  CHECK(scene.offers("web2") == 1);
  // The time of a host goes on from where it was.
  scene.pass(230s);
  CHECK(scene.status("r1", "web1") == "lost");
}

TEST_CASE("a name that is nobody's is an error before anything goes out",
          "[actors][fleet][dispatcher][M111]") {
  small_fleet scene{{"web1", "web2"}};
  auto [hosts, problem] = GENERATE(table<std::string, std::string>({
    {"web1:wbe2", "'wbe2' or has that label; did you mean 'web2'?"},
    {"web:&prod", "'prod' or has that label"},
    {"db*", "'db*' or has that label"},
    {"web:!db", ""},
    {"all", ""},
    {"web*", ""},
  }));
  INFO(hosts);
  scene.submit("r1", hosts);
  CHECK(scene.offers("web1") == (problem.empty() ? 1 : 0));
  if (!problem.empty()) {
    CHECK(scene.status("r1") == "failed");
    CHECK(has(scene.text("r1", ""), problem));
  }
  dict options{{"each", true}};
  scene.say("alice", link_ask{77, link_question::hosts, hosts,
                              to_json(value{std::move(options)})});
  auto answer = scene.heard["alice"]->all<link_answer>().back();
  CHECK(answer.failed == (problem.empty() ? 0U : 1U));
}

TEST_CASE("as many of the newest runs are told as are asked for",
          "[actors][fleet][dispatcher][M111]") {
  auto [limit, told] = GENERATE(table<std::string, size_t>({
    {"{}", 500},
    {R"({"limit":1})", 1},
    {R"({"limit":600})", 600},
    {R"({"limit":1000})", 601},
    {R"({"limit":-5})", 1},
    {R"({"limit":"many"})", 500},
  }));
  CAPTURE(limit);
  small_fleet scene{{"web1"}};
  for (int i = 0; i <= 600; ++i) {
    fleet_run run;
    run.run = "r" + std::to_string(i);
    run.status = fleet_status::ok;
    REQUIRE(scene.store->put(run, {}));
  }
  scene.say("alice", link_ask{1, link_question::runs, "", limit});
  std::string whole;
  for (auto& each : scene.heard["alice"]->all<link_answer>())
    whole += each.body;
  CHECK(std::count(whole.begin(), whole.end(), '\n')
        == static_cast<std::ptrdiff_t>(told));
}

TEST_CASE("a run of so many hosts that no message holds them is told in parts",
          "[actors][fleet][dispatcher][page]") {
  small_fleet scene{{"web1"}};
  fleet_run run;
  run.run = "large";
  run.options = "{}";
  run.status = fleet_status::ok;
  std::vector<fleet_run_host> hosts(10'000);
  for (size_t i = 0; i < hosts.size(); ++i)
    hosts[i] = {"host" + std::to_string(i), i % 7, fleet_status::failed,
                std::string(100, 'x'), scene.machine->clock().now()};
  REQUIRE(scene.store->put(run, hosts));
  scene.say("alice", link_ask{1, link_question::state, "large", "{}"});
  auto parts = scene.heard["alice"]->all<link_answer>();
  std::string whole;
  for (auto& each : parts) {
    CHECK(each.failed == 0);
    CHECK(each.body.size() <= size_t{256} << 10);
    CHECK((each.more == 1) == (&each != &parts.back()));
    whole += each.body;
  }
  CHECK(whole.size() > size_t{1} << 20);
  CHECK(must(parse_json(whole)).find("hosts")->as_list().size() == 10'000);
  // Who asks often asks for the run alone.
  scene.say("alice",
            link_ask{2, link_question::state, "large", R"({"hosts":false})"});
  auto brief = scene.heard["alice"]->all<link_answer>().back();
  CHECK(brief.body.size() < 500);
  CHECK(has(brief.body, R"("status":"ok")"));
  CHECK_FALSE(has(brief.body, "host1"));
}
