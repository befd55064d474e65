#include "config/plan/plan_reader.hpp"
#include "config/value/duration.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;

// Every number and duration of a plan, at its bounds and one past them.

namespace {

/// What is wrong with a plan whose only task has these keywords besides.
std::string trouble(const std::string& keywords) {
  auto document = parse_plan(
    fmt::format(R"({{"tasks":[{{"module":"m",{}}}]}})", keywords), "p.json");
  REQUIRE(document);
  problems found;
  read_plan(*document, "p.json", {}, found);
  return found.empty() ? "" : found.front().message;
}

} // namespace

TEST_CASE("whole numbers of a task are bounded", "[config][plan][M062]") {
  auto [keyword, least, most] = GENERATE(table<std::string, int64_t, int64_t>({
    {R"("retries":{})", 0, 1'000'000},
    {R"("retry_policy":{{"max_attempts":{}}})", 0, 1'000'000},
    {R"("poll":{})", 0, 1'000'000},
    {R"("throttle":{})", 0, 1'000'000},
    {R"("loop":[1],"loop_parallel":{})", 1, 1'000'000},
    {R"("async":{})", 0, longest_seconds},
  }));
  INFO(keyword);
  auto with = [&said = keyword](int64_t n) {
    return trouble(fmt::format(fmt::runtime(said), n));
  };
  CHECK(with(least) == "");
  CHECK(with(most) == "");
  CHECK_THAT(with(least - 1), Catch::Contains("expected a whole number"));
  CHECK_THAT(with(most + 1),
             Catch::Contains(fmt::format("from {} to {}", least, most)));
}

TEST_CASE("a percentage of a task is bounded, and may be none of hundred parts",
          "[config][plan][M062]") {
  auto with = [](std::string_view x) {
    return trouble(fmt::format(R"("max_fail_percentage":{})", x));
  };
  for (auto* each : {"0", "100", "33.4", R"("30%")", R"(" 33.4 % ")"})
    CHECK(with(each) == "");
  for (auto* each : {"-1", "101", "100.1", R"("%")", R"("few")", R"("1 0")",
                     R"("nan")", "true", "[1]"})
    CHECK_THAT(with(each), Catch::Contains("a percentage from 0 to 100"));
}

TEST_CASE("durations of a task are bounded", "[config][plan][M062]") {
  std::string keyword = GENERATE(
    as<std::string>{}, R"("timeout":{})", R"("delay":{})", R"("max_delay":{})",
    R"("retry_policy":{{"delay":{}}})", R"("retry_policy":{{"max_delay":{}}})",
    R"("loop":[1],"loop_control":{{"pause":{}}})");
  INFO(keyword);
  auto with
    = [&](int64_t n) { return trouble(fmt::format(fmt::runtime(keyword), n)); };
  CHECK(with(0) == "");
  CHECK(with(longest_seconds) == "");
  CHECK_THAT(with(longest_seconds + 1), Catch::Contains("at most 3153600000"));
  CHECK_THAT(with(-1), Catch::Contains("expected a duration"));
}

TEST_CASE("a parallel group has at least one lane", "[config][plan][M062]") {
  auto with = [](int64_t n) {
    auto text = fmt::format(R"({{"plays":[{{"batches":[{{
      "tasks":[{{"task_id":"t","module":"m"}}],
      "parallel_groups":[{{"tasks":["t"],"max_parallelism":{}}}]}}]}}]}})",
                            n);
    auto document = parse_plan(text, "p.json");
    REQUIRE(document);
    problems found;
    read_plan(*document, "p.json", {}, found);
    return found.empty();
  };
  CHECK_FALSE(with(0));
  CHECK(with(1));
  CHECK(with(1'000'000));
  CHECK_FALSE(with(1'000'001));
}
