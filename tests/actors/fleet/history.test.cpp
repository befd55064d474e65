#include "actors/link/link_limits.hpp"
#include "tests/actors/fleet/fleet_scene.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::literals;

namespace {

host_event event_of(uint64_t number, size_t size = 100) {
  return {"web1",
          {{{"r1", 0}, number}, link_rank::result, std::string(size, 'x')}};
}

} // namespace

TEST_CASE("an event is acknowledged once it is stored, and not before",
          "[actors][fleet][history][M083]") {
  small_fleet scene{{"web1"}};
  auto& heard = *scene.heard["web1"];
  scene.give("web1", {event_of(1), event_of(2)});
  REQUIRE(heard.stored.size() == 1);
  CHECK(heard.stored[0].sequence == 2);
  scene.store->full = true;
  scene.give("web1", {event_of(3)});
  scene.pass(10s);
  CHECK(heard.stored.size() == 1);
  CHECK(scene.store->refused > 5);
  CHECK(scene.told.size() == 1);
  scene.store->full = false;
  scene.pass(1s);
  REQUIRE(heard.stored.size() == 2);
  CHECK(heard.stored[1].sequence == 3);
  CHECK(must(scene.store->events("r1", "", 0, 10)).size() == 3);
  CHECK(scene.told.size() == 2);
}

TEST_CASE("runs that ended long ago are forgotten as time goes on",
          "[actors][fleet][history][M153]") {
  small_fleet scene{{"web1"}};
  scene.submit("r1", "web");
  scene.say("web1", link_accept{"r1"});
  scene.tell_end("web1", "r1");
  CHECK(scene.status("r1") == "ok");
  scene.machine->time.advance(std::chrono::hours{24 * 90 - 1});
  scene.pass(120s);
  CHECK(scene.status("r1") == "ok");
  scene.machine->time.advance(std::chrono::hours{2});
  scene.advance(std::chrono::hours{1});
  CHECK(scene.status("r1").empty());
}

TEST_CASE("what waits for a store that takes nothing is bounded",
          "[actors][fleet][history][M083]") {
  small_fleet scene{{"web1"}};
  auto heard = scene.heard["web1"];
  scene.store->full = true;
  // 4,000 bytes may wait, of which an event takes 200 more than its body.
  scene.give("web1", {event_of(1, 1800)});
  scene.give("web1", {event_of(2, 1800)});
  CHECK(heard->ends.empty());
  scene.store->full = true;
  scene.give("web1", {event_of(3, 1)});
  REQUIRE(heard->ends.size() == 1);
  CHECK(heard->ends[0].why == link_end::stalled);
  CHECK(heard->ends[0].retry > 0s);
}

TEST_CASE("what follows an event that was not taken is not taken either",
          "[actors][fleet][history][M083]") {
  small_fleet scene{{"web1"}};
  scene.store->full = true;
  scene.give("web1", {event_of(1, 3000)});
  // Before it hears that its session ends it says more, for which there is
  // room.
  auto all = [](host_event x) {
    return std::make_shared<std::vector<host_event>>(
      std::vector<host_event>{std::move(x)});
  };
  caf::anon_send(scene.keeping, scene.sessions["web1"], all(event_of(2, 3000)));
  caf::anon_send(scene.keeping, scene.sessions["web1"], all(event_of(3, 10)));
  scene.settle();
  scene.store->full = false;
  scene.pass(2s);
  auto kept = must(scene.store->positions("web1", 10));
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].sequence == 1);
  // It comes again, and says them again.
  scene.arrive("web1");
  scene.give("web1", {event_of(2, 3000), event_of(3, 10)});
  CHECK(must(scene.store->positions("web1", 10))[0].sequence == 3);
  CHECK(must(scene.store->events("r1", "", 0, 10)).size() == 3);
}

TEST_CASE(
  "who asks for events says how many, and gets no more than there may be",
  "[actors][fleet][history][page]") {
  small_fleet scene{{"web1"}};
  std::vector<host_event> all;
  for (uint64_t i = 1; i <= 1001; ++i)
    all.push_back(event_of(i, 1));
  REQUIRE(scene.store->add(all));
  auto count = [&](const std::string& options) {
    auto ask = std::make_shared<const link_message>(
      link_ask{1, link_question::watch, "r1", options});
    caf::anon_send(scene.keeping,
                   std::make_shared<const session_said>(session_said{
                     scene.sessions["alice"],
                     scene.peer("alice", link_role::operator_), ask}));
    scene.settle();
    auto body = scene.heard["alice"]->all<link_answer>().back().body;
    return std::count(body.begin(), body.end(), '\n');
  };
  CHECK(count("{}") == 1000);
  CHECK(count(R"({"limit":1})") == 1);
  CHECK(count(R"({"limit":1000})") == 1000);
  CHECK(count(R"({"limit":1001})") == 1000);
  CHECK(count(R"({"limit":0})") == 1);
  CHECK(count(R"({"limit":"all"})") == 1000);
  CHECK(count(R"({"limit":5,"after":999})") == 2);
}

TEST_CASE("what old runs take is told when it cannot be given back",
          "[actors][fleet][history][M153]") {
  small_fleet scene{{"web1"}};
  scene.store->forgets_nothing = true;
  scene.advance(61s);
  scene.advance(61s);
  CHECK(scene.services.counters->forget_failures == 2);
  REQUIRE(scene.told.size() == 1);
  CHECK(scene.told[0].find("disk I/O error") != std::string::npos);
  scene.store->forgets_nothing = false;
  scene.advance(61s);
  CHECK(scene.services.counters->forget_failures == 2);
  CHECK(scene.told.size() == 2);
}

TEST_CASE("an event as large as there may be is told like any other",
          "[actors][fleet][history][M083]") {
  small_fleet scene{{"web1"}};
  std::vector<host_event> all{event_of(1, 10), event_of(2, event_most),
                              event_of(3, event_most - 100), event_of(4, 10)};
  REQUIRE(scene.store->add(all));
  std::vector<size_t> sizes;
  for (uint64_t after = 0; after < 4;) {
    scene.heard["alice"]->said.clear();
    auto ask = std::make_shared<const link_message>(
      link_ask{1, link_question::watch, "r1",
               to_json(value{dict{{"after", static_cast<int64_t>(after)}}})});
    caf::anon_send(scene.keeping,
                   std::make_shared<const session_said>(session_said{
                     scene.sessions["alice"],
                     scene.peer("alice", link_role::operator_), ask}));
    scene.settle();
    auto parts = scene.heard["alice"]->all<link_answer>();
    REQUIRE_FALSE(parts.empty());
    std::string whole;
    for (auto& each : parts) {
      CHECK(each.failed == 0);
      CHECK(each.body.size() <= event_most);
      CHECK((each.more == 1) == (&each != &parts.back()));
      whole += each.body;
    }
    auto lines = std::count(whole.begin(), whole.end(), '\n');
    REQUIRE(lines > 0);
    after += static_cast<uint64_t>(lines);
    sizes.push_back(whole.size());
  }
  // Each of the large ones alone, with its number and its host before it.
  CHECK(sizes == std::vector<size_t>{18, event_most + 8, event_most - 92, 18});
}
