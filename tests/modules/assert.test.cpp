#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("assert holds when all conditions do", "[modules][assert][M047]") {
  simulated_runner one;
  auto out = one.run("assert", {{"that", list{true, true}}});
  CHECK_FALSE(out.failed);
  CHECK_FALSE(out.changed);
  CHECK(out.msg == "All assertions passed");
  CHECK(one.run("assert", {{"that", true}, {"success_msg", "fine"}}).msg
        == "fine");
}

TEST_CASE("assert names the condition that does not hold",
          "[modules][assert][M047]") {
  simulated_runner one;
  auto out = one.run("assert", {{"that", list{true, false}}, {"msg", "no"}});
  CHECK(out.failed);
  CHECK(out.msg == "no");
  CHECK(*out.data.find("assertion") == value{false});
  CHECK(*out.data.find("evaluated_to") == value{false});
  out = one.run("assert", {{"that", false}, {"quiet", true}});
  CHECK_FALSE(out.data.contains("assertion"));
  CHECK(out.msg == "Assertion failed");
}

TEST_CASE("assert needs a condition", "[modules][assert][M040]") {
  simulated_runner one;
  CHECK(one.run("assert", {}).why == errc::missing_argument);
}
