#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("wait_for_connection waits for its delay only",
          "[modules][wait_for_connection][M047]") {
  simulated_runner one;
  CHECK(integer_at(one.run("wait_for_connection", {}), "elapsed") == 0);
  auto out = one.run("wait_for_connection", {{"delay", 7}, {"timeout", 1}});
  CHECK_FALSE(out.changed);
  CHECK(integer_at(out, "elapsed") == 7);
  CHECK(one.predict("wait_for_connection", {}).skipped);
  one.deadline = one.host.time.steady_now() + std::chrono::seconds{3};
  CHECK(one.run("wait_for_connection", {{"delay", 7}}).why == errc::timeout);
}
