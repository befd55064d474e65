#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("ping answers with its data", "[modules][ping][M047]") {
  simulated_runner one;
  auto out = one.run("ping", {});
  CHECK_FALSE(out.changed);
  CHECK(text_at(out, "ping") == "pong");
  CHECK(text_at(one.run("ping", {{"data", "hello"}}), "ping") == "hello");
  CHECK(one.run("ping", {{"data", "crash"}}).failed);
}
