#include "tests/actors/staged_run.hpp"

using namespace std::literals;
using namespace troupe;

namespace {

using keys = std::vector<std::string>;

struct stage : test::staged_run {};

} // namespace

TEST_CASE_METHOD(stage, "tasks run in the order of the list",
                 "[actors][task_runner][M003]") {
  load(R"({"tasks": [{"id": "a", "stage": {"key": "a"}},
                     {"id": "b", "stage": {"key": "b"}},
                     {"id": "c", "stage": {"key": "c"}}]})");
  script["a"] = {{.takes = 5s}};
  play_out();
  CHECK(calls == keys{"a", "b", "c"});
  CHECK(busiest == 1);
  CHECK(outcome().counts.ok == 3);
}

TEST_CASE_METHOD(stage, "a condition that is false skips the task",
                 "[actors][task_runner][M022]") {
  load(R"({"vars": {"n": 3}, "tasks": [
    {"id": "no", "stage": {"key": "no"}, "when": "n > 5"},
    {"id": "yes", "stage": {"key": "yes"}, "when": ["n > 1", "n < 4"]},
    {"id": "op", "stage": {"key": "op"}, "conditions": [
      {"variable": "n", "operator": "Equals", "value": 4}]}]})");
  play_out();
  CHECK(calls == keys{"yes"});
  CHECK(status("no") == "skipped");
  CHECK(result("no").reason == "n > 5");
  CHECK(status("op") == "skipped");
}

TEST_CASE_METHOD(stage, "a wrong condition fails its task with its place",
                 "[actors][task_runner][M022]") {
  load(
    R"({"tasks": [{"id": "a", "stage": {"key": "a"}, "when": "nope == 1"}]})");
  play_out();
  CHECK(status("a") == "failed");
  CHECK_THAT(result("a").msg, Catch::Contains("nope == 1"));
  CHECK_THAT(result("a").msg, Catch::Contains("undefined"));
}

TEST_CASE_METHOD(stage, "a retry waits longer each time up to the cap",
                 "[actors][task_runner][M010]") {
  script["a"] = {{.failed = true}};
  load(R"({"tasks": [{"id": "a", "stage": {"key": "a"}, "retry_policy":
    {"max_attempts": 5, "delay": 10, "backoff": "Exponential",
     "max_delay": 30}}]})");
  start();
  CHECK(calls.size() == 1);
  // 10, 20, then the cap of 30.
  advance(9999ms);
  CHECK(calls.size() == 1);
  advance(1ms);
  CHECK(calls.size() == 2);
  advance(19999ms);
  CHECK(calls.size() == 2);
  advance(1ms);
  CHECK(calls.size() == 3);
  advance(30s);
  CHECK(calls.size() == 4);
  advance(29999ms);
  CHECK_FALSE(ended());
  advance(1ms);
  CHECK(calls.size() == 5);
  REQUIRE(ended());
  CHECK(result("a").attempts.size() == 5);
  CHECK(outcome().counts.retries == 4);
  CHECK(status("a") == "failed");
}

TEST_CASE_METHOD(stage, "success after retries is success",
                 "[actors][task_runner][M010]") {
  script["a"] = {{.failed = true}, {.failed = true}, {.changed = true}};
  load(R"({"tasks": [{"id": "a", "stage": {"key": "a"}, "retries": 3,
                      "delay": 1}]})");
  play_out();
  CHECK(status("a") == "success");
  CHECK(result("a").attempts.size() == 3);
  CHECK(result("a").attempts[0].failed);
  CHECK(result("a").changed);
  CHECK(outcome().counts.failed == 0);
}

TEST_CASE_METHOD(stage, "until decides when a task has settled",
                 "[actors][task_runner][M010]") {
  script["a"] = {{.data = {{"rc", 3}}}, {.data = {{"rc", 0}}}};
  load(R"({"tasks": [{"id": "a", "stage": {"key": "a"}, "register": "r",
                      "until": "r.rc == 0", "retries": 5, "delay": 2}]})");
  play_out();
  CHECK(calls.size() == 2);
  CHECK(status("a") == "success");
}

TEST_CASE_METHOD(stage, "a task that outlives its deadline is a timeout",
                 "[actors][task_runner][M011][M013]") {
  script["a"] = {{.takes = 3600s}};
  load(R"({"tasks": [{"id": "a", "stage": {"key": "a"}, "timeout": 0.5}]})");
  play_out();
  CHECK(status("a") == "timeout");
  CHECK(outcome().counts.timeout == 1);
}

TEST_CASE_METHOD(stage, "a module that throws fails only its own task",
                 "[actors][task_runner][M023][M007]") {
  script["a"] = {{.throws = true}};
  load(R"({"failure_policy": "Continue", "tasks": [
    {"id": "a", "stage": {"key": "a"}}, {"id": "b", "stage": {"key": "b"}}]})");
  play_out();
  CHECK(status("a") == "failed");
  CHECK_THAT(result("a").msg,
             Catch::Contains("internal error in module stage"));
  CHECK(status("b") == "success");
}

TEST_CASE_METHOD(stage, "without threads tasks fail and say why",
                 "[actors][task_runner][M023]") {
  no_threads = true;
  load(R"({"failure_policy": "Continue", "tasks": [
    {"id": "a", "stage": {"key": "a"}},
    {"id": "b", "stage": {"key": "b"}, "async": 60, "poll": 0}]})");
  play_out();
  CHECK(calls.empty());
  for (auto* id : {"a", "b"}) {
    CHECK(status(id) == "failed");
    CHECK_THAT(result(id).msg, Catch::Contains("cannot start a thread"));
  }
}

TEST_CASE_METHOD(stage, "results are registered and reach later tasks",
                 "[actors][task_runner][M018]") {
  script["a"] = {{.changed = true, .data = {{"rc", 7}}}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "a"}, "register": "r"},
    {"id": "b", "stage": {"key": "{{ r.rc }}"}, "when": "r is changed"}]})");
  play_out();
  CHECK(calls == keys{"a", "7"});
}

TEST_CASE_METHOD(stage, "what came from the host is never evaluated",
                 "[actors][task_runner][M018]") {
  script["a"] = {{.data = {{"stdout", "{{ 6 * 7 }}"}}}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "a"}, "register": "r"},
    {"id": "b", "stage": {"key": "{{ r.stdout }}"}}]})");
  play_out();
  CHECK(calls == keys{"a", "{{ 6 * 7 }}"});
}

TEST_CASE_METHOD(stage, "names win in Ansible's order",
                 "[actors][task_runner][M018]") {
  load(R"({"vars": {"a": "play", "b": "play", "c": "play", "d": "play"},
    "inventory": {"variables": {"a": "inventory", "e": "inventory"}},
    "tasks": [
    {"id": "set", "set_fact": {"c": "fact", "d": "fact"}},
    {"id": "t", "stage": {"key": "{{ a }} {{ b }} {{ c }} {{ e }}"},
     "vars": {"b": "task", "c": "task"}}]})");
  play_out();
  CHECK(calls.back() == "play task fact inventory");
}

TEST_CASE_METHOD(stage, "failed_when and changed_when have the last word",
                 "[actors][task_runner][M008]") {
  script["a"] = {{.failed = true, .data = {{"rc", 1}}}};
  script["b"] = {{.changed = true}};
  script["c"] = {{.data = {{"rc", 2}}}};
  load(R"({"failure_policy": "Continue", "tasks": [
    {"id": "a", "stage": {"key": "a"}, "register": "r",
     "failed_when": "r.rc > 1"},
    {"id": "b", "stage": {"key": "b"}, "changed_when": false},
    {"id": "c", "stage": {"key": "c"}, "register": "r",
     "failed_when": ["r.rc == 2"]}]})");
  play_out();
  CHECK(status("a") == "success");
  CHECK_FALSE(result("b").changed);
  CHECK(status("c") == "failed");
}

TEST_CASE_METHOD(stage, "ignored errors do not count",
                 "[actors][task_runner][M008]") {
  script["a"] = {{.failed = true}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "a"}, "ignore_errors": true},
    {"id": "b", "stage": {"key": "b"}}]})");
  play_out();
  CHECK(result("a").ignored);
  CHECK(status("b") == "success");
  CHECK(outcome().failed_tasks.empty());
  CHECK(outcome().counts.ignored == 1);
}

TEST_CASE_METHOD(stage, "a loop runs once for each item and sums up",
                 "[actors][task_runner][M020]") {
  script["y"] = {{.changed = true}};
  load(R"({"vars": {"names": ["x", "y", "z"]}, "tasks": [
    {"id": "a", "stage": {"key": "{{ item }}"}, "loop": "{{ names }}",
     "when": "item != 'x'", "register": "r"},
    {"id": "b", "stage": {"key": "{{ r.results | length }}"}}]})");
  play_out();
  CHECK(calls == keys{"y", "z", "3"});
  CHECK(result("a").changed);
  auto& items = result("a").output.find("results")->as_list().items;
  REQUIRE(items.size() == 3);
  CHECK(*items[0].find("skipped") == value{true});
  CHECK(*items[1].find("item") == value{"y"});
}

TEST_CASE_METHOD(stage, "a long loop of skipped items needs no stack",
                 "[actors][task_runner][M020]") {
  load(R"({"tasks": [{"id": "a", "stage": {"key": "x"},
    "loop": "{{ range(20000) | list }}", "when": "item < 0"}]})");
  play_out();
  CHECK(status("a") == "skipped");
  CHECK(result("a").why_skipped == skip_reason::module);
}

TEST_CASE_METHOD(stage, "no_log keeps the output out of events",
                 "[actors][task_runner][M092]") {
  script["a"] = {{.data = {{"stdout", "S3CR3T"}}}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "a"}, "no_log": true, "register": "r"},
    {"id": "b", "stage": {"key": "b"}, "when": "r.stdout == 'S3CR3T'"}]})");
  play_out();
  CHECK(status("b") == "success");
  CHECK(result("a").censored);
  CHECK(to_value(result("a")).find("stdout") == nullptr);
}

TEST_CASE_METHOD(stage, "tags choose tasks", "[actors][task_runner][M022]") {
  tags = {"web"};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "a"}, "tags": ["web", "db"]},
    {"id": "b", "stage": {"key": "b"}, "tags": "db"},
    {"id": "c", "stage": {"key": "c"}, "tags": "always"},
    {"id": "d", "stage": {"key": "d"}}]})");
  play_out();
  CHECK(calls == keys{"a", "c"});
  CHECK(result("b").why_skipped == skip_reason::tags);
}

TEST_CASE_METHOD(stage, "throttle holds tasks of a graph back",
                 "[actors][task_runner][M020]") {
  settings.set("parallel_tasks", 8);
  for (auto* key : {"a", "b", "c"})
    script[key] = {{.takes = 1s}};
  load(R"({"tasks": [
    {"id": "r", "stage": {"key": "r"}},
    {"id": "l", "dependencies": ["r"], "stage": {"key": "{{ item }}"},
     "loop": ["a", "b", "c"], "throttle": 1}]})");
  play_out();
  CHECK(busiest == 1);
}

TEST_CASE_METHOD(stage, "a clause that cannot be evaluated fails the task",
                 "[actors][task_runner][M010]") {
  load(R"({"failure_policy": "Continue", "tasks": [
    {"id": "u", "stage": {"key": "u"}, "register": "r", "retries": 3,
     "delay": 0, "until": ["r is defined", "r.stat.size > 10"]},
    {"id": "f", "stage": {"key": "f"}, "register": "f",
     "failed_when": "f.nope > 1"},
    {"id": "c", "stage": {"key": "c"}, "register": "c",
     "changed_when": "c.nope > 1", "failed_when": "c.nope > 2"},
    {"id": "w", "stage": {"key": "w"}, "register": "w",
     "failed_when": ["true", "w.nope is defined"]}]})");
  script["c"] = {{.data = {{"msg", "its own"}}}};
  play_out();
  auto says = [&](const char* id, const char* key) {
    auto* x = result(id).output.find(key);
    return x ? to_display(*x) : std::string{"(nothing)"};
  };
  auto begins = [](std::string clause) {
    return Catch::StartsWith("The conditional check '" + clause
                             + "' failed. The error was: error while "
                               "evaluating conditional ("
                             + clause + "): ");
  };
  CHECK(calls == keys{"u", "f", "c", "w"});
  CHECK(status("u") == "failed");
  CHECK_THAT(says("u", "msg"), begins("r.stat.size > 10"));
  CHECK(result("u").msg == says("u", "msg"));
  CHECK(status("f") == "failed");
  CHECK_THAT(says("f", "failed_when_result"), begins("f.nope > 1"));
  CHECK_THAT(says("f", "failed_when_result"),
             Catch::Contains("has no attribute 'nope'"));
  CHECK(status("c") == "failed");
  CHECK_THAT(says("c", "changed_when_result"), begins("c.nope > 1"));
  CHECK(says("c", "failed_when_result") == "(nothing)");
  CHECK(says("c", "msg") == "its own");
  CHECK(result("c").msg == says("c", "changed_when_result"));
  CHECK(says("w", "failed_when_result") == "False");
}

TEST_CASE_METHOD(stage, "the clauses know how many attempts there were",
                 "[actors][task_runner][M010]") {
  load(R"({"tasks": [
    {"id": "u", "stage": {"key": "u"}, "register": "r", "retries": 9,
     "delay": 0, "until": "r.attempts >= 3",
     "changed_when": "r.attempts > 2", "failed_when": "r.attempts > 5"}]})");
  play_out();
  CHECK(calls == keys{"u", "u", "u"});
  CHECK(result("u").changed);
}
