#include "actors/engine.hpp"
#include "actors/run/run_starter.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <future>
#include <thread>

using namespace troupe;

namespace {

run_outcome run_text(const std::string& text, std::shared_ptr<host> machine) {
  auto plan = prepare(text, "<test>", run_request{}, std::move(machine));
  if (!plan)
    return {.sentence = plan.why().message};
  return execute(*plan, {});
}

void await_file(const std::string& path) {
  for (int i = 0; i < 1000 && ::access(path.c_str(), F_OK) != 0; ++i)
    ::poll(nullptr, 0, 10);
  REQUIRE(::access(path.c_str(), F_OK) == 0);
}

} // namespace

namespace {

/// Begins no run: there is no memory for it.
class no_memory final : public run_starter {
public:
  any_run_actor start(caf::actor_system&, run_setting) const override {
    throw std::bad_alloc{};
  }
};

} // namespace

TEST_CASE("nobody waits for a run that could not begin",
          "[actors][neighbour_runs][M011]") {
  auto plan = prepare(R"({"tasks": [{"id": "s", "command": "true"}]})",
                      "<test>", run_request{}, make_real_host());
  REQUIRE(plan);
  plan->starter = std::make_shared<no_memory>();
  CHECK_THROWS_AS(execute(*plan, {}), std::bad_alloc);
}

TEST_CASE("a run that ends early leaves the programs of another one alone",
          "[actors][neighbour_runs][M011]") {
  // On one host that both share, or on a host for each.
  auto shared = GENERATE(true, false);
  test::temp_dir dir;
  auto machine = make_real_host();
  auto go = dir / "go";
  auto begun = dir / "begun";
  // The first waits for a file; the daemon that it leaves shall be ended by it
  // and by nobody else.
  auto long_plan = fmt::format(
    R"({{"tasks": [{{"id": "t", "shell":
        "(setsid sleep 66.5 > /dev/null 2>&1 &) ; touch {}; while [ ! -e {} ]; do sleep 0.02; done"}}]}})",
    begun, go);
  auto first = std::async(std::launch::async,
                          [&] { return run_text(long_plan, machine); });
  await_file(begun);
  for (int i = 0; i < 3; ++i) {
    auto other = run_text(R"({"tasks": [{"id": "s", "command": "true"}]})",
                          shared ? machine : make_real_host());
    INFO(other.sentence);
    CHECK(other.well());
  }
  CHECK(first.wait_for(std::chrono::milliseconds{50})
        == std::future_status::timeout);
  test::write_file(go, "");
  auto outcome = first.get();
  INFO(outcome.sentence);
  CHECK(outcome.well());
}

TEST_CASE("durability is the run's own", "[actors][neighbour_runs][M016]") {
  auto machine = make_real_host();
  auto prepared = [&](bool durable) {
    run_request request;
    request.given_settings = dict{{"durable", durable}};
    auto plan = prepare(R"({"tasks": [{"id": "s", "command": "true"}]})",
                        "<test>", std::move(request), machine);
    REQUIRE(plan);
    return *std::move(plan);
  };
  auto durable = prepared(true);
  auto quick = prepared(false);
  CHECK(durable.ctx->machine != machine);
  CHECK(quick.ctx->machine == machine);
  CHECK(&durable.ctx->machine->files() != &machine->files());
  // All else is one machine.
  CHECK(&durable.ctx->machine->processes() == &machine->processes());
}
