#include "tests/actors/staged_run.hpp"

#include <fmt/format.h>

using namespace std::literals;
using namespace troupe;

namespace {

using keys = std::vector<std::string>;

struct stage : test::staged_run {};

} // namespace

TEST_CASE_METHOD(stage, "with_NAME makes items by the lookup of that name",
                 "[actors][control_flow][M020]") {
  load(R"({"tasks": [
    {"id": "dict", "stage": {"key": "{{ item.key }}={{ item.value }}"},
     "with_dict": {"a": 1, "b": 2}},
    {"id": "sequence", "stage": {"key": "{{ item }}"},
     "with_sequence": "start=1 end=2"},
    {"id": "together", "stage": {"key": "{{ item | join }}"},
     "with_together": [["p", "q"], [3, 4]]},
    {"id": "nested", "stage": {"key": "{{ item | join }}"},
     "with_nested": [["u", "v"], [5]]},
    {"id": "indexed", "stage": {"key": "{{ item.0 }}{{ item.1 }}"},
     "with_indexed_items": ["i"]},
    {"id": "items", "stage": {"key": "{{ item }}"},
     "with_items": ["s", ["t"]]}]})");
  play_out();
  CHECK(
    calls
    == keys{"a=1", "b=2", "1", "2", "p3", "q4", "u5", "v5", "0i", "s", "t"});
}

TEST_CASE_METHOD(stage, "an extended loop knows its place and its neighbours",
                 "[actors][control_flow][M020]") {
  load(R"({"tasks": [{"id": "a", "loop": ["x", "y", "z"],
    "loop_control": {"extended": true, "index_var": "n"},
    "stage": {"key": "{{ [n, ansible_loop.index, ansible_loop.revindex0, l.p, l.n, ansible_loop.first, ansible_loop.length] | join }}"},
    "vars": {"l": {"p": "{{ ansible_loop.previtem | default('-') }}",
                   "n": "{{ ansible_loop.nextitem | default('-') }}"}}}]})");
  play_out();
  CHECK(calls == keys{"012-yTrue3", "121xzFalse3", "230y-False3"});
}

TEST_CASE_METHOD(stage, "retry_on repeats only the failures it names",
                 "[actors][control_flow][M010]") {
  script["a"] = {{.failed = true, .data = {{"rc", 75}}}, {}};
  script["b"] = {{.failed = true, .data = {{"rc", 1}}}, {}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "a"},
     "retry_policy": {"max_attempts": 3, "retry_on": [75]}},
    {"id": "b", "stage": {"key": "b"}, "ignore_errors": true,
     "retry_policy": {"max_attempts": 3, "retry_on": [75, "timeout"]}}]})");
  play_out();
  CHECK(calls == keys{"a", "a", "b"});
  CHECK(status("a") == "success");
  CHECK(status("b") == "failed");
  CHECK_THAT(refusal(R"({"tasks": [{"id": "a", "stage": {"key": "a"},
    "retry_policy": {"retry_on": ["timeuot"]}}]})"),
             Catch::Contains("retry_on"));
}

TEST_CASE_METHOD(stage, "end_play ends a play without failure",
                 "[actors][control_flow][M020]") {
  script["a"] = {{.changed = true}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "a"}, "notify": "h"},
    {"id": "not_yet", "meta": "end_play", "when": "false"},
    {"id": "b", "stage": {"key": "b"}},
    {"id": "now", "meta": "end_play"},
    {"id": "c", "stage": {"key": "c"}}],
    "handlers": [{"name": "h", "stage": {"key": "h"}}]})");
  play_out();
  CHECK(calls == keys{"a", "b"});
  CHECK(result("c").reason == "the play was ended");
  CHECK(status("c") == "skipped");
  CHECK(outcome().failed_tasks.empty());
}

TEST_CASE_METHOD(stage, "clear_facts forgets what setup found",
                 "[actors][control_flow][M020]") {
  script["find"] = {{.facts = {{"colour", "red"}}}};
  load(R"({"tasks": [
    {"id": "find", "stage": {"key": "find"}},
    {"id": "before", "stage": {"key": "{{ colour }}"}},
    {"id": "forget", "meta": "clear_facts"},
    {"id": "after", "stage": {"key": "{{ colour | default('none') }}"}}]})");
  play_out();
  CHECK(calls == keys{"find", "red", "none"});
}

TEST_CASE_METHOD(stage, "a play tolerates no failure above its percentage",
                 "[actors][control_flow][M008]") {
  script["a"] = {{.failed = true}};
  load(R"({"failure_policy": "Continue", "tasks": [
    {"id": "a", "stage": {"key": "a"}, "max_fail_percentage": 30},
    {"id": "b", "stage": {"key": "b"}}]})");
  play_out();
  CHECK(status("b") == "cancelled");
}

TEST_CASE_METHOD(stage, "a rollback runs the lists of what changed, backwards",
                 "[actors][control_flow][M009]") {
  script["a"] = script["b"] = {{.changed = true}};
  script["same"] = {{.changed = false}};
  script["boom"] = {{.failed = true}};
  script["undo b"] = {{.failed = true}};
  load(R"({"failure_policy": "Rollback", "tasks": [
    {"id": "a", "stage": {"key": "a"}, "rollback": [
      {"stage": {"key": "undo a 1"}}, {"stage": {"key": "undo a 2"}}]},
    {"id": "same", "stage": {"key": "same"},
     "rollback": [{"stage": {"key": "undo same"}}]},
    {"id": "b", "stage": {"key": "b"}, "notify": "h",
     "rollback": [{"stage": {"key": "undo b"}}]},
    {"id": "boom", "stage": {"key": "boom"}},
    {"id": "never", "stage": {"key": "never"}}],
    "handlers": [{"name": "h", "stage": {"key": "h"}}]})");
  play_out();
  CHECK(calls
        == keys{"a", "same", "b", "boom", "undo b", "undo a 1", "undo a 2"});
  CHECK(status("never") == "cancelled");
  CHECK(status("rollback:b:task-1") == "failed");
}

TEST_CASE_METHOD(stage, "a rescued failure rolls nothing back",
                 "[actors][control_flow][M009]") {
  script["a"] = {{.changed = true}};
  script["boom"] = {{.failed = true}};
  load(R"({"failure_policy": "Rollback", "tasks": [
    {"id": "a", "stage": {"key": "a"},
     "rollback": [{"stage": {"key": "undo a"}}]},
    {"block": [{"id": "boom", "stage": {"key": "boom"}}],
     "rescue": [{"id": "mend", "stage": {"key": "mend"}}]},
    {"id": "last", "stage": {"key": "last"}}]})");
  play_out();
  CHECK(calls == keys{"a", "boom", "mend", "last"});
}

TEST_CASE_METHOD(
  stage, "a rescue makes good what failed in it, not what has a similar id",
  "[actors][control_flow][M008]") {
  script["bad"] = {{.failed = true}};
  load(R"({"failure_policy": "Continue", "tasks": [
    {"id": "a:b", "stage": {"key": "bad"}},
    {"block": [{"id": "a", "stage": {"key": "bad"}}],
     "rescue": [{"id": "r", "stage": {"key": "r"}}]}]})");
  play_out();
  CHECK(outcome().counts.failed == 1);
  CHECK(outcome().counts.rescued == 1);
  CHECK(outcome().failed_tasks == keys{"a:b"});
}

namespace {

constexpr auto rolls_back_slowly = R"({"failure_policy": "Rollback", "tasks": [
    {"id": "a", "stage": {"key": "a"}, "rollback": [
      {"stage": {"key": "undo a 1"}}, {"stage": {"key": "undo a 2"}}]},
    {"id": "boom", "stage": {"key": "boom"}}]})";

} // namespace

TEST_CASE_METHOD(stage, "no handlers are flushed in a rollback",
                 "[actors][control_flow][M009]") {
  script["a"] = {{.changed = true}};
  script["boom"] = {{.failed = true}};
  load(R"({"failure_policy": "Rollback", "tasks": [
    {"id": "a", "stage": {"key": "a"}, "notify": "h", "rollback": [
      {"id": "flush", "meta": "flush_handlers"},
      {"id": "back", "stage": {"key": "undo a"}}]},
    {"id": "boom", "stage": {"key": "boom"}}],
    "handlers": [{"name": "h", "stage": {"key": "h"}}]})");
  play_out();
  CHECK(calls == keys{"a", "boom", "undo a"});
  CHECK(status("rollback:a:flush") == "failed");
  CHECK(result("rollback:a:flush").msg
        == "flush_handlers: handlers do not run in a rollback");
  CHECK(outcome().is_taken_back());
}

TEST_CASE_METHOD(stage, "no step ends a rollback",
                 "[actors][control_flow][M009]") {
  auto action = GENERATE(as<std::string>{}, "end_play", "end_host");
  script["a"] = {{.changed = true}};
  script["boom"] = {{.failed = true}};
  load(fmt::format(R"({{"failure_policy": "Rollback", "tasks": [
    {{"id": "a", "stage": {{"key": "a"}}, "rollback": [
      {{"id": "end", "meta": "{}"}},
      {{"id": "back", "stage": {{"key": "undo a"}}}}]}},
    {{"id": "boom", "stage": {{"key": "boom"}}}}]}})",
                   action));
  play_out();
  CHECK(calls == keys{"a", "boom", "undo a"});
  CHECK(result("rollback:a:end").msg
        == action + " cannot be used in a rollback");
  CHECK(outcome().is_taken_back());
}

TEST_CASE_METHOD(stage, "who asks a run to end does not cut off its rollback",
                 "[actors][control_flow][M009]") {
  script["a"] = {{.changed = true}};
  script["boom"] = {{.failed = true}};
  script["undo a 1"] = {{.changed = true, .takes = std::chrono::minutes{1}}};
  load(rolls_back_slowly);
  auto reason = GENERATE(cancel_reason::interrupted, cancel_reason::terminated,
                         cancel_reason::timeout);
  start();
  advance(std::chrono::seconds{1});
  REQUIRE(calls == keys{"a", "boom", "undo a 1"});
  cancel(reason);
  advance(std::chrono::minutes{2});
  REQUIRE(ended());
  CHECK(calls == keys{"a", "boom", "undo a 1", "undo a 2"});
  CHECK(outcome().ended<run_cancelled>() != nullptr);
  CHECK(outcome().rolled_back);
  CHECK(outcome().is_taken_back());
}

TEST_CASE_METHOD(stage, "who insists ends a rollback, which is not done then",
                 "[actors][control_flow][M009]") {
  script["a"] = {{.changed = true}};
  script["boom"] = {{.failed = true}};
  script["undo a 1"] = {{.changed = true, .takes = std::chrono::minutes{1}}};
  load(rolls_back_slowly);
  start();
  advance(std::chrono::seconds{1});
  cancel(cancel_reason::interrupted);
  advance(std::chrono::seconds{1});
  cancel(cancel_reason::terminated);
  advance(std::chrono::minutes{2});
  REQUIRE(ended());
  CHECK(calls == keys{"a", "boom", "undo a 1"});
  CHECK(outcome().rollback_cut_off);
  CHECK_FALSE(outcome().is_taken_back());
  // The first reason is the one that is told.
  REQUIRE(outcome().ended<run_cancelled>() != nullptr);
  CHECK(outcome().ended<run_cancelled>()->why == cancel_reason::interrupted);
}
