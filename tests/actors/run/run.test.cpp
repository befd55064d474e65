#include "actors/report/event_form.hpp"
#include "tests/actors/staged_run.hpp"

using namespace std::literals;
using namespace troupe;

namespace {

struct run_stage : test::staged_run {};

} // namespace

TEST_CASE_METHOD(run_stage, "events tell a run in its order",
                 "[actors][run][progress][M081]") {
  script["a"] = {{.failed = true}, {.changed = true}};
  load(R"({"tasks": [{"id": "a", "stage": {"key": "a"}, "retries": 1,
                      "delay": 1}]})");
  play_out();
  std::vector<std::string> kinds;
  for (size_t i = 0; i < events.size(); ++i) {
    CHECK(events[i].sequence == i + 1);
    CHECK(events[i].host == "localhost");
    CHECK_FALSE(events[i].run.empty());
    kinds.push_back(kind_of(events[i]));
  }
  CHECK(kinds
        == std::vector<std::string>{"run_started", "play_started",
                                    "task_started", "task_retry", "task_ended",
                                    "run_ended"});
}

TEST_CASE_METHOD(run_stage, "a run answers how far it is",
                 "[actors][run][state_keeper][M015]") {
  script["a"] = {{.changed = true}};
  script["b"] = {{.takes = 60s}};
  load(R"({"name": "site", "tasks": [{"id": "a", "stage": {"key": "a"}},
                     {"id": "b", "name": "Wait for it",
                      "stage": {"key": "b"}},
                     {"id": "c", "stage": {"key": "c"}}]})");
  start();
  auto now = ask<snapshot_ptr>(actor, query_atom_v);
  CHECK(now->play == "site");
  CHECK(now->running == std::vector<std::string>{"b"});
  CHECK(now->running_names == std::vector<std::string>{"Wait for it"});
  CHECK(now->changed == std::vector<std::string>{"a"});
  CHECK(now->counts.total == 3);
  CHECK(now->counts.ended() == 1);
  for (int i = 0; i < 61; ++i)
    advance(1s);
  CHECK(ended());
}

TEST_CASE("people know a task by its name and place", "[actors][run][M120]") {
  task_label task;
  task.id = "task-6";
  task.name = task.module = "command";
  CHECK(known_as(task) == "'command'");
  task.place = {std::make_shared<const std::string>("site.yml"), {3, 5}};
  CHECK(known_as(task) == "'command' (site.yml:3:5)");
  task.name = "Install it";
  CHECK(known_as(task) == "'Install it' (site.yml:3:5)");
  task.id = "install";
  task.own_id = true;
  CHECK(known_as(task) == "'Install it' [install] (site.yml:3:5)");
  task.name = task.module;
  CHECK(known_as(task) == "'install' (site.yml:3:5)");
}

TEST_CASE_METHOD(run_stage, "every status is seen", "[actors][run][M013]") {
  settings.set("failure_policy", "continue");
  script["bad"] = {{.failed = true}};
  script["slow"] = {{.takes = 600s}};
  script["last"] = {{.takes = 600s}};
  load(R"({"tasks": [
    {"id": "good", "stage": {"key": "good"}},
    {"id": "bad", "stage": {"key": "bad"}},
    {"id": "no", "stage": {"key": "no"}, "when": false},
    {"id": "slow", "stage": {"key": "slow"}, "timeout": 5},
    {"id": "last", "stage": {"key": "last"}},
    {"id": "never", "stage": {"key": "never"}}]})");
  start();
  for (int i = 0; i < 10; ++i)
    advance(1s);
  CHECK(status("last") == "none");
  cancel(cancel_reason::terminated);
  CHECK(status("good") == "success");
  CHECK(status("bad") == "failed");
  CHECK(status("no") == "skipped");
  CHECK(status("slow") == "timeout");
  CHECK(status("last") == "cancelled");
  CHECK(status("never") == "cancelled");
}

TEST_CASE("an outcome has its own sentence", "[actors][run][M082]") {
  run_outcome outcome;
  outcome.counts.total = 3;
  outcome.counts.ok = 3;
  CHECK(sentence_for(outcome) == "All 3 tasks ended well; nothing changed.");
  outcome.counts.changed = 2;
  CHECK(sentence_for(outcome)
        == "All 3 tasks ended well; 2 changed something.");
  outcome.dry = true;
  CHECK(sentence_for(outcome)
        == "All 3 tasks ended well; 2 tasks would change something.");
  outcome.dry = false;
  outcome.counts.ok = 2;
  outcome.counts.ignored = 1;
  outcome.counts.rescued = 1;
  CHECK(
    sentence_for(outcome)
    == "1 of 3 tasks ended well, 1 failed and ignored, 1 rescued; 2 changed "
       "something.");
  outcome.counts.failed = 1;
  outcome.counts.cancelled = 1;
  CHECK(sentence_for(outcome)
        == "1 of 3 tasks failed, 1 more failed and was ignored, 1 rescued, "
           "1 did not run.");
  outcome.counts.unreachable = 1;
  CHECK_THAT(
    sentence_for(outcome),
    Catch::StartsWith("1 of 3 tasks failed (1 could not reach a host), "
                      "1 more failed"));
  outcome.how = run_broken{"internal error: x"};
  CHECK_THAT(sentence_for(outcome), Catch::Contains("this is a bug"));
}
