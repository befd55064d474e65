#include "tests/actors/link/link_scene.hpp"
#include "tests/support/temp_dir.hpp"

#include <fmt/format.h>

#include <cstdlib>

// Chaos over a link, in virtual time and from seeds. With SIMULATION_SEED only
// that seed is played; SIMULATION_SEEDS says how many.

using namespace troupe;
using namespace std::chrono_literals;
using test::link_scene;
using test::open_spool;
using test::planted_fault;
using test::wire_terms;

namespace {

uint64_t number_in(const char* name, uint64_t otherwise) {
  auto* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// What goes wrong in the world of a seed: each of these with a chance, so that
/// most worlds have several.
wire_terms terms_of(uint64_t seed) {
  std::mt19937_64 chance{seed};
  auto maybe = [&](unsigned percent, std::chrono::milliseconds least,
                   std::chrono::milliseconds most) {
    bool happens = chance() % 100 < percent;
    auto range = static_cast<uint64_t>((most - least).count()) + 1;
    auto drawn = least + std::chrono::milliseconds{chance() % range};
    return happens ? drawn : 0ms;
  };
  wire_terms out;
  out.delay = maybe(80, 1ms, 300ms);
  out.jitter = maybe(60, 1ms, 400ms);
  out.breaks = maybe(70, 1500ms, 30s);
  // A link that never lives as long as a greeting takes gets nowhere.
  if (out.breaks > 0ms)
    out.breaks = std::max(out.breaks, 8 * (out.delay + out.jitter));
  if (out.breaks > 0ms) {
    out.deaf = maybe(40, 100ms, 2s);
    out.forgets = chance() % 100 < 40;
    out.half_open = chance() % 100 < 30;
  }
  if (chance() % 100 < 20)
    out.broken_greetings = static_cast<int>(1 + chance() % 8);
  out.dark_for = maybe(20, 5s, 120s);
  out.dark_from = maybe(100, 1s, 60s);
  out.slow_for = maybe(15, 5s, 60s);
  out.slow_from = maybe(100, 1s, 60s);
  out.stopped_for = maybe(20, 5s, 90s);
  out.stopped_from = maybe(100, 1s, 60s);
  out.dies = maybe(40, 3s, 40s);
  return out;
}

struct world {
  std::string trouble;
  int joined = 0;
  size_t sent = 0;
  link_time end{};
};

/// What is wrong with a scene that has ended, or not; empty: nothing.
std::string trouble_of(const link_scene& scene, bool whole) {
  if (scene.wrong > 0)
    return fmt::format("{} events came twice, not in order or with another "
                       "content",
                       scene.wrong);
  if (!whole)
    return "stuck: not every event was stored and acknowledged in an hour";
  if (scene.missing > 0)
    return fmt::format("{} events are missing", scene.missing);
  if (scene.faults > 0)
    return "an end took the other one for broken";
  for (auto& [stream, numbers] : scene.stored) {
    if (numbers.size() != link_scene::events / 3)
      return fmt::format("{} of {} events of a run are stored", numbers.size(),
                         link_scene::events / 3);
    for (size_t i = 0; i < numbers.size(); ++i)
      if (numbers[i] != i + 1)
        return "an event is not at its place";
  }
  if (scene.most_held >= 1'000'000)
    return fmt::format("an end held {} bytes", scene.most_held);
  if (scene.longest_silence > 30s)
    return "an end believed in a link for more than 30 s of silence";
  return {};
}

world play(uint64_t seed, planted_fault plant = planted_fault::none) {
  test::temp_dir dir;
  auto kept = open_spool(dir / "spool");
  link_scene scene{*kept, terms_of(seed), seed};
  scene.plant = plant;
  scene.reopen = [&]() -> spool& {
    kept.reset();
    kept = open_spool(dir / "spool");
    return *kept;
  };
  auto whole = scene.play(1h);
  return {trouble_of(scene, whole), scene.joined, scene.sent_bytes, scene.now};
}

/// What is wrong in a world.
std::string describe(const wire_terms& terms) {
  std::string out;
  auto say = [&](const char* name, std::chrono::milliseconds time) {
    if (time > 0ms)
      out += fmt::format(" {} {} ms;", name, time.count());
  };
  say("delay", terms.delay);
  say("jitter", terms.jitter);
  say("breaks", terms.breaks);
  say("deaf", terms.deaf);
  out += terms.forgets ? " the controller forgets;" : "";
  out += terms.half_open ? " half open;" : "";
  if (terms.broken_greetings > 0)
    out += fmt::format(" {} broken greetings;", terms.broken_greetings);
  if (terms.dark_for > 0ms)
    say("dark from", terms.dark_from);
  say("dark for", terms.dark_for);
  if (terms.slow_for > 0ms)
    say("slow from", terms.slow_from);
  say("slow for", terms.slow_for);
  if (terms.stopped_for > 0ms)
    say("stopped from", terms.stopped_from);
  say("stopped for", terms.stopped_for);
  say("dies", terms.dies);
  return out;
}

std::string again(uint64_t seed) {
  return fmt::format("seed {}: ./dev simulate --seed {} plays it again;{}",
                     seed, seed, describe(terms_of(seed)));
}

} // namespace

TEST_CASE("in no world an event is lost, stored twice or out of order",
          "[simulation][link][chaos][M113][M083]") {
  auto only = number_in("SIMULATION_SEED", 0);
  auto first = only > 0 ? only : number_in("SIMULATION_FIRST", 1);
  auto count = only > 0 ? 1 : number_in("SIMULATION_SEEDS", 300);
  uint64_t joined = 0;
  for (auto seed = first; seed < first + count; ++seed) {
    auto came = play(seed);
    joined += static_cast<uint64_t>(came.joined);
    INFO(again(seed));
    CHECK(came.trouble == "");
  }
  // They were worlds in which something happened.
  if (count >= 300)
    CHECK(joined > 3 * count);
}

TEST_CASE("a seed is the same world each time",
          "[simulation][link][chaos][M113]") {
  for (uint64_t seed : {3, 14, 15, 92}) {
    auto once = play(seed);
    auto twice = play(seed);
    CHECK(once.joined == twice.joined);
    CHECK(once.sent == twice.sent);
    CHECK(once.end == twice.end);
  }
}

TEST_CASE("faults that were planted are found",
          "[simulation][link][chaos][M113]") {
  for (auto plant :
       {planted_fault::lost_acknowledgement, planted_fault::stored_twice,
        planted_fault::acknowledged_unstored, planted_fault::out_of_order,
        planted_fault::forgotten_after}) {
    uint64_t seed = 1;
    while (seed <= 1000 && play(seed, plant).trouble.empty())
      ++seed;
    INFO("fault " << static_cast<int>(plant));
    CHECK(seed <= 1000);
    if (seed > 1000)
      continue;
    // Without it that world is sound.
    CHECK(play(seed).trouble == "");
  }
}
