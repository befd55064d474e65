#include "tests/actors/link/link_scene.hpp"
#include "tests/support/temp_dir.hpp"

using namespace troupe;
using namespace std::chrono_literals;
using test::link_scene;
using test::open_spool;
using test::wire_terms;

namespace {

struct profile {
  const char* name;
  wire_terms terms;
};

const profile profiles[] = {
  {"200 ms, give or take 100", {.delay = 100ms, .jitter = 200ms}},
  {"breaks at any byte", {.delay = 20ms, .jitter = 60ms, .breaks = 2s}},
  {"sent again", {.delay = 10ms, .breaks = 4s, .deaf = 1500ms}},
  {"dark for 90 s", {.dark_from = 20s, .dark_for = 90s}},
  {"a byte a second", {.delay = 5ms, .slow_from = 20s, .slow_for = 100s}},
  {"half open", {.delay = 20ms, .breaks = 10s, .half_open = true}},
  {"reset in the greeting", {.delay = 10ms, .broken_greetings = 7}},
  {"stopped controller", {.stopped_from = 20s, .stopped_for = 60s}},
  {"dying controller", {.delay = 30ms, .breaks = 3s, .forgets = true}},
};

} // namespace

TEST_CASE("each event is stored once and in order, whatever the wire does",
          "[actors][link][chaos][M083]") {
  for (auto& each : profiles)
    for (uint64_t seed : {1, 2, 3}) {
      test::temp_dir dir;
      auto kept = open_spool(dir / "spool");
      link_scene scene{*kept, each.terms, seed};
      auto whole = scene.play(10min);
      INFO(each.name << ", seed " << seed);
      CHECK(whole);
      CHECK(scene.wrong == 0);
      CHECK(scene.faults == 0);
      CHECK(scene.missing == 0);
      REQUIRE(scene.stored.size() == 3);
      for (auto& [stream, numbers] : scene.stored) {
        CHECK(numbers.size() == link_scene::events / 3);
        CHECK(numbers.back() == link_scene::events / 3);
      }
      CHECK(scene.most_held < 1'000'000);
      CHECK(scene.longest_silence <= 30s);
      if (each.terms.breaks > 0s)
        CHECK(scene.joined > 2);
    }
}

TEST_CASE("a link that broke without a word is given up within half a minute",
          "[actors][link][chaos][M083]") {
  test::temp_dir dir;
  auto kept = open_spool(dir / "spool");
  link_scene scene{*kept, {.dark_from = 20s, .dark_for = 90s}, 5};
  CHECK(scene.play(10min));
  CHECK(scene.ends[link_end::silent] == 1);
  CHECK(scene.ends[link_end::handshake] > 2);
  CHECK(scene.joined == 2);
}

TEST_CASE("what found no room is told, and nothing else is missing",
          "[actors][link][chaos][M083]") {
  for (uint64_t seed : {1, 2, 3}) {
    test::temp_dir dir;
    auto kept = open_spool(dir / "spool", {.events = 60});
    link_scene scene{*kept, {.dark_from = 1s, .dark_for = 200s}, seed};
    CHECK(scene.play(10min));
    CHECK(scene.wrong == 0);
    CHECK(scene.faults == 0);
    uint64_t left_out = 0;
    for (auto rank :
         {link_rank::progress, link_rank::result, link_rank::ending})
      left_out += kept->left_out(rank);
    CHECK(left_out > 100);
    CHECK(kept->left_out(link_rank::ending) == 0);
    uint64_t got = 0;
    for (auto& [stream, numbers] : scene.stored) {
      got += numbers.size();
      CHECK(numbers.back() == link_scene::events / 3);
    }
    CHECK(got + left_out == link_scene::events);
    CHECK(scene.missing == left_out);
  }
}
