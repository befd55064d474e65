#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("debug prints a message of any kind", "[modules][debug][M041]") {
  simulated_runner one;
  auto out = one.run("debug", {{"msg", "hello"}});
  CHECK_FALSE(out.changed);
  CHECK(out.msg == "hello");
  CHECK(text_at(out, "msg") == "hello");
  out = one.run("debug", {{"msg", list{1, 2}}});
  CHECK(out.data.find("msg")->is_list());
  CHECK(one.run("debug", {}).msg == "Hello world!");
}

TEST_CASE("debug shows variables", "[modules][debug][M041]") {
  simulated_runner one;
  one.names.set("port", 8080);
  auto out = one.run("debug", {{"var", "port"}});
  CHECK(*out.data.find("port") == value{8080});
  out = one.run("debug", {{"var", "nothing"}});
  CHECK_FALSE(out.failed);
  CHECK(text_at(out, "nothing") == "VARIABLE IS NOT DEFINED!");
}

TEST_CASE("debug is quiet below its verbosity", "[modules][debug][M041]") {
  simulated_runner one;
  dict given{{"msg", "x"}, {"verbosity", 2}};
  auto out = one.run("debug", given);
  CHECK(out.skipped);
  CHECK(text_at(out, "skipped_reason") == "Verbosity threshold not met.");
  one.verbosity = 2;
  CHECK_FALSE(one.run("debug", given).skipped);
}

TEST_CASE("debug takes a message or a variable", "[modules][debug][M040]") {
  simulated_runner one;
  CHECK(one.run("debug", {{"msg", "x"}, {"var", "y"}}).failed);
}
