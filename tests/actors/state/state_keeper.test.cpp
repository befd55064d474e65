#include "actors/state/state_keeper.hpp"

#include "platform/simulated/simulated_clock.hpp"
#include "tests/actors/virtual_time.hpp"
#include "tests/support/temp_dir.hpp"

#include <caf/send.hpp>

using namespace troupe;

TEST_CASE_METHOD(test::virtual_time,
                 "other hosts hear of an end that is written down",
                 "[actors][state_keeper][M016][M143]") {
  test::temp_dir dir;
  auto clock = std::make_shared<simulated_clock>();
  auto log = record_log::create(dir / "journal");
  REQUIRE(log);
  // Who has heard of it, and how many records there were then.
  std::vector<std::pair<std::string, size_t>> heard;
  auto hear = [&](const char* who) {
    size_t records = 0;
    CHECK(
      record_log::read(dir / "journal", [&](uint64_t, uint8_t,
                                            std::string_view) { ++records; }));
    heard.emplace_back(who, records);
  };
  state_setting setting;
  setting.progress
    = system.spawn(progress, progress_setting{"r", "a", clock, {}});
  setting.log = std::make_shared<journal>(std::move(*log), false, *clock);
  setting.stage
    = system.spawn([&](stage_actor::pointer) -> stage_actor::behavior_type {
        return {
          [](arrived_atom, const arrival_ptr&) {
            FAIL("nobody arrives");
            return gate_answer_ptr{};
          },
          [&](ended_atom, const host_task_end_ptr& what) {
            CHECK(what->report->result->id == "1");
            hear("stage");
          },
          [](meta_atom, const std::string&, const std::string&) {
            FAIL("there is no such task");
          },
        };
      });
  ending_listener owner = system.spawn([&](ending_listener::pointer) {
    return ending_listener::behavior_type{
      [&](const ending_ptr&) { hear("owner"); }};
  });
  auto stage = setting.stage;
  auto reports = setting.progress;
  auto keeper = system.spawn(state_keeper, std::move(setting));
  auto result = std::make_shared<task_result>();
  result->id = "1";
  auto report = std::make_shared<task_report>();
  report->result = std::move(result);
  auto what = std::make_shared<host_task_end>();
  what->host = "a";
  what->report = std::move(report);
  caf::anon_send(keeper, ended_atom_v, host_task_end_ptr{std::move(what)},
                 owner);
  settle();
  CHECK(
    heard
    == std::vector<std::pair<std::string, size_t>>{{"stage", 1}, {"owner", 1}});
  for (auto each :
       {caf::actor_cast<caf::actor>(keeper), caf::actor_cast<caf::actor>(stage),
        caf::actor_cast<caf::actor>(owner),
        caf::actor_cast<caf::actor>(reports)})
    caf::anon_send_exit(each, caf::exit_reason::kill);
  settle();
}
