#include "config/language/python/regex.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("regular expressions that are kept take no more than so many bytes",
          "[config][language][M062]") {
  for (int i = 0; i < 2000; ++i) {
    auto pattern = std::to_string(i) + std::string(10'000, 'x');
    REQUIRE(regex::get(pattern, {}));
    CHECK(regex::kept_bytes() <= regex::most_kept_bytes);
  }
  CHECK(regex::kept_bytes() > regex::most_kept_bytes / 3);
}
