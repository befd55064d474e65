#include "actors/simulate/simulation_tally.hpp"

#include "actors/simulate/simulated_fleet.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;

namespace {

struct counter {
  simulation_tally tally{[](auto& host) {
    return std::string{host.starts_with("a") ? "debian" : "alma"};
  }};

  void end(const std::string& host, task_result result) {
    run_event event;
    event.host = host;
    event.what = task_ended{std::make_shared<task_result>(std::move(result))};
    tally.on(event);
  }

  void fail(const std::string& host, const std::string& msg,
            bool rescued = false) {
    task_result out;
    out.id = "t";
    out.status = task_status::failed;
    out.msg = msg;
    out.has_rescue = rescued;
    end(host, std::move(out));
  }

  void finish() {
    run_event event;
    event.what = run_ended{};
    tally.on(event);
  }
};

} // namespace

TEST_CASE("failures of one reason are one, whatever hosts call themselves",
          "[actors][simulate][M149]") {
  counter c;
  for (int i = 0; i < 20; ++i)
    c.fail(fmt::format("a-host-{}", i), fmt::format("a-host-{}: no space", i));
  c.fail("b-host", "other");
  c.finish();
  auto found = c.tally.failures();
  REQUIRE(found.size() == 2);
  CHECK(found[0].hosts == 20);
  CHECK(found[0].msg == "HOST: no space");
  CHECK(found[0].by_profile == std::map<std::string, uint64_t>{{"debian", 20}});
  CHECK(found[0].examples.size() == simulation_tally::most_examples);
  CHECK(found[1].by_profile == std::map<std::string, uint64_t>{{"alma", 1}});
}

TEST_CASE("what a rescue has made good is no failure",
          "[actors][simulate][M149]") {
  counter c;
  c.fail("a1", "one", true);
  c.fail("a2", "two", true);
  run_event event;
  event.host = "a1";
  event.what = task_rescued{"t", ""};
  c.tally.on(event);
  c.finish();
  auto found = c.tally.failures();
  REQUIRE(found.size() == 1);
  CHECK(found[0].msg == "two");
}

TEST_CASE("reasons of failures are bounded, and the rest is counted",
          "[actors][simulate][M149]") {
  counter c;
  for (size_t i = 0; i < simulation_tally::most_failures; ++i)
    c.fail("a1", fmt::format("reason {}", i));
  CHECK(c.tally.more_failures() == 0);
  c.fail("a1", "one more");
  c.fail("a1", "reason 1");
  CHECK(c.tally.failures().size() == simulation_tally::most_failures);
  CHECK(c.tally.more_failures() == 1);
}

TEST_CASE("handlers of two plays are two tasks, whatever their ids are",
          "[actors][simulate][M149]") {
  counter c;
  for (uint32_t line : {9U, 19U}) {
    task_result out;
    out.id = "h";
    out.status = task_status::success;
    out.place = {std::make_shared<const std::string>("site.yml"), {line, 5}};
    c.end("a1", out);
    c.end("a2", out);
  }
  REQUIRE(c.tally.tasks().size() == 2);
  CHECK(c.tally.tasks().back().all().hosts == 2);
  CHECK(c.tally.tasks().back().place.at.line == 19);
}

TEST_CASE("hosts, tasks and the last sentence count changes alike",
          "[actors][simulate][M149]") {
  counter c;
  run_counts run;
  // What failed and was ignored has changed something, as far as it says;
  // what failed for good, or was rescued, has not.
  for (auto [host, ignored, rescued] : {std::tuple{"a1", true, false},
                                        {"a2", false, true},
                                        {"a3", false, false}}) {
    task_result out;
    out.id = "t";
    out.status = task_status::failed;
    out.changed = true;
    out.ignored = ignored;
    out.has_rescue = rescued;
    run.add(out);
    c.end(host, std::move(out));
  }
  c.finish();
  CHECK(run.changed == 1);
  CHECK(c.tally.tasks().front().all().changed == 1);
  CHECK(c.tally.hosts().at("debian").changed == 1);
}

TEST_CASE("a host that only hears that the run is over is of no play",
          "[actors][simulate][M149]") {
  counter c;
  run_event play;
  play.what = play_started{"Web"};
  c.tally.on(play);
  task_result out;
  out.id = "t";
  out.status = task_status::failed;
  c.end("a1", out);
  out.id = "later";
  out.status = task_status::cancelled;
  out.reason = "not run: the play was over";
  c.end("a1", out);
  c.end("b1", out);
  CHECK(c.tally.plays().back().batches.back().hosts == 1);
}
