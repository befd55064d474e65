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

TEST_CASE("in the sum of a loop a host that cannot be reached has not failed",
          "[actors][item_loop][M143]") {
  item_loop uut;
  uut.begin(std::vector<value>{1, 2}, {}, {});
  auto lost = went(true);
  lost.verdict.from.unreachable = true;
  task_result got;
  uut.add(std::move(lost), got);
  uut.add(went(false), got);
  uut.sum_up(got);
  CHECK(uut.any_failed());
  CHECK(got.unreachable);
  CHECK(*got.output.find("failed") == value{false});
  CHECK(got.output.find("msg")->text_or("") == "All items completed");
}

TEST_CASE("of each item is told on which other host it was done",
          "[actors][item_loop][M145]") {
  item_loop uut;
  uut.begin(std::vector<value>{"h1", "h2", "h1"}, {}, {});
  task_result got;
  uut.add(went(false), got);
  auto away = went(false);
  away.verdict.told_host = "h2(127.0.0.2)";
  uut.add(std::move(away), got);
  uut.add(went(false), got);
  CHECK(got.done_on == std::vector<std::string>{"", "h2(127.0.0.2)"});
}
