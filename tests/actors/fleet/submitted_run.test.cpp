#include "actors/fleet/submitted_run.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("who gives a run away waits for its beginning, and not for ever",
          "[actors][fleet][M111]") {
  int asked = 0;
  int paused = 0;
  int begins_after = 3;
  auto ask = [&]() -> result<std::string> {
    return std::string{++asked > begins_after ? R"({"status":"running"})"
                                              : R"({"status":"receiving"})"};
  };
  auto pause = [&] { return ++paused < 10; };
  SECTION("it begins") {
    CHECK(*state_once_begun(ask, pause) == R"({"status":"running"})");
    CHECK(paused == 3);
  }
  SECTION("it does not") {
    begins_after = 1000;
    CHECK(state_once_begun(ask, pause).why().code == errc::timeout);
    CHECK(paused == 10);
  }
  SECTION("nobody answers") {
    auto out = state_once_begun(
      [] {
        return error{errc::network, "the link is gone"};
      },
      pause);
    CHECK(out.why().code == errc::network);
    CHECK(paused == 0);
  }
}
