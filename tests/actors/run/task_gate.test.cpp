#include "actors/run/task_gate.hpp"

#include "actors/cli/step_view.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

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

namespace {

struct view_that_throws final : event_writer {
  void on(const run_event&) override {
    throw std::runtime_error{"staged"};
  }
};

} // namespace

TEST_CASE("a run whose tasks nobody asks about any more ends",
          "[actors][task_gate]") {
  auto gate = std::make_shared<task_gate>();
  bool ended = false;
  gate->on_abandoned([&] { ended = true; });
  step_view view{std::make_shared<view_that_throws>(), gate};
  run_event event;
  event.what = run_started{"plan"};
  CHECK_THROWS_AS(view.on(event), std::runtime_error);
  CHECK(ended);
}
