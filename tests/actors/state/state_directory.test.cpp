#include "actors/state/state_directory.hpp"

#include "platform/simulated/simulated_host.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("a run is meant by its id, a beginning of it, or as the last",
          "[actors][state_directory][M010]") {
  simulated_host machine;
  auto none = find_run(machine, "/state", "last");
  REQUIRE_FALSE(none);
  CHECK_THAT(none.why().message, Catch::Contains("no runs in '/state'"));
  for (auto* run : {"20260101T0-aa", "20260101T0-aabb", "20260102T0-cc"})
    machine.disk.put(std::string{"/state/runs/"} + run + "/journal", "");
  auto [named, meant] = GENERATE(table<std::string, std::string>({
    {"last", "20260102T0-cc"},
    {"20260102", "20260102T0-cc"},
    {"20260101T0-aa", "20260101T0-aa"},
    {"20260101T0-aab", "20260101T0-aabb"},
    {"20260101", ""},
    {"nope", ""},
    {"", ""},
    {"../x", ""},
  }));
  INFO(named);
  auto found = find_run(machine, "/state", named);
  CHECK((found ? *found : "") == meant);
  if (!found)
    CHECK(found.why().code == errc::not_found);
}
