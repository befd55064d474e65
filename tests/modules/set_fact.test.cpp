#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("set_fact returns names as facts", "[modules][set_fact][M047]") {
  simulated_runner one;
  auto out = one.run("set_fact", {{"port", 80}, {"on", "yes"}, {"name", "x"}});
  CHECK_FALSE(out.changed);
  CHECK(*out.facts.find("port") == value{80});
  CHECK(out.facts.find("on")->is_bool());
  CHECK(out.facts.find("name")->as_string() == "x");
  CHECK(out.data.find("ansible_facts")->find("port"));
  CHECK_FALSE(out.facts.contains("cacheable"));
}

TEST_CASE("set_fact reads a line of options", "[modules][set_fact][M047]") {
  simulated_runner one;
  auto out = one.run("set_fact", {{"_raw_params", "a=1 b='x y'"}});
  CHECK(out.facts.find("b")->as_string() == "x y");
}

TEST_CASE("set_fact refuses names that are none", "[modules][set_fact][M052]") {
  simulated_runner one;
  auto out = one.run("set_fact", {{"not a name", 1}});
  CHECK(out.why == errc::invalid_argument);
  CHECK(out.msg.find("'not a name'") != std::string::npos);
  CHECK(one.run("set_fact", {}).why == errc::missing_argument);
}
