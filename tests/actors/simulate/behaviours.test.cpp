#include "actors/simulate/behaviours.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;
using namespace std::chrono_literals;

TEST_CASE("ranges of time and parts are read", "[actors][simulate][M149]") {
  CHECK(parse_time_range("20ms")->least == 20ms);
  CHECK(parse_time_range("20ms")->most == 20ms);
  CHECK(parse_time_range("1s..1m30s")->most == 90s);
  CHECK(parse_time_range("0..1d")->most == 24h);
  for (auto* wrong : {"", "..", "1s..", "2s..1s", "1s..1d1s", "x", "-1s"}) {
    INFO(wrong);
    CHECK(!parse_time_range(wrong));
  }
  CHECK(*parse_share("0%") == 0);
  CHECK(*parse_share("2.5%") == Approx(0.025));
  CHECK(*parse_share("100%") == 1);
  for (auto* wrong : {"", "%", "2", "100.1%", "-1%", "nan%", "inf%", "2%%"}) {
    INFO(wrong);
    CHECK(!parse_share(wrong));
  }
}

TEST_CASE("a table of behaviours is bounded", "[actors][simulate][M149]") {
  std::string rows = "services:\n";
  for (size_t i = 0; i < behaviours::most_rows; ++i)
    rows += fmt::format("- {{name: s{}}}\n", i);
  behaviours table;
  problems found;
  read_behaviours(rows, "a.yml", table, found);
  CHECK(found.empty());
  CHECK(table.services.size() == behaviours::most_rows);
  read_behaviours("services: [{name: more}]", "b.yml", table, found);
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0].message, Catch::Contains("more than 10000 rows"));
  CHECK(to_string(found[0].place) == "b.yml:1:11");
}

TEST_CASE("of built-in modules a table says what they ask, not their answer",
          "[actors][simulate][M149]") {
  behaviours table;
  problems found;
  auto name
    = GENERATE(as<std::string>{}, "apt", "ansible.builtin.apt", "assert");
  read_behaviours(
    fmt::format("modules:\n- {{name: {}, answer: {{changed: true}}}}\n", name),
    "a.yml", table, found);
  REQUIRE(found.size() == 1);
  CHECK(to_string(found[0].place) == "a.yml:2:10");
  CHECK_THAT(found[0].message, Catch::Contains("is built in"));
}

TEST_CASE("an empty file of behaviours says nothing",
          "[actors][simulate][M149]") {
  behaviours table;
  problems found;
  read_behaviours("", "a.yml", table, found);
  read_behaviours("# nothing\n", "a.yml", table, found);
  CHECK(found.empty());
}
