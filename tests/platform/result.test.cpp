#include "platform/result.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <vector>

using namespace troupe;

namespace {

result<std::string> answer(bool good) {
  if (good)
    return std::string{"forty-two"};
  return error{errc::not_found, "no answer"};
}

} // namespace

TEST_CASE("a result holds a value or the reason why not",
          "[platform][result]") {
  auto good = answer(true);
  REQUIRE(good);
  CHECK(*good == "forty-two");
  CHECK(good->size() == 9);
  auto bad = answer(false);
  REQUIRE_FALSE(bad);
  CHECK(bad.why().code == errc::not_found);
  CHECK(bad.why().message == "no answer");
}

TEST_CASE("results are copied, moved and assigned in all ways",
          "[platform][result]") {
  for (bool from : {true, false})
    for (bool to : {true, false}) {
      auto x = answer(from);
      auto y = answer(to);
      y = x;
      CHECK(static_cast<bool>(y) == from);
      CHECK(static_cast<bool>(x) == from);
      auto z = answer(to);
      z = std::move(y);
      CHECK(static_cast<bool>(z) == from);
      if (from)
        CHECK(*z == "forty-two");
      else
        CHECK(z.why().message == "no answer");
      auto& same = z;
      z = same;
      CHECK(static_cast<bool>(z) == from);
    }
}

TEST_CASE("a result of a list is that list", "[platform][result]") {
  // Braces would make a list that holds the list.
  result<std::vector<std::vector<int>>> x{std::vector<std::vector<int>>(2)};
  REQUIRE(x);
  CHECK(x->size() == 2);
}

TEST_CASE("a result may hold what cannot be copied", "[platform][result]") {
  result<std::unique_ptr<int>> x{std::make_unique<int>(7)};
  auto y = std::move(x);
  REQUIRE(y);
  CHECK(**y == 7);
  auto out = *std::move(y);
  CHECK(*out == 7);
}

TEST_CASE("success without a value is no error", "[platform][result]") {
  result<void> ok;
  CHECK(ok);
  result<void> bad = error{errc::timeout, "too late"};
  auto copy = bad;
  REQUIRE_FALSE(copy);
  CHECK(copy.why().code == errc::timeout);
  bad = ok;
  CHECK(bad);
}
