#include "config/language/python/civil_time.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("a text that does not fit a format is told the whole format",
          "[config][language][M061]") {
  for (std::string_view format : {"%T", "%Y %F", "%c"}) {
    auto got = parse_time("2020 x", format);
    REQUIRE_FALSE(got);
    CHECK_THAT(got.why().message, Catch::Contains(std::string{format}));
  }
}
