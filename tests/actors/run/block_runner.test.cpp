#include "tests/actors/staged_run.hpp"

#include <fmt/format.h>

using namespace std::literals;
using namespace troupe;

namespace {

using keys = std::vector<std::string>;

struct block_stage : test::staged_run {};

constexpr auto diamond = R"({"tasks": [
  {"id": "a", "stage": {"key": "a"}},
  {"id": "b", "stage": {"key": "b"}, "dependencies": ["a"]},
  {"id": "c", "stage": {"key": "c"}, "dependencies": ["a"]},
  {"id": "d", "stage": {"key": "d"}, "dependencies": ["b", "c"]}]})";

} // namespace

TEST_CASE_METHOD(block_stage, "ready tasks of a graph run side by side",
                 "[actors][block_runner][M003][M023]") {
  script["b"] = script["c"] = {{.takes = 1s}};
  load(diamond);
  play_out();
  CHECK(busiest == 2);
  CHECK(calls.front() == "a");
  CHECK(calls.back() == "d");
}

TEST_CASE_METHOD(block_stage, "sequential mode gives the same results",
                 "[actors][block_runner][M004]") {
  settings.set("parallel_tasks", 1);
  script["b"] = {{.failed = true}};
  load(diamond);
  play_out();
  CHECK(busiest == 1);
  CHECK(status("c") == "success");
  CHECK(status("d") == "skipped");
}

TEST_CASE_METHOD(block_stage,
                 "a failed branch of a diamond leaves the other alone",
                 "[actors][block_runner][M006][M007]") {
  script["b"] = {{.failed = true}};
  script["c"] = {{.changed = true, .takes = 10s}};
  load(diamond);
  play_out();
  CHECK(status("b") == "failed");
  CHECK(status("c") == "success");
  CHECK(result("c").changed);
  CHECK(status("d") == "skipped");
  CHECK(result("d").failed_dependency == "b");
  CHECK_THAT(result("d").reason, Catch::StartsWith("dependency failed: 'b' ("));
}

TEST_CASE_METHOD(block_stage, "a skipped dependency counts as satisfied",
                 "[actors][block_runner][M006]") {
  load(R"({"tasks": [
    {"id": "linux", "stage": {"key": "linux"}},
    {"id": "darwin", "stage": {"key": "darwin"}, "when": false},
    {"id": "both", "stage": {"key": "both"},
     "dependencies": ["linux", "darwin"]}]})");
  play_out();
  CHECK(status("darwin") == "skipped");
  CHECK(status("both") == "success");
}

TEST_CASE_METHOD(block_stage, "what was blocked blocks what depends on it",
                 "[actors][block_runner][M006]") {
  script["a"] = {{.failed = true}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "a"}},
    {"id": "b", "stage": {"key": "b"}, "dependencies": ["a"]},
    {"id": "c", "stage": {"key": "c"}, "dependencies": ["b"]}]})");
  play_out();
  CHECK(result("c").failed_dependency == "a");
  CHECK(calls == keys{"a"});
}

TEST_CASE_METHOD(block_stage,
                 "abort starts nothing more and keeps every result",
                 "[actors][block_runner][M007][M008]") {
  script["b"] = {{.failed = true}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "a"}}, {"id": "b", "stage": {"key": "b"}},
    {"id": "c", "stage": {"key": "c"}}, {"id": "d", "stage": {"key": "d"}}]})");
  play_out();
  CHECK(calls == keys{"a", "b"});
  CHECK(status("a") == "success");
  CHECK(status("c") == "cancelled");
  CHECK_THAT(result("c").reason, Catch::Contains("task 'b' (plan.json:2:41)"));
  CHECK(outcome().counts.ended() == 4);
}

TEST_CASE_METHOD(block_stage, "abort in a graph lets running tasks end",
                 "[actors][block_runner][M008]") {
  script["b"] = {{.failed = true, .takes = 1s}};
  script["c"] = {{.changed = true, .takes = 60s}};
  load(R"({"failure_policy": "Abort", "tasks": [
    {"id": "a", "stage": {"key": "a"}},
    {"id": "b", "stage": {"key": "b"}, "dependencies": ["a"]},
    {"id": "c", "stage": {"key": "c"}, "dependencies": ["a"]},
    {"id": "d", "stage": {"key": "d"}, "dependencies": ["c"]}]})");
  play_out();
  CHECK(status("c") == "success");
  CHECK(status("d") == "cancelled");
}

TEST_CASE_METHOD(block_stage, "continue goes on after a failure",
                 "[actors][block_runner][M008]") {
  settings.set("failure_policy", "continue");
  script["a"] = {{.failed = true}};
  load(R"({"tasks": [{"id": "a", "stage": {"key": "a"}},
                     {"id": "b", "stage": {"key": "b"}}]})");
  play_out();
  CHECK(calls == keys{"a", "b"});
  CHECK(outcome().failed_tasks == keys{"a"});
}

TEST_CASE_METHOD(block_stage,
                 "a parallel group runs side by side up to its limit",
                 "[actors][block_runner][M003]") {
  for (auto* key : {"b", "c", "d"})
    script[key] = {{.takes = 1s}};
  load(R"({"plays": [{"batches": [{"batch_id": "x", "tasks": [
      {"task_id": "a", "module": "stage", "args": {"key": "a"}},
      {"task_id": "b", "module": "stage", "args": {"key": "b"}},
      {"task_id": "c", "module": "stage", "args": {"key": "c"}},
      {"task_id": "d", "module": "stage", "args": {"key": "d"}},
      {"task_id": "e", "module": "stage", "args": {"key": "e"}}],
    "parallel_groups": [{"group_id": "g", "tasks": ["b", "c", "d"],
                         "max_parallelism": 2}]}]}]})");
  play_out();
  CHECK(calls.front() == "a");
  CHECK(calls.back() == "e");
  CHECK(busiest == 2);
}

TEST_CASE_METHOD(block_stage, "batches wait for the batches they name",
                 "[actors][block_runner][M003]") {
  script["a"] = {{.takes = 5s}};
  load(R"({"plays": [{"batches": [
    {"batch_id": "last", "dependencies": ["first"], "tasks": [
      {"task_id": "z", "module": "stage", "args": {"key": "z"}}]},
    {"batch_id": "first", "tasks": [
      {"task_id": "a", "module": "stage", "args": {"key": "a"}}]}]}]})");
  play_out();
  CHECK(calls == keys{"a", "z"});
}

TEST_CASE_METHOD(block_stage, "a task may depend on a task of an earlier batch",
                 "[actors][block_runner][M003]") {
  script["a"] = {{.failed = true}};
  settings.set("failure_policy", "continue");
  load(R"({"plays": [{"batches": [
    {"batch_id": "one", "tasks": [
      {"task_id": "a", "module": "stage", "args": {"key": "a"}}]},
    {"batch_id": "two", "tasks": [
      {"task_id": "b", "module": "stage", "args": {"key": "b"},
       "dependencies": ["a"]},
      {"task_id": "c", "module": "stage", "args": {"key": "c"}}]}]}]})");
  play_out();
  CHECK(status("b") == "skipped");
  CHECK(result("b").failed_dependency == "a");
  CHECK(status("c") == "success");
}

TEST_CASE_METHOD(block_stage,
                 "rescue runs when the block failed, always in any case",
                 "[actors][block_runner][M020]") {
  script["b"] = {{.failed = true}};
  load(R"({"tasks": [
    {"id": "x", "block": [
      {"id": "a", "stage": {"key": "a"}}, {"id": "b", "stage": {"key": "b"}},
      {"id": "c", "stage": {"key": "c"}}],
     "rescue": [{"id": "r", "stage": {"key": "r"}}],
     "always": [{"id": "w", "stage": {"key": "w"}}]},
    {"id": "after", "stage": {"key": "after"}}]})");
  play_out();
  CHECK(calls == keys{"a", "b", "r", "w", "after"});
  CHECK(status("c") == "cancelled");
  CHECK(result("b").has_rescue);
  keys rescued;
  for (auto& each : events)
    if (auto* good = each.as<task_rescued>())
      rescued.push_back(good->task + "/" + good->name);
  CHECK(rescued == keys{"b/stage"});
}

TEST_CASE_METHOD(block_stage,
                 "a rescue that fails makes nothing good, one around it does",
                 "[actors][block_runner][M020]") {
  script["a"] = script["r"] = {{.failed = true}};
  load(R"({"tasks": [{"id": "x", "block": [
      {"id": "y", "block": [{"id": "a", "stage": {"key": "a"}}],
       "rescue": [{"id": "r", "stage": {"key": "r"}}]}],
     "rescue": [{"id": "s", "stage": {"key": "s"}}]},
    {"id": "z", "block": [{"id": "fine", "stage": {"key": "fine"}}],
     "rescue": [{"id": "idle", "stage": {"key": "idle"}}]}]})");
  play_out();
  CHECK(outcome().counts.rescued == 2);
  CHECK(result("a").has_rescue);
  CHECK(result("r").has_rescue);
  CHECK(result("idle").why_skipped == skip_reason::not_needed);
}

TEST_CASE_METHOD(block_stage,
                 "cancelling ends what runs and accounts for the rest",
                 "[actors][block_runner][M012][M013]") {
  settings.set("parallel_tasks", 3);
  std::string tasks;
  for (int i = 0; i < 50; ++i) {
    auto key = fmt::format("t{}", i);
    script[key] = {{.takes = 100s}};
    tasks += fmt::format(R"({}{{"id": "{}", "stage": {{"key": "{}"}},
                           "dependencies": ["root"]}})",
                         i ? "," : "", key, key);
  }
  load(R"({"tasks": [{"id": "root", "stage": {"key": "root"}},)" + tasks
       + "]}");
  start();
  CHECK(busiest == 3);
  cancel(cancel_reason::interrupted);
  REQUIRE(ended());
  CHECK(outcome().ended<run_cancelled>());
  CHECK(outcome().counts.cancelled == 50);
  CHECK(outcome().counts.ended() == 51);
}

TEST_CASE_METHOD(block_stage, "the time for the whole run ends it",
                 "[actors][run][M011]") {
  settings.set("execution_timeout", "10s");
  script["a"] = {{.takes = 100s}};
  load(R"({"tasks": [{"id": "a", "stage": {"key": "a"}},
                     {"id": "b", "stage": {"key": "b"}}]})");
  play_out();
  CHECK(status("a") == "timeout");
  CHECK_THAT(result("a").msg,
             Catch::StartsWith("the time for the whole run was over"));
  CHECK(status("b") == "cancelled");
  REQUIRE(outcome().ended<run_cancelled>());
  CHECK(outcome().ended<run_cancelled>()->why == cancel_reason::timeout);
}

TEST_CASE_METHOD(block_stage, "a chain longer than the window runs to its end",
                 "[actors][block_runner][M031]") {
  std::string tasks = R"({"id": "t0", "stage": {}})";
  for (int i = 1; i < 9000; ++i)
    tasks += fmt::format(R"(,{{"id": "t{}", "stage": {{}},
                          "dependencies": ["t{}"]}})",
                         i, i - 1);
  load("{\"tasks\": [" + tasks + "]}");
  play_out();
  CHECK(outcome().counts.ok == 9000);
}

TEST_CASE_METHOD(block_stage,
                 "a block of which nothing has begun does not end either",
                 "[actors][block_runner][M008]") {
  script["bad"] = {{.failed = true, .takes = 1s}};
  script["slow"] = {{.takes = 5s}};
  load(R"({"failure_policy": "Abort", "tasks": [
    {"id": "bad", "stage": {"key": "bad"}},
    {"id": "b", "dependencies": ["slow"],
     "block": [{"id": "c", "stage": {"key": "c"}}],
     "rescue": [{"id": "r", "debug": {"msg": "r"}}],
     "always": [{"id": "w", "debug": {"msg": "w"}}]},
    {"id": "slow", "stage": {"key": "slow"}},
    {"id": "u",
     "block": [{"id": "d", "stage": {"key": "d"}, "dependencies": ["slow"]}],
     "always": [{"id": "v", "debug": {"msg": "v"}}]}]})");
  play_out();
  CHECK(calls == keys{"bad", "slow"});
  for (auto* id : {"c", "r", "w", "d", "v"}) {
    CAPTURE(id);
    CHECK(status(id) == "cancelled");
  }
}
