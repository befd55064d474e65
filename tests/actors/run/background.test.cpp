#include "tests/actors/staged_run.hpp"

#include <fmt/format.h>

using namespace std::literals;
using namespace troupe;

namespace {

struct background_stage : test::staged_run {};

} // namespace

TEST_CASE_METHOD(background_stage,
                 "a job in the background lets the plan go on",
                 "[actors][background][M020]") {
  script["slow"] = {{.changed = true, .data = {{"rc", 7}}, .takes = 10s}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "slow"}, "async": 60, "poll": 0,
     "register": "job"},
    {"id": "b", "stage": {"key": "b"}},
    {"id": "early", "async_status": {"jid": "{{ job.ansible_job_id }}"}},
    {"id": "wait", "async_status": {"jid": "{{ job.ansible_job_id }}"},
     "register": "ended", "until": "ended.finished", "retries": 30,
     "delay": 1},
    {"id": "gone", "async_status": {"jid": "{{ job.ansible_job_id }}",
                                    "mode": "cleanup"}},
    {"id": "after", "async_status": {"jid": "{{ job.ansible_job_id }}"},
     "ignore_errors": true}]})");
  play_out();
  CHECK(calls == std::vector<std::string>{"slow", "b"});
  auto& left = result("a").output;
  CHECK(left.find("ansible_job_id")->as_string() == "a.async");
  CHECK(left.find("finished")->as_int() == 0);
  CHECK(result("a").changed);
  CHECK(result("early").output.find("finished")->as_int() == 0);
  auto& waited = result("wait").output;
  CHECK(waited.find("finished")->as_int() == 1);
  CHECK(waited.find("rc")->as_int() == 7);
  CHECK(result("wait").changed);
  CHECK(result("wait").attempts.size() > 5);
  CHECK(result("gone").output.find("erased")->as_string() == "a.async");
  CHECK(result("after").ignored);
  CHECK(result("after").msg == "could not find job");
}

TEST_CASE_METHOD(background_stage, "each item of a loop leaves its own job",
                 "[actors][background][M020]") {
  script["job"] = {{.takes = 5s}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "job"}, "async": 60, "poll": 0,
     "loop": [1, 2, 3], "register": "jobs"},
    {"id": "b", "async_status": {"jid": "{{ item.ansible_job_id }}"},
     "loop": "{{ jobs.results }}", "register": "r", "until": "r.finished",
     "retries": 10, "delay": 1}]})");
  play_out();
  CHECK(busiest == 3);
  CHECK(outcome().failed_tasks.empty());
  CHECK(status("b") == "success");
}

TEST_CASE_METHOD(background_stage, "each attempt leaves a job of its own",
                 "[actors][background][M020]") {
  bool failing = GENERATE(false, true);
  script["slow"] = {{.takes = 1h}};
  script["bad"] = {{.failed = true, .takes = 10s}};
  load(fmt::format(
    R"({{"failure_policy": "{}", "tasks": [
    {{"id": "a", "stage": {{"key": "slow"}}, "async": 7200, "poll": 0,
     "register": "job", "until": "job.finished", "retries": 2, "delay": 1,
     "failed_when": false}},
    {{"id": "asked", "async_status": {{"jid": "{{{{ job.ansible_job_id }}}}"}}}},
    {{"id": "b", "stage": {{"key": "{}"}}}}]}})",
    failing ? "rollback" : "abort", failing ? "bad" : "good"));
  start();
  for (int second = 0; second < 5; ++second)
    advance(1s);
  CHECK(busiest >= 3);
  CHECK(result("a").output.find("ansible_job_id")->as_string() == "a#3.async");
  CHECK(result("asked").output.find("finished")->as_int() == 0);
  REQUIRE_FALSE(ended());
  // All of them are waited for, or ended by the rollback.
  advance(failing ? 10s : 58min);
  CHECK(ended() == failing);
  advance(5min);
  REQUIRE(ended());
}

TEST_CASE_METHOD(background_stage, "a run ends when its last job has ended",
                 "[actors][background][M020]") {
  script["slow"] = {{.failed = true, .takes = 30s}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "slow"}, "async": 60, "poll": 0}]})");
  start();
  advance(29s);
  CHECK_FALSE(ended());
  advance(2s);
  REQUIRE(ended());
  CHECK(outcome().failed_tasks.empty());
  auto told = std::find_if(events.begin(), events.end(), [](auto& each) {
    return each.template as<run_trouble>();
  });
  REQUIRE(told != events.end());
  CHECK(told->as<run_trouble>()->message
        == "the background job a.async failed: staged failure");
}

TEST_CASE_METHOD(background_stage, "jobs end at their limit and with the run",
                 "[actors][background][M012]") {
  script["slow"] = {{.takes = 600s}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "slow"}, "async": 5, "poll": 0},
    {"id": "b", "stage": {"key": "slow"}, "async": 5, "poll": 1,
     "ignore_errors": true},
    {"id": "c", "stage": {"key": "slow"}, "async": 500, "poll": 0},
    {"id": "d", "stage": {"key": "slow"}}]})");
  start();
  advance(6s);
  CHECK(status("b") == "timeout");
  CHECK(result("b").msg
        == "async task did not complete within the requested time - 5s");
  cancel(cancel_reason::interrupted);
  REQUIRE(ended());
  CHECK(outcome().ended<run_cancelled>());
}

TEST_CASE_METHOD(background_stage, "async is refused where nothing can go on",
                 "[actors][background][M005]") {
  CHECK_THAT(refusal(R"({"tasks": [
      {"id": "a", "debug": {"msg": "x"}, "async": 5}]})"),
             Catch::Contains("'debug' does nothing that could go on in the "
                             "background"));
}

TEST_CASE_METHOD(background_stage,
                 "a cancelled run gives up what does not hear of it",
                 "[actors][background][M012]") {
  script["stuck"] = {{.takes = 10h, .stuck = true}};
  auto job = GENERATE(as<std::string>{}, R"("async": 7200, "poll": 0)",
                      R"("timeout": 0)", R"("timeout": 3600)");
  load(fmt::format(
    R"({{"tasks": [{{"id": "a", "stage": {{"key": "stuck"}}, {}}}]}})", job));
  start();
  advance(1s);
  REQUIRE(calls.size() == 1);
  cancel(cancel_reason::interrupted);
  advance(14s);
  REQUIRE_FALSE(ended());
  advance(2s);
  REQUIRE(ended());
  CHECK(outcome().ended<run_cancelled>());
}

TEST_CASE_METHOD(background_stage,
                 "what is stuck when a run is cancelled says so",
                 "[actors][background][M012]") {
  script["stuck"] = {{.takes = 10h, .stuck = true}};
  load(R"({"tasks": [{"id": "a", "stage": {"key": "stuck"}}]})");
  start();
  advance(1s);
  cancel(cancel_reason::interrupted);
  // What is told again begins nothing anew.
  advance(10s);
  cancel(cancel_reason::terminated);
  advance(6s);
  REQUIRE(ended());
  CHECK(status("a") == "cancelled");
  CHECK(result("a").msg
        == "the module did not end when it was told to and was abandoned");
}

TEST_CASE_METHOD(background_stage,
                 "a rollback says what became of the jobs that it ended",
                 "[actors][background][M009]") {
  bool stuck = GENERATE(false, true);
  script["job"] = {{.takes = 10h, .stuck = stuck}};
  script["bad"] = {{.failed = true, .takes = 1s}};
  load(R"({"failure_policy": "rollback", "tasks": [
    {"id": "a", "stage": {"key": "job"}, "async": 72000, "poll": 0},
    {"id": "b", "stage": {"key": "bad"}}]})");
  start();
  advance(2s);
  if (stuck) {
    REQUIRE_FALSE(ended());
    advance(15s);
  }
  REQUIRE(ended());
  std::vector<std::string> told;
  for (auto& each : events)
    if (auto* trouble = each.template as<run_trouble>())
      told.push_back(trouble->message);
  CHECK(told
        == std::vector<std::string>{
          stuck ? "the background job a.async did not end when the rollback "
                  "told it to: what it may still change is not taken back"
                : "the background job a.async was ended by the rollback"});
}
