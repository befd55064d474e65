#include "actors/run/item_loop.hpp"

#include "actors/run/task_evaluation.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

item_end went(bool failed) {
  item_end out;
  out.verdict.failed = failed;
  out.verdict.output = dict{{"failed", failed}};
  return out;
}

} // namespace

TEST_CASE("a loop is complete when each of its items has ended",
          "[actors][item_loop][M007]") {
  item_loop uut;
  CHECK_FALSE(uut.begun());
  uut.begin(std::vector<value>{1, 2}, {}, {});
  CHECK(uut.begun());
  CHECK_FALSE(uut.complete());
  CHECK(uut.take_next() == 0);
  uut.ended(0, went(false));
  // The second one was never begun: nothing failed, and not all is done.
  CHECK_FALSE(uut.complete());
  CHECK(uut.take_next() == 1);
  CHECK_FALSE(uut.complete());
  uut.ended(1, went(false));
  CHECK(uut.complete());
  CHECK_FALSE(uut.has_next());
}

TEST_CASE("people know an item by few words", "[actors][item_loop][M120]") {
  item_loop uut;
  uut.begin(std::vector<value>{"web", 7, std::string(101, 'x')}, {}, {});
  CHECK(uut.label_of(0) == "web");
  CHECK(uut.label_of(1) == "7");
  CHECK(uut.label_of(2)
        == std::string(100, 'x') + "[... 1 bytes left out ...]");
  CHECK(uut.label_of(3).empty());
  item_loop alone;
  alone.begin(std::nullopt, {}, {});
  CHECK(alone.label_of(0).empty());
}
