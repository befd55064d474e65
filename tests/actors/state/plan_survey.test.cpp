#include "actors/state/plan_survey.hpp"

#include "config/plan/plan_stream.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

/// A streamed plan in a file, and what a survey makes of it.
struct survey_stage {
  test::temp_dir dir;
  std::shared_ptr<host> machine = make_real_host();
  language templates;
  problems found;
  plan_surveyor surveyor{
    templates, builtin_modules(), {dir / "library"}, *machine, found};

  /// The plan without its tasks, which are in `tasks`.
  plan open(const std::string& text) {
    test::write_file(dir / "p.json", text);
    auto got = stream_plan(dir / "p.json", {});
    REQUIRE(got);
    tasks = got->tasks;
    problems none;
    return read_plan(got->root, "p.json", {}, none);
  }

  std::vector<std::string> order() const {
    std::vector<std::string> out;
    for (size_t i = 0; i < tasks->size(); ++i)
      out.push_back(tasks->pointer_at(i));
    return out;
  }

  std::shared_ptr<task_source> tasks;
};

const char* const example = R"({"tasks": [
  {"id": "c", "debug": {"msg": "{{ ansible_host }}"}, "dependencies": ["b"]},
  {"id": "a", "ping": {}},
  {"id": "b", "debug": {"msg": 1}, "dependencies": ["a"]}]})";

const std::vector<std::string> example_order{"/tasks/1", "/tasks/2",
                                             "/tasks/0"};

} // namespace

TEST_CASE("a survey is taken up again without reading the tasks",
          "[actors][plan_survey][M031][M016]") {
  survey_stage first;
  auto p = first.open(example);
  first.surveyor.stream(p, first.tasks, {});
  CHECK(first.found.empty());
  CHECK(first.order() == example_order);
  CHECK(first.surveyor.wants_facts());

  survey_stage again;
  p = again.open(example);
  // What is read now is an error.
  test::write_file(again.dir / "p.json", "changed");
  REQUIRE_FALSE(again.tasks->at(0));
  REQUIRE(again.surveyor.restore(p, again.tasks, {}, first.surveyor.notes()));
  CHECK(again.found.empty());
  CHECK(again.order() == example_order);
  CHECK(again.surveyor.wants_facts());
  CHECK(p.plays.front().body.order == block_order::graph);
  CHECK(p.task_count() == 3);
  auto modules = again.surveyor.take_modules();
  CHECK(modules.size() == 2);
  CHECK(modules.contains("debug"));
  CHECK(modules.contains("ping"));
}

TEST_CASE("notes that are not whole, or on another plan, are no notes",
          "[actors][plan_survey][M031][M016]") {
  survey_stage first;
  auto p = first.open(example);
  first.surveyor.stream(p, first.tasks, {});
  auto notes = first.surveyor.notes();
  survey_stage again;
  p = again.open(example);
  for (size_t n = 0; n < notes.size(); ++n)
    CHECK_FALSE(again.surveyor.restore(p, again.tasks, {}, notes.substr(0, n)));
  // The last number stands twice now: one task would run twice.
  auto twice = notes;
  twice.back() = twice[twice.size() - 2];
  CHECK_FALSE(again.surveyor.restore(p, again.tasks, {}, twice));
  survey_stage other;
  p = other.open(R"({"tasks": [{"id": "a", "ping": {}}]})");
  CHECK_FALSE(other.surveyor.restore(p, other.tasks, {}, notes));
}

TEST_CASE("a plan that may be rolled back is not streamed",
          "[actors][plan_survey][M031][M009]") {
  settings options;
  options.on_failure = failure_policy::rollback;
  survey_stage stage;
  auto p = stage.open(example);
  stage.surveyor.stream(p, stage.tasks, options);
  CHECK_FALSE(stage.found.empty());
  CHECK(stage.surveyor.notes().empty());

  survey_stage first;
  p = first.open(example);
  first.surveyor.stream(p, first.tasks, {});
  // The policy was another one when the run began.
  survey_stage again;
  p = again.open(example);
  CHECK_FALSE(
    again.surveyor.restore(p, again.tasks, options, first.surveyor.notes()));
}
