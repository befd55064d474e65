#include "tests/support/modules.hpp"
#include "tests/support/simulated.hpp"

#include <thread>

using namespace troupe;
using namespace troupe::test;

TEST_CASE("expect ends when it is cancelled", "[modules][expect][M052]") {
  module_runner host;
  std::stop_source stop;
  host.stop = stop.get_token();
  std::jthread canceller{[&] { stop.request_stop(); }};
  auto stopped = host.run("expect", {{"command", "sleep 60"},
                                     {"responses", dict{{"x", "y"}}},
                                     {"timeout", value{}}});
  CHECK(stopped.cancelled);
  CHECK(stopped.failed);
}
