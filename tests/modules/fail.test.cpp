#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("fail fails with its message", "[modules][fail][M047]") {
  simulated_runner one;
  auto out = one.run("fail", {{"msg", "too old"}});
  CHECK(out.failed);
  CHECK(out.msg == "too old");
  CHECK(one.run("fail", {}).msg == "Failed as requested from task");
}
