#include "actors/run/task_gate.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("a gate lets each task in once, or all", "[actors][task_gate]") {
  task_gate gate;
  std::string heard;
  auto wait = [&](const std::string& task) {
    gate.wait(
      task, [&heard, task](bool runs) { heard += task + (runs ? "+" : "-"); });
  };
  for (auto* task : {"a", "b", "c", "d"})
    wait(task);
  auto asked = gate.is_waiting("c");
  REQUIRE(asked);
  gate.answer("b", true);
  gate.answer("b", false);
  gate.answer("a", false);
  gate.answer("x", true);
  CHECK(heard == "b+a-");
  CHECK_FALSE(gate.is_waiting("a"));
  CHECK_FALSE(asked->stop_requested());
  gate.forget("c");
  CHECK(asked->stop_requested());
  gate.answer("c", true);
  CHECK(heard == "b+a-");
  gate.answer_all(true);
  wait("e");
  CHECK(heard == "b+a-d+e+");
  gate.answer_all(false);
  wait("f");
  CHECK(heard == "b+a-d+e+f-");
}
