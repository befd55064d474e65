#include "actors/state/journal.hpp"

#include "actors/state/run_past.hpp"
#include "platform/simulated/simulated_clock.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <cerrno>

using namespace troupe;

TEST_CASE("a journal whose disk failed takes nothing any more",
          "[actors][journal][M016]") {
  test::temp_dir dir;
  auto calls = log_file_calls::of_system();
  auto failure = 0;
  calls.sync = [&](int) { return failure; };
  auto log = record_log::create(dir / "journal", calls);
  REQUIRE(log);
  simulated_clock clock;
  journal one{std::move(*log), true, clock};
  call_key call;
  call.task = "0";
  call.repeatable = false;
  CHECK(one.started(call));
  CHECK(one.trouble().empty());
  failure = EIO;
  auto refused = one.started(call);
  REQUIRE_FALSE(refused);
  CHECK(refused.why().code == errc::exhausted);
  CHECK_THAT(refused.why().message, Catch::Contains("cannot sync"));
  // The disk says that it is well again.
  failure = 0;
  CHECK(one.trouble() == refused.why().message);
  for (auto& later : {one.started(call), one.attempt_ended("0", 0, 1),
                      one.facts(dict{{"a", 1}})}) {
    REQUIRE_FALSE(later);
    CHECK(later.why().message == refused.why().message);
  }
}

TEST_CASE("a journal has the time of its host", "[actors][journal][M016]") {
  test::temp_dir dir;
  simulated_clock clock;
  clock.advance(std::chrono::hours{5});
  {
    auto log = record_log::create(dir / "journal");
    REQUIRE(log);
    journal one{std::move(*log), false, clock};
    REQUIRE(one.resumed(false));
  }
  std::vector<std::chrono::system_clock::time_point> times;
  REQUIRE(record_log::read(
    dir / "journal", [&](uint64_t, uint8_t type, std::string_view payload) {
      record_reader from{payload};
      if (type == static_cast<uint8_t>(record_type::resumed))
        times.push_back(from.time());
    }));
  REQUIRE(times.size() == 1);
  CHECK(times[0] == clock.now());
}

TEST_CASE("a journal with a record of a kind that nobody knows is refused",
          "[actors][journal][M016]") {
  test::temp_dir dir;
  simulated_clock clock;
  auto last = static_cast<uint8_t>(record_type::told);
  for (uint8_t type : {uint8_t{0}, static_cast<uint8_t>(last + 1)}) {
    auto path = dir / std::to_string(type);
    {
      auto log = record_log::create(path);
      REQUIRE(log);
      auto* to = log->get();
      journal one{std::move(*log), false, clock};
      REQUIRE(one.begin({.run = "r"}));
      REQUIRE(run_past::look_at(path));
      REQUIRE(to->append(type, "x"));
    }
    auto past = run_past::look_at(path);
    REQUIRE_FALSE(past);
    CHECK_THAT(past.why().message, Catch::Contains("does not know"));
  }
}

TEST_CASE("a journal keeps where a task stands and whose its attempts are",
          "[actors][journal][M016]") {
  task_result r;
  r.id = "t";
  r.place = {std::make_shared<const std::string>("site.yml"), {3, 5}};
  r.attempts.resize(2);
  r.attempts[1].item = 7;
  task_report report;
  report.result = std::make_shared<const task_result>(r);
  report.definition = 5;
  record_writer to;
  write(to, report);
  record_reader from{to.bytes()};
  auto read = read_report(from);
  CHECK((from.sound() && from.at_end()));
  CHECK(to_string(read.result->place) == "site.yml:3:5");
  CHECK_FALSE(read.result->attempts[0].item);
  CHECK(read.result->attempts[1].item == 7U);
  CHECK(read.definition == 5);
  // Version 5 ended before the definition.
  std::string_view old{to.bytes()};
  old.remove_suffix(1);
  record_reader fifth{old};
  read = read_report(fifth);
  CHECK(fifth.sound());
  CHECK(read.definition == 0);
  CHECK(read.result->place.file);
  // Version 4 before that: a length, the name, two numbers, two items.
  old.remove_suffix(1 + 8 + 2 + 2);
  record_reader before{old};
  read = read_report(before);
  CHECK(before.sound());
  CHECK_FALSE(read.result->place.file);
}

TEST_CASE("of a job in the background that could not begin nothing is known",
          "[actors][journal][M016]") {
  test::temp_dir dir;
  simulated_clock clock;
  {
    auto log = record_log::create(dir / "journal");
    REQUIRE(log);
    journal one{std::move(*log), false, clock};
    REQUIRE(one.begin({.run = "r"}));
    for (auto* id : {"open", "never", "ended"})
      REQUIRE(one.background_started(id));
    REQUIRE(one.background_withdrawn("never"));
    REQUIRE(one.background_ended("ended", {}));
  }
  auto past = run_past::open(dir / "journal");
  REQUIRE(past);
  auto& jobs = (*past)->background();
  REQUIRE(jobs.size() == 2);
  CHECK_FALSE(jobs.at("open"));
  CHECK(jobs.at("ended"));
}

TEST_CASE("undo hears of what was cut off where another engine changed things",
          "[actors][journal][M009][M016]") {
  test::temp_dir dir;
  simulated_clock clock;
  bool noted = GENERATE(false, true);
  {
    auto log = record_log::create(dir / "journal");
    REQUIRE(log);
    journal one{std::move(*log), false, clock};
    REQUIRE(one.begin({.run = "r"}));
    call_key call;
    for (auto* task : {"ended", "cut off"}) {
      call.task = task;
      call.by_line = "template";
      REQUIRE(one.started(call));
      if (call.task == "ended")
        REQUIRE(one.item_ended(call.task, 0, {}, false));
    }
    call = {};
    call.task = "here";
    call.noted = true;
    REQUIRE(one.started(call));
    undo_entry seen;
    seen.task = noted ? "cut off" : "here";
    seen.path = "/x";
    REQUIRE(one.changing(seen));
  }
  auto past = run_past::look_to_undo(dir / "journal");
  REQUIRE(past);
  auto& all = (*past)->changes();
  REQUIRE(all.size() == (noted ? 1 : 2));
  CHECK(all.front().path == "/x");
  if (!noted) {
    CHECK(all.back().task == "cut off");
    CHECK(all.back().path == "template");
    CHECK(all.back().kind == "program");
    CHECK_FALSE(all.back().kept.lost.empty());
  }
  // Who goes on repeats it, and says then what may have come of it.
  past = run_past::open(dir / "journal");
  REQUIRE(past);
  CHECK((*past)->changes().size() == 1);
  auto* begun = (*past)->begun("cut off");
  REQUIRE(begun);
  CHECK(begun->calls.at(0).by_line == "template");
  CHECK(begun->calls.at(0).changed == noted);
}

TEST_CASE(
  "what is done again all the same is told of once, by how it ended last",
  "[actors][journal][M016]") {
  test::temp_dir dir;
  simulated_clock clock;
  auto ended = [](const char* id, task_status how, bool repeats) {
    task_result result;
    result.id = result.name = id;
    result.status = how;
    task_report out;
    out.result = std::make_shared<const task_result>(std::move(result));
    out.repeats = repeats;
    return out;
  };
  {
    auto log = record_log::create(dir / "journal");
    REQUIRE(log);
    journal one{std::move(*log), false, clock};
    REQUIRE(one.begin({.run = "r"}));
    REQUIRE(one.task_ended(ended("asks", task_status::failed, true)));
    REQUIRE(one.task_ended(ended("works", task_status::success, false)));
  }
  auto past = run_past::look_at(dir / "journal");
  REQUIRE(past);
  CHECK((*past)->tasks_ended() == 2);
  auto all = (*past)->reports();
  REQUIRE(all.size() == 2);
  CHECK(all[0]->result->id == "asks");
  CHECK(all[0]->result->status == task_status::failed);
  // Who goes on finds nothing that need not be done.
  CHECK_FALSE((*past)->ended("asks"));
  CHECK((*past)->ended("works"));
  past = run_past::open(dir / "journal");
  REQUIRE(past);
  {
    auto log = (*past)->take_journal(false, clock);
    REQUIRE(log->task_ended(ended("asks", task_status::success, true)));
  }
  past = run_past::look_at(dir / "journal");
  REQUIRE(past);
  all = (*past)->reports();
  REQUIRE(all.size() == 2);
  CHECK(all[1]->result->id == "asks");
  CHECK(all[1]->result->status == task_status::success);
}
