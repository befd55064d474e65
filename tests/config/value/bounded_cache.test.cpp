#include "config/value/bounded_cache.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace troupe;

TEST_CASE("a cache forgets first what was not asked for lately",
          "[config][bounded_cache]") {
  bounded_cache<std::string, int> cache{100};
  cache.add("a", 1, 30);
  cache.add("b", 2, 20);
  CHECK(cache.bytes() == 50);
  // The young ones are half of it: these two are old now.
  cache.add("c", 3, 40);
  CHECK(cache.bytes() == 90);
  CHECK(cache.find("b") == 2);
  CHECK(cache.bytes() == 60);
  cache.add("d", 4, 10);
  CHECK(cache.find("a") == std::nullopt);
  CHECK(cache.find("b") == 2);
  CHECK(cache.find("c") == 3);
  CHECK(cache.find("d") == 4);
  CHECK(cache.bytes() <= 100);
}

TEST_CASE("a cache keeps what takes half of it and nothing larger",
          "[config][bounded_cache]") {
  bounded_cache<std::string, int> cache{100};
  cache.add("larger", 1, 51);
  CHECK(cache.find("larger") == std::nullopt);
  CHECK(cache.bytes() == 0);
  cache.add("half", 1, 50);
  CHECK(cache.find("half") == 1);
  // What is known already is not counted twice.
  cache.add("half", 2, 50);
  CHECK(cache.bytes() <= 100);
}
