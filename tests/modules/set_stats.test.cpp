#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("set_stats returns its figures", "[modules][set_stats][M047]") {
  simulated_runner one;
  auto out = one.run("set_stats", {{"data", dict{{"rows", 42}}}});
  CHECK_FALSE(out.changed);
  CHECK(*out.data.find("ansible_stats")
        == value{dict{{"data", dict{{"rows", 42}}},
                      {"per_host", false},
                      {"aggregate", true}}});
  out = one.predict("set_stats", {{"data", "a=1"}, {"per_host", true}});
  CHECK(out.data.find("ansible_stats")->find("per_host")->as_bool());
}

TEST_CASE("set_stats refuses names that no variable has",
          "[modules][set_stats][M052]") {
  simulated_runner one;
  CHECK(one.run("set_stats", {{"data", dict{{"a b", 1}}}}).why
        == errc::invalid_argument);
  CHECK(one.run("set_stats", {{"data", dict{{"1", 1}}}}).failed);
  CHECK(one.run("set_stats", {}).failed);
}
