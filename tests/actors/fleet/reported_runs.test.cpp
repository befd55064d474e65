#include "tests/actors/fleet/fleet_scene.hpp"

#include <fmt/format.h>

using namespace troupe;
using namespace troupe::test;
using namespace std::literals;

namespace {

/// An event that stands in a run as its first or its last one does.
host_event reported_event(const std::string& host, const std::string& run,
                          uint64_t sequence, bool last = false,
                          bool failed = false) {
  host_event out;
  out.host = host;
  out.event.at = {{run, 0}, sequence};
  out.event.rank = last ? link_rank::ending : link_rank::result;
  out.event.body
    = last ? fmt::format(R"({{"event":"run_ended","failed":{},"message":"m"}})",
                         failed)
           : R"({"event":"run_started","plan":"site"})";
  return out;
}

std::string ask_runs(fleet_scene& scene) {
  scene.say("alice", link_ask{++scene.question, link_question::runs, "", "{}"});
  return scene.heard["alice"]->all<link_answer>().back().body;
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void tell_run(fleet_scene& scene, const std::string& host,
              const std::string& run) {
  scene.give(
    host, {reported_event(host, run, 1), reported_event(host, run, 2, true)});
}

} // namespace

TEST_CASE("a run that a host tells of by itself is among the runs",
          "[actors][fleet][told][M083]") {
  small_fleet scene{{"web1", "web2"}};
  scene.give("web1", {reported_event("web1", "r1", 1)});
  CHECK(says(ask_runs(scene), R"("run":"r1","status":"running")"));
  CHECK(says(scene.ask_state("r1"), R"("plan":"site")"));
  scene.give("web1", {reported_event("web1", "r1", 2, true, true)});
  auto state = scene.ask_state("r1");
  CHECK(says(state, R"("status":"failed")"));
  CHECK(says(state, R"("reported":true)"));
  CHECK(says(state, R"("hosts":[{"host":"web1","batch":0,"status":"failed")"));
  // What comes again says nothing new.
  scene.give("web1", {reported_event("web1", "r1", 1)});
  CHECK(says(scene.ask_state("r1"), R"("status":"failed")"));
  // Another part of it is the same run, which goes on.
  auto next = reported_event("web1", "r1", 1);
  next.event.at.stream.part = 1;
  scene.give("web1", {next});
  CHECK(says(scene.ask_state("r1"), R"("status":"running")"));
  // Two hosts may call theirs the same.
  tell_run(scene, "web2", "r1");
  CHECK(says(scene.ask_state("r1"), R"("host":"web2")"));
  CHECK(says(scene.ask_state("r1"), R"("run":"r1","status":"running")"));
}

TEST_CASE("of a run that was sent the fleet says how it stands, not its hosts",
          "[actors][fleet][told][M083][M111]") {
  small_fleet scene{{"web1"}};
  scene.submit("r1", "web1");
  tell_run(scene, "web1", "r1");
  CHECK(must(scene.store->reports(10)).empty());
  CHECK_FALSE(says(ask_runs(scene), "reported"));
}

TEST_CASE("a host that tells of a run of its own takes nobody's place",
          "[actors][fleet][told][registry][M083][M112]") {
  small_fleet scene{{"web1"}};
  for (int i = 0; i < 10; ++i) {
    scene.report(fmt::format("run{}", i), "web1");
    REQUIRE(scene.heard[fmt::format("run{}", i)]->let_in);
    CHECK_FALSE(scene.heard[fmt::format("run{}", i)]->let_in->refusal);
  }
  CHECK(scene.heard["web1"]->ends.empty());
  CHECK(scene.services.counters->reporters == 10);
  CHECK(scene.services.counters->sessions[0] == 1);
  // It is offered nothing, and nobody is told that it is there.
  scene.leave("web1");
  scene.submit("r1", "web1", R"({"wait":1})");
  scene.pass(3s);
  CHECK(scene.status("r1", "web1") == "absent");
  for (int i = 0; i < 10; ++i)
    CHECK(scene.offers(fmt::format("run{}", i)) == 0);
}

TEST_CASE("so many runs of a host tell at once, and all end with its name",
          "[actors][fleet][told][registry][M112]") {
  fleet_scene scene;
  scene.member("root", link_role::admin);
  scene.member("web1");
  scene.begin();
  scene.come("root", link_role::admin);
  for (int i = 0; i < 65; ++i)
    scene.report(fmt::format("run{}", i), "web1");
  CHECK_FALSE(scene.heard["run63"]->let_in->refusal);
  CHECK(scene.heard["run64"]->let_in->refusal == link_refusal::busy);
  scene.say("root", link_ask{1, link_question::revoke, "web1", "{}"});
  for (int i = 0; i < 64; ++i) {
    auto& ends = scene.heard[fmt::format("run{}", i)]->ends;
    REQUIRE(ends.size() == 1);
    CHECK(ends[0].why == link_end::revoked);
  }
  CHECK(scene.services.counters->hosts == 0);
}

TEST_CASE("of runs that hosts tell of by themselves so many are kept, of each "
          "its share",
          "[actors][fleet][told][M083]") {
  small_fleet scene{{"web1", "web2"}};
  tell_run(scene, "web2", "other");
  for (int i = 0; i < 6; ++i)
    tell_run(scene, "web1", fmt::format("r{}", i));
  store_bounds keep;
  keep.runs = 3;
  while (must(scene.store->forget(keep))) {
  }
  std::vector<std::string> left;
  for (auto& each : must(scene.store->reports(10)))
    left.push_back(each.run);
  // The oldest of the host that has told of most.
  CHECK(left == std::vector<std::string>{"r5", "r4", "other"});
  CHECK(must(scene.store->events("r3", "", 0, 10)).empty());
  CHECK(must(scene.store->events("r4", "", 0, 10)).size() == 2);
  CHECK(must(scene.store->events("other", "", 0, 10)).size() == 2);
}
