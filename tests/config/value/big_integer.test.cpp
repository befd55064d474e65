#include "config/value/big_integer.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

using words = std::vector<uint32_t>;

big_integer big(std::string_view digits) {
  return big_integer::of_digits(digits);
}

} // namespace

TEST_CASE("whole numbers of any size are read and shown",
          "[config][value][M060]") {
  for (std::string digits :
       {"0", "-1", "9223372036854775807", "-9223372036854775808",
        "340282366920938463463374607431768211456",
        "-340282366920938463463374607431768211457"})
    CHECK(big(digits).digits() == digits);
  CHECK(big("-0").digits() == "0");
  // Not octal.
  CHECK(big("-0017").digits() == "-17");
  CHECK(big("255").digits(16) == "ff");
  CHECK(big("255").digits(8) == "377");
  CHECK(big_integer::of_real(-1e30).digits()
        == "-1000000000000000019884624838656");
  CHECK(big_integer::of_real(0.9).digits() == "0");
  CHECK(big("-1000000000000000019884624838656").real() == -1e30);
  auto x = big("18446744073709551615");
  x.append(16, 15);
  CHECK(x.digits(16) == "fffffffffffffffff");
}

TEST_CASE("a whole number knows its bits", "[config][value][M060]") {
  struct row {
    big_integer x;
    int sign;
    size_t bits;
    words parts;
  };
  row rows[] = {
    {0, 0, 0, {0}},
    {1, 1, 1, {1}},
    {-2, -1, 2, {2}},
    {INT64_MIN, -1, 64, {0, 0x80000000}},
    {big_integer{2}.power(64), 1, 65, {0, 0, 1}},
  };
  for (auto& [x, sign, bits, parts] : rows) {
    INFO(x.digits());
    CHECK(x.sign() == sign);
    CHECK(x.bits() == bits);
    CHECK(x.words() == parts);
  }
  CHECK(big_integer{INT64_MAX}.small() == INT64_MAX);
  CHECK(big_integer{INT64_MIN}.small() == INT64_MIN);
  CHECK_FALSE((big_integer{INT64_MAX} + 1).small());
  CHECK_FALSE((big_integer{INT64_MIN} - 1).small());
}

TEST_CASE("whole numbers are divided downwards", "[config][value][M060]") {
  auto far = big_integer{10}.power(30);
  struct row {
    big_integer x;
    big_integer y;
    big_integer quotient;
    big_integer rest;
  };
  row rows[] = {
    {7, 2, 3, 1},
    {-7, 2, -4, 1},
    {7, -2, -4, -1},
    {-7, -2, 3, -1},
    {-6, 2, -3, 0},
    {far * 3 + 5, far, 3, 5},
    {-far * 3 - 5, far, -4, far - 5},
    {5, -far, -1, 5 - far},
  };
  for (auto& [x, y, quotient, rest] : rows) {
    INFO(x.digits() << " by " << y.digits());
    CHECK(x / y == quotient);
    CHECK(x % y == rest);
    CHECK(quotient * y + rest == x);
  }
  CHECK(-far < 0);
  CHECK(far > far - 1);
}
