#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("pause waits for so long", "[modules][pause][M047]") {
  struct wait_case {
    dict given;
    int64_t delta;
    const char* words;
  };
  for (auto& each :
       {wait_case{{{"seconds", 5}}, 5, "Paused for 5.0 seconds"},
        wait_case{{{"seconds", "2.9"}}, 2, "Paused for 2.0 seconds"},
        wait_case{{{"seconds", -3}}, 1, "Paused for 1.0 seconds"},
        wait_case{{{"minutes", 2}}, 120, "Paused for 2.0 minutes"},
        wait_case{{{"minutes", 0}}, 1, "Paused for 0.02 minutes"}}) {
    simulated_runner one;
    auto out = one.run("pause", each.given);
    CHECK_FALSE(out.failed);
    CHECK_FALSE(out.changed);
    CHECK(integer_at(out, "delta") == each.delta);
    CHECK(text_at(out, "stdout") == each.words);
    CHECK(out.warnings.empty());
    CHECK(integer_at(one.predict("pause", each.given), "delta") == 0);
  }
}

TEST_CASE("pause asks nobody and goes on", "[modules][pause][M047]") {
  simulated_runner one;
  auto out = one.run("pause", {{"prompt", "Sure?"}, {"echo", false}});
  CHECK_FALSE(out.failed);
  CHECK(text_at(out, "user_input").empty());
  CHECK(text_at(out, "echo") == "False");
  REQUIRE(out.warnings.size() == 1);
  CHECK(out.warnings[0].find("Sure?") != std::string::npos);
}

TEST_CASE("pause ends with the task's time", "[modules][pause][M052]") {
  simulated_runner one;
  one.deadline = one.host.time.steady_now() + std::chrono::seconds{3};
  auto out = one.run("pause", {{"minutes", 1e300}});
  CHECK(out.why == errc::timeout);
  CHECK(out.timed_out);
}
