#include "tests/actors/staged_run.hpp"

using namespace std::literals;
using namespace troupe;

// Keywords that are templates, in a run.

namespace {

using keys = std::vector<std::string>;

struct keyword_stage : test::staged_run {};

} // namespace

TEST_CASE_METHOD(keyword_stage, "retries and delay may be templates",
                 "[actors][task_runner][M020]") {
  script["a"] = {{.failed = true}};
  load(R"({"vars": {"n": 2}, "tasks": [{"id": "a", "stage": {"key": "a"},
    "retries": "{{ n }}", "delay": "{{ n * 10 }}"}]})");
  start();
  CHECK(calls.size() == 1);
  advance(19'999ms);
  CHECK(calls.size() == 1);
  advance(1ms);
  CHECK(calls.size() == 2);
  advance(20s);
  CHECK(calls.size() == 3);
  REQUIRE(ended());
  CHECK(result("a").attempts.size() == 3);
}

TEST_CASE_METHOD(keyword_stage, "a timeout may be a template of each item",
                 "[actors][task_runner][M020]") {
  script["1"] = {{.takes = 20s}};
  script["30"] = {{.takes = 20s}};
  load(R"({"tasks": [{"id": "a", "stage": {"key": "{{ item }}"},
    "timeout": "{{ item }}", "loop": [1, 30]}]})");
  play_out();
  auto& items = result("a").output.find("results")->as_list().items;
  REQUIRE(items.size() == 2);
  CHECK(*items[0].find("failed") == value{true});
  CHECK(*items[1].find("failed") == value{false});
}

TEST_CASE_METHOD(keyword_stage, "a keyword is evaluated when its task runs",
                 "[actors][task_runner][M020]") {
  load(R"({"failure_policy": "continue", "tasks": [
    {"id": "skipped", "stage": {"key": "x"}, "when": "n is defined",
     "retries": "{{ n }}", "no_log": "{{ n }}"},
    {"id": "failed", "stage": {"key": "y"}, "retries": "{{ n }}"},
    {"id": "ignored", "stage": {"key": "z"}, "poll": "{{ n }}",
     "ignore_errors": true},
    {"id": "fine", "stage": {"key": "a"}, "retries": "{{ n | default(omit) }}",
     "check_mode": "{{ false }}", "diff": "{{ 1 }}", "run_once": "{{ true }}"}
    ]})");
  play_out();
  CHECK(calls == keys{"a"});
  CHECK(status("skipped") == "skipped");
  CHECK(status("failed") == "failed");
  CHECK_THAT(result("failed").msg,
             Catch::StartsWith("The field 'retries' has an invalid value"));
  CHECK(status("ignored") == "failed");
  CHECK(result("ignored").ignored);
  CHECK(status("fine") == "success");
}

TEST_CASE_METHOD(keyword_stage, "no_log as a template hides what it says",
                 "[actors][task_runner][M020]") {
  load(R"({"tasks": [
    {"id": "hidden", "stage": {"key": "a"}, "no_log": "{{ 1 == 1 }}"},
    {"id": "shown", "stage": {"key": "b"}, "no_log": "{{ 1 == 2 }}"},
    {"id": "some", "stage": {"key": "c"}, "no_log": "{{ item }}",
     "loop": [true, false]},
    {"id": "unknown", "stage": {"key": "d"}, "no_log": "{{ item }}",
     "loop": "{{ nope }}", "ignore_errors": true}]})");
  play_out();
  CHECK(result("hidden").censored);
  CHECK_FALSE(result("shown").censored);
  CHECK(result("some").censored);
  CHECK(result("unknown").censored);
}

TEST_CASE_METHOD(keyword_stage, "throttle may be a template",
                 "[actors][scheduler][M020]") {
  settings.set("parallel_tasks", 8);
  for (auto* key : {"0", "1", "2", "3"})
    script[key] = {{.takes = 5s}};
  load(R"({"tasks": [{"id": "a", "stage": {"key": "{{ item }}"},
    "throttle": "{{ 2 }}", "loop": [0, 1, 2, 3], "loop_parallel": 4}]})");
  play_out();
  CHECK(calls.size() == 4);
  CHECK(busiest == 2);
}

TEST_CASE_METHOD(keyword_stage, "the pause of a loop may be a template",
                 "[actors][task_runner][M020]") {
  load(R"({"tasks": [{"id": "a", "stage": {"key": "{{ item }}"},
    "loop": [1, 2], "loop_control": {"pause": "{{ 30 }}",
    "extended": "{{ 1 }}", "extended_allitems": "{{ 0 }}"}}]})");
  start();
  CHECK(calls.size() == 1);
  advance(29'999ms);
  CHECK(calls.size() == 1);
  advance(1ms);
  CHECK(calls.size() == 2);
  REQUIRE(ended());
  auto* loop = result("a").output.find("results")->as_list().items[0].find(
    "ansible_loop");
  REQUIRE(loop);
  CHECK(*loop->find("length") == value{2});
  CHECK_FALSE(loop->find("allitems"));
}

TEST_CASE_METHOD(keyword_stage, "any_errors_fatal may be a template",
                 "[actors][task_runner][M020]") {
  bool fatal = GENERATE(true, false);
  script["a"] = {{.failed = true}};
  load(std::string{R"({"failure_policy": "continue", "vars": {"f": )"}
       + (fatal ? "true" : "false") + R"(}, "tasks": [
    {"id": "a", "stage": {"key": "a"}, "any_errors_fatal": "{{ f }}"},
    {"id": "b", "stage": {"key": "b"}}]})");
  play_out();
  CHECK(calls == (fatal ? keys{"a"} : keys{"a", "b"}));
}

TEST_CASE_METHOD(keyword_stage, "a keyword of a block is evaluated for a task",
                 "[actors][task_runner][M020]") {
  script["a"] = {{.failed = true}};
  load(R"({"tasks": [{"timeout": "{{ most }}", "any_errors_fatal": "{{ no }}",
    "block": [
      {"id": "a", "stage": {"key": "a"}, "vars": {"most": 5, "no": false},
       "retries": 1, "delay": 0, "ignore_errors": true},
      {"import_tasks": "none.yml", "when": false, "id": "i",
       "vars": {"most": 1, "no": false}, "ignore_errors": true}]}]})");
  play_out();
  CHECK(result("a").attempts.size() == 2);
}

TEST_CASE_METHOD(keyword_stage, "async and poll may be templates",
                 "[actors][background][M020]") {
  script["a"] = {{.takes = 10s}};
  load(R"({"tasks": [{"id": "a", "stage": {"key": "a"}, "async": "{{ 60 }}",
    "poll": "{{ 0 }}", "register": "left"},
    {"id": "b", "stage": {"key": "{{ left.ansible_job_id }}"}}]})");
  start();
  CHECK(calls == keys{"a", "a.async"});
  advance(10s);
  CHECK(ended());
}
