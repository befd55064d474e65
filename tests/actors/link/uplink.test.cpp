#include "actors/engine.hpp"
#include "platform/simulated/simulated_machine.hpp"
#include "tests/actors/link/uplink_stage.hpp"

using namespace troupe;
using namespace std::chrono_literals;
using test::manner;
using test::uplink_stage;

namespace {

run_event event(uint64_t sequence, run_event::kinds what) {
  run_event out;
  out.what = std::move(what);
  out.sequence = sequence;
  out.run = "run";
  out.host = "web1";
  return out;
}

run_event ended(uint64_t sequence, size_t output) {
  auto result = std::make_shared<task_result>();
  result->id = "task";
  result->msg = "said";
  result->output = value{dict{{"stdout", std::string(output, 'x')}}};
  return event(sequence, task_ended{result});
}

/// A few events of a run.
void tell(event_writer& to, uint64_t count) {
  to.on(event(1, run_started{"site"}));
  for (uint64_t i = 2; i < count; ++i)
    to.on(i % 2 == 0 ? event(i, task_started{"task"}) : ended(i, 100));
  to.on(event(count, run_ended{}));
  to.finish();
}

/// How a run ended, and how the machine is then.
std::string story_of(std::vector<std::shared_ptr<event_writer>> views) {
  auto machine
    = std::make_shared<simulated_machine>(machine_profile{.name = "sim9"});
  auto plan = prepare(R"({"tasks": [
    {"command": "hostname", "register": "named"},
    {"copy": {"dest": "/srv/name", "content": "{{ named.stdout }}"}},
    {"debug": {"msg": "{{ item }}"}, "loop": [1, 2, 3]},
    {"fail": {"msg": "no"}, "ignore_errors": true}]})",
                      "/plan/p.json", {}, machine);
  REQUIRE(plan);
  auto outcome = execute(*plan, std::move(views));
  CHECK(outcome.well());
  CHECK(outcome.view_troubles.empty());
  return outcome.sentence.substr(0, 12) + machine->disk.snapshot();
}

constexpr manner all_bad[]
  = {manner::absent,  manner::frozen, manner::mute,     manner::slow,
     manner::garbage, manner::lying,  manner::refusing, manner::stingy};

} // namespace

TEST_CASE("the events of a run come to its controller",
          "[actors][link][uplink][M083]") {
  uplink_stage stage{manner::good};
  stage.begin();
  auto view = stage.writer();
  tell(view, 500);
  stage.pass(2s);
  REQUIRE(stage.carrier->stored.size() == 500);
  for (uint64_t i = 0; i < 500; ++i)
    CHECK(stage.carrier->stored[i].at.sequence == i + 1);
  CHECK(stage.carrier->stored[1].rank == link_rank::progress);
  CHECK(stage.carrier->stored[2].rank == link_rank::result);
  CHECK(stage.carrier->stored[499].rank == link_rank::ending);
  CHECK(stage.kept->kept->events() == 0);
  CHECK(stage.kept->kept->positions().empty());
  CHECK(stage.carrier->dials == 1);
}

TEST_CASE("whatever a controller does changes nothing in a run but the spool",
          "[actors][link][uplink][M083]") {
  auto alone = story_of({});
  for (auto how : all_bad) {
    uplink_stage stage{how};
    auto view = std::make_shared<uplink_writer>(stage.kept, 0, [] {});
    INFO(static_cast<int>(how));
    CHECK(story_of({view}) == alone);
    auto spooled = stage.kept->kept->events();
    CHECK(spooled >= 8);
    stage.begin();
    stage.pass(10min);
    if (how != manner::slow && how != manner::lying)
      CHECK(stage.kept->kept->events() == spooled);
    // It comes to its senses.
    stage.carrier->change(manner::good);
    stage.pass(70min);
    CHECK(stage.carrier->stored.size() == spooled);
    CHECK(stage.kept->kept->events() == 0);
  }
}

TEST_CASE("a controller that cannot be had is dialled less and less often",
          "[actors][link][uplink][M083]") {
  for (auto how : {manner::absent, manner::frozen, manner::garbage}) {
    uplink_stage stage{how};
    stage.begin();
    stage.pass(10s);
    auto soon = stage.carrier->dials;
    CHECK(soon >= 2);
    stage.pass(1h);
    auto later = stage.carrier->dials - soon;
    INFO(static_cast<int>(how));
    CHECK(later >= 80);
    CHECK(later <= 200);
    CHECK(stage.carrier->hang_ups >= stage.carrier->dials - 1);
  }
  uplink_stage told{manner::refusing};
  told.begin();
  told.pass(59min);
  CHECK(told.carrier->dials == 1);
  told.pass(2min);
  CHECK(told.carrier->dials == 2);
}

TEST_CASE("the owner of an uplink hears its controller and answers",
          "[actors][link][uplink][M111]") {
  uplink_stage stage{manner::good};
  stage.begin();
  stage.pass(1s);
  CHECK(stage.joined == 1);
  link_offer offer;
  offer.run = "web-17";
  stage.carrier->say(stage.now(), offer);
  stage.pass(1s);
  REQUIRE(stage.carrier->said.size() == 1);
  CHECK(std::get<link_accept>(stage.carrier->said[0]).run == "web-17");
  stage.carrier->change(manner::absent);
  stage.pass(1s);
  CHECK(stage.closed >= 1);
  // Nobody is there to hear it.
  caf::anon_send(stage.actor,
                 std::make_shared<const link_message>(link_accept{"late"}));
  stage.pass(1s);
  stage.carrier->change(manner::good);
  stage.pass(2min);
  CHECK(stage.joined == 2);
  CHECK(stage.carrier->said.size() == 1);
}

TEST_CASE("what a process left another one sends",
          "[actors][link][uplink][M083]") {
  uplink_stage stage{manner::good};
  {
    auto view = stage.writer();
    view.on(event(1, run_started{"site"}));
    view.on(ended(2, 10));
  }
  stage.kept->kept.reset();
  stage.kept->kept = test::open_spool(stage.dir / "spool");
  auto view = stage.writer(1);
  tell(view, 3);
  stage.begin();
  stage.pass(1s);
  std::vector<std::pair<uint64_t, uint64_t>> got;
  for (auto& each : stage.carrier->stored)
    got.emplace_back(each.at.stream.part, each.at.sequence);
  CHECK(got
        == std::vector<std::pair<uint64_t, uint64_t>>{
          {0, 1}, {0, 2}, {1, 1}, {1, 2}, {1, 3}});
}

TEST_CASE("who ends waits for acknowledgements while there is hope",
          "[actors][link][uplink][M083]") {
  struct ending {
    manner how;
    bool all;
    std::chrono::milliseconds least;
    std::chrono::milliseconds most;
  };
  for (auto& each : {ending{manner::good, true, 0s, 500ms},
                     ending{manner::absent, false, 0s, 100ms},
                     ending{manner::mute, false, 4900ms, 5200ms},
                     ending{manner::stingy, false, 4900ms, 5200ms}}) {
    uplink_stage stage{each.how};
    stage.begin();
    auto view = stage.writer();
    tell(view, 50);
    auto start = stage.now();
    std::optional<bool> all;
    link_time end;
    auto waiter = stage.system.spawn([&](caf::event_based_actor* self) {
      self
        ->request(stage.actor, caf::infinite, finish_atom_v, caf::timespan{5s})
        .then([&](bool x) {
          all = x;
          end = stage.now();
        });
    });
    stage.pass(6s);
    INFO(static_cast<int>(each.how));
    REQUIRE(all);
    CHECK(*all == each.all);
    CHECK(end - start >= each.least);
    CHECK(end - start <= each.most);
    CHECK((stage.kept->kept->events() == 0) == each.all);
  }
}

TEST_CASE("a result that is too large for a message loses its largest parts",
          "[actors][link][uplink][M083]") {
  auto small = body_of(ended(1, 1000));
  CHECK_THAT(small, !Catch::Contains("\"cut\""));
  auto fits = event_most - (body_of(ended(1, 1000)).size() - 2000);
  CHECK(body_of(ended(1, fits / 2)).size() <= event_most);
  CHECK_THAT(body_of(ended(1, fits / 2)), !Catch::Contains("\"cut\""));
  for (auto size : {fits / 2 + 1, fits, 10 * fits}) {
    auto body = body_of(ended(1, size));
    CHECK(body.size() <= event_most);
    CHECK_THAT(body, Catch::Contains("\"cut\":[\"output\""));
    CHECK_THAT(body, Catch::Contains("\"msg\":\"said\""));
  }
}

TEST_CASE("what a slow view left out is told by numbers, and costs no event",
          "[actors][link][uplink][M083]") {
  uplink_stage stage{manner::good};
  auto view = stage.writer();
  view.on(event(1, run_started{"site"}));
  // As a SINK does it: a note with the number of what follows.
  view.on(event(5, run_trouble{"3 events are left out here"}));
  view.on(ended(5, 10));
  view.on(event(6, run_trouble{"a warning"}));
  view.on(event(7, run_trouble{"the last one"}));
  view.finish();
  stage.begin();
  stage.pass(1s);
  std::vector<uint64_t> numbers;
  for (auto& each : stage.carrier->stored)
    numbers.push_back(each.at.sequence);
  CHECK(numbers == std::vector<uint64_t>{1, 5, 6, 7});
  CHECK(stage.carrier->stored[1].rank == link_rank::result);
}
