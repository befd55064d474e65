#include "actors/simulate/virtual_run.hpp"

#include "actors/engine.hpp"
#include "platform/simulated/simulated_machine.hpp"
#include "tests/support/sandbox.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

struct told {
  run_outcome how;
  std::vector<std::string> events;
  std::chrono::nanoseconds took{};
};

class keeper final : public event_writer {
public:
  explicit keeper(std::vector<std::string>& to) : to_{to} {
  }

  void on(const run_event& event) override {
    if (auto* ended = event.as<task_ended>())
      to_.push_back(ended->result->id + " " + format_time(event.time));
  }

private:
  std::vector<std::string>& to_;
};

told run_virtually(const std::string& text, uint64_t seed = 1) {
  auto clock = std::make_shared<simulated_clock>();
  auto machine = std::make_shared<simulated_machine>(
    machine_profile{.name = "sim", .seed = seed}, clock);
  auto plan = prepare(text, "/plan.yml", run_request{}, machine);
  INFO((plan ? std::string{} : plan.why().message));
  REQUIRE(plan);
  told out;
  out.how = execute_in_virtual_time(
    *plan, {std::make_shared<keeper>(out.events)}, clock, seed);
  out.took = clock->passed();
  return out;
}

} // namespace

TEST_CASE("what waits takes virtual time, side by side as in a run",
          "[actors][simulate][M149]") {
  auto out = run_virtually(R"yaml(
tasks:
- {id: a, command: sleep 3600, async: 9000, poll: 0, register: job}
- {id: b, command: sleep 1800, timeout: 9000}
- {id: c, async_status: {jid: '{{ job.ansible_job_id }}'}, register: r,
   until: r.finished, retries: 100, delay: 60}
)yaml");
  INFO(out.how.sentence);
  CHECK(out.how.well());
  CHECK(out.took >= std::chrono::hours{1});
  CHECK(out.took < std::chrono::hours{2});
}

TEST_CASE("pauses between attempts are virtual, and follow from the seed",
          "[actors][simulate][M149]") {
  auto* text = R"yaml(
tasks:
- {id: a, command: 'false', register: r, until: r.rc == 0, retries: 3,
   delay: 3600, ignore_errors: true}
- {id: b, command: sleep 5000, timeout: 60, ignore_errors: true}
- {id: c, set_fact: {x: '{{ range(1000000) | random }}'}}
- {id: d, debug: {msg: '{{ x }}'}}
)yaml";
  auto once = run_virtually(text);
  INFO(once.how.sentence);
  CHECK(once.how.well());
  CHECK(once.took >= std::chrono::minutes{10});
  auto again = run_virtually(text);
  CHECK(once.events == again.events);
  CHECK(once.took == again.took);
}

TEST_CASE("a virtual run needs no thread and touches nothing real",
          "[actors][simulate][M149]") {
  if (!test::has_sandbox()) {
    WARN("no sandbox here: skipped");
    return;
  }
  auto* text = R"yaml(
tasks:
- {id: a, copy: {dest: /srv/a, content: x}}
- {id: b, command: hostname}
)yaml";
  run_virtually(text);
  CHECK(test::in_sandbox([&] {
          auto before = test::threads_of_process();
          auto out = run_virtually(text);
          return test::threads_of_process() == before ? out.how.sentence
                                                      : "threads";
        })
        == "All 2 tasks ended well; 2 changed something.");
}
