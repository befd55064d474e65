#include "tests/actors/staged_run.hpp"

using namespace std::literals;
using namespace troupe;

namespace {

using keys = std::vector<std::string>;

struct play_stage : test::staged_run {};

} // namespace

TEST_CASE_METHOD(play_stage,
                 "handlers run once, at the end, in their own order",
                 "[actors][play_runner][M019]") {
  script["a"] = script["b"] = {{.changed = true}};
  load(R"({"tasks": [
      {"id": "a", "stage": {"key": "a"}, "notify": ["second", "first"]},
      {"id": "b", "stage": {"key": "b"}, "notify": "first"},
      {"id": "c", "stage": {"key": "c"}, "notify": "third"}],
    "handlers": [
      {"name": "first", "stage": {"key": "h1"}},
      {"name": "second", "stage": {"key": "h2"}},
      {"name": "third", "stage": {"key": "h3"}}]})");
  play_out();
  CHECK(calls == keys{"a", "b", "c", "h1", "h2"});
}

TEST_CASE_METHOD(play_stage, "handlers listen to topics",
                 "[actors][play_runner][M019]") {
  script["a"] = {{.changed = true}};
  load(R"({"tasks": [{"id": "a", "stage": {"key": "a"}, "notify": "web"}],
    "handlers": [
      {"name": "x", "listen": "web", "stage": {"key": "h1"}},
      {"name": "y", "listen": ["db", "web"], "stage": {"key": "h2"}},
      {"name": "z", "listen": "db", "stage": {"key": "h3"}}]})");
  play_out();
  CHECK(calls == keys{"a", "h1", "h2"});
}

TEST_CASE_METHOD(play_stage, "flush_handlers runs them before the next task",
                 "[actors][play_runner][M019]") {
  script["a"] = {{.changed = true}};
  load(R"({"tasks": [
      {"id": "a", "stage": {"key": "a"}, "notify": "h"},
      {"id": "f", "meta": "flush_handlers"},
      {"id": "b", "stage": {"key": "b"}}],
    "handlers": [{"name": "h", "stage": {"key": "h"}}]})");
  play_out();
  CHECK(calls == keys{"a", "h", "b"});
}

TEST_CASE_METHOD(play_stage, "a handler may notify another",
                 "[actors][play_runner][M019]") {
  script["a"] = script["h1"] = {{.changed = true}};
  load(R"({"tasks": [{"id": "a", "stage": {"key": "a"}, "notify": "one"}],
    "handlers": [
      {"name": "one", "stage": {"key": "h1"}, "notify": "two"},
      {"name": "two", "stage": {"key": "h2"}}]})");
  play_out();
  CHECK(calls == keys{"a", "h1", "h2"});
}

TEST_CASE_METHOD(play_stage, "after a failure handlers run only when forced",
                 "[actors][play_runner][M019]") {
  auto forced = GENERATE(false, true);
  script["a"] = {{.changed = true}};
  script["b"] = {{.failed = true}};
  load(std::string{R"({"force_handlers": )"} + (forced ? "true" : "false")
       + R"(, "tasks": [
      {"id": "a", "stage": {"key": "a"}, "notify": "h"},
      {"id": "b", "stage": {"key": "b"}}],
    "handlers": [{"name": "h", "stage": {"key": "h"}}]})");
  play_out();
  CHECK(calls == (forced ? keys{"a", "b", "h"} : keys{"a", "b"}));
}

TEST_CASE_METHOD(play_stage, "a failed play keeps later plays from starting",
                 "[actors][run][M008]") {
  script["a"] = {{.failed = true}};
  load(R"({"plays": [
    {"play_id": "p0", "batches": [{"tasks": [
      {"task_id": "task_0", "module": "stage", "args": {"key": "a"}}]}]},
    {"play_id": "p1", "batches": [{"tasks": [
      {"task_id": "task_0", "module": "stage", "args": {"key": "b"}}]}]}]})");
  play_out();
  CHECK(calls == keys{"a"});
  CHECK(status("p0/task_0") == "failed");
  CHECK(status("p1/task_0") == "cancelled");
}

TEST_CASE_METHOD(play_stage, "nothing of a play begins after one that failed",
                 "[actors][run][M008]") {
  script["a"] = {{.failed = true}};
  load(R"({"troupe": 1, "plays": [
    {"name": "first", "tasks": [{"id": "a", "stage": {"key": "a"}}]},
    {"name": "second", "gather_facts": true, "tasks": [
      {"id": "say", "debug": {"msg": "said"}},
      {"id": "set", "set_fact": {"n": 1}},
      {"id": "flush", "meta": "flush_handlers"},
      {"id": "more", "include_tasks": "nowhere.yml"},
      {"block": [{"id": "body", "debug": {"msg": "body"}}],
       "rescue": [{"id": "rescue", "debug": {"msg": "rescue"}}],
       "always": [{"id": "always", "stage": {"key": "always"}}]},
      {"block": [{"id": "last", "assert": {"that": "false"}}],
       "always": [{"id": "end", "assert": {"that": "false"}}]}],
     "handlers": [{"name": "h", "stage": {"key": "h"}}]}]})");
  play_out();
  CHECK(calls == keys{"a"});
  for (auto* id : {"say", "set", "flush", "more", "body", "rescue", "always",
                   "last", "end"}) {
    CAPTURE(id);
    CHECK(status(id) == "cancelled");
    CHECK_THAT(result(id).reason, Catch::StartsWith("not run: task 'a' (")
                                    && Catch::EndsWith(") failed"));
  }
  CHECK(outcome().counts.cancelled == 9);
  CHECK(outcome().counts.skipped == 0);
  CHECK(outcome().counts.total == 10);
  for (auto& each : events)
    if (auto* play = each.as<play_started>())
      CHECK(play->play == "first");
}

TEST_CASE_METHOD(play_stage, "what ends a play names the task in the next one",
                 "[actors][run][M008]") {
  script["a"] = {{.changed = true}};
  script["h"] = {{.failed = true}};
  load(R"({"troupe": 1, "plays": [
    {"tasks": [
      {"id": "a", "stage": {"key": "a"}, "notify": "h"}],
     "handlers": [{"id": "h", "name": "h", "stage": {"key": "h"}}]},
    {"tasks": [
      {"block": [{"id": "b", "debug": {"msg": "b"}}],
       "always": [{"id": "c", "debug": {"msg": "c"}}]}]}]})");
  play_out();
  CHECK(calls == keys{"a", "h"});
  for (auto* id : {"b", "c"})
    CHECK_THAT(result(id).reason, Catch::StartsWith("not run: task 'h' ("));
}

TEST_CASE_METHOD(play_stage, "a play for no host says so",
                 "[actors][play_runner][M140]") {
  load(R"([{"hosts": "webs", "gather_facts": false,
            "tasks": [{"stage": {"key": "a"}}]},
           {"hosts": "localhost", "gather_facts": false,
            "tasks": [{"stage": {"key": "b"}}]}])");
  play_out();
  CHECK(calls == keys{"b"});
  std::vector<bool> nobody;
  for (auto& each : events)
    if (auto* begun = each.as<play_started>())
      nobody.push_back(begun->nobody);
  CHECK(nobody == std::vector<bool>{true, false});
}

TEST_CASE_METHOD(play_stage, "a host that is lost plays no more",
                 "[actors][play_runner][M143]") {
  script["a"] = {{.unreachable = true}};
  load(R"([{"hosts": "localhost", "gather_facts": false,
            "tasks": [{"stage": {"key": "a"}}, {"stage": {"key": "b"}}]},
           {"hosts": "localhost", "gather_facts": false,
            "tasks": [{"stage": {"key": "c"}}]}])");
  play_out();
  CHECK(calls == keys{"a"});
  CHECK_FALSE(outcome().well());
  CHECK(outcome().unreachable_hosts.size() == 1);
  CHECK_THAT(outcome().sentence, Catch::Contains("1 could not reach a host"));
}

TEST_CASE_METHOD(play_stage, "a run that is ended does not wait for its facts",
                 "[actors][play_runner][M012][M013]") {
  script["setup"] = {{.takes = 100h, .stuck = true}};
  load(R"({"gather_facts": true, "tasks": [
    {"id": "a", "stage": {"key": "a"}}]})");
  start();
  advance(1s);
  CHECK(calls == keys{"setup"});
  CHECK_FALSE(ended());
  cancel(cancel_reason::interrupted);
  CHECK(ended());
  CHECK(calls == keys{"setup"});
  CHECK(status("a") == "cancelled");
}

TEST_CASE_METHOD(play_stage, "a play goes on without facts that never come",
                 "[actors][play_runner][M013]") {
  script["setup"] = {{.takes = 100h, .stuck = true}};
  load(R"({"gather_facts": true, "tasks": [
    {"id": "a", "stage": {"key": "a"}}]})");
  start();
  advance(26s);
  settle();
  CHECK(ended());
  CHECK(calls == keys{"setup", "a"});
  auto told = std::any_of(events.begin(), events.end(), [](auto& each) {
    auto* trouble = each.template as<run_trouble>();
    return trouble && trouble->message.find("abandoned") != std::string::npos;
  });
  CHECK(told);
}
