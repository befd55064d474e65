#include "config/language/run/growing_text.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>

using namespace troupe;

TEST_CASE("text grows by pieces of every length", "[config][language]") {
  growing_text out;
  std::string wanted;
  for (size_t length = 0; length < 300; ++length) {
    std::string piece;
    for (size_t i = 0; i < length; ++i)
      piece += static_cast<char>('a' + (length + i) % 26);
    out.append(piece);
    wanted += piece;
    REQUIRE(out.view() == wanted);
  }
  CHECK(out.size() == wanted.size());
}

TEST_CASE("numbers are put into growing text as they are read",
          "[config][language]") {
  growing_text out;
  std::string wanted;
  for (int64_t x : {int64_t{0}, int64_t{-1}, int64_t{1000},
                    std::numeric_limits<int64_t>::max(),
                    std::numeric_limits<int64_t>::min()})
    for (int i = 0; i < 100; ++i) {
      out.append(x);
      wanted += std::to_string(x);
    }
  CHECK(out.view() == wanted);
}

TEST_CASE("growing texts that exist together share no memory",
          "[config][language]") {
  // Twice: the second time with the memory of the first.
  for (int round = 0; round < 2; ++round) {
    growing_text outer;
    outer.append("outer ");
    for (int i = 0; i < 6; ++i) {
      growing_text inner;
      growing_text innermost;
      inner.append(std::string(3000, 'x'));
      innermost.append(std::string(100'000, 'y'));
      outer.append("more ");
      CHECK(inner.view() == std::string(3000, 'x'));
      CHECK(innermost.view() == std::string(100'000, 'y'));
    }
    CHECK(outer.view() == "outer more more more more more more ");
  }
}
