#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("yum uses dnf where there is one", "[modules][yum][M048]") {
  simulated_runner one;
  auto& tools = one.host.programs;
  tools.on("rpm *", program_answer{.rc = 1});
  tools.on("yum *", program_answer{.out = "Complete!\n"});
  CHECK(one.run("yum", {{"name", "nginx"}}).changed);
  CHECK(tools.count("yum --assumeyes install nginx") == 1);
  tools.on("dnf *", program_answer{.out = "Complete!\n"});
  CHECK(one.run("yum", {{"name", "nginx"}}).changed);
  CHECK(tools.count("dnf --assumeyes install nginx") == 1);
  CHECK(one.run("yum", {{"name", "nginx"}, {"use_backend", "yum"}}).changed);
  CHECK(tools.count("yum --assumeyes install nginx") == 2);
}

TEST_CASE("yum of old tells a missing package by its words",
          "[modules][yum][M052]") {
  simulated_runner one;
  one.host.programs.on("rpm *", program_answer{.rc = 1});
  one.host.programs.on("yum *",
                       program_answer{.out = "No package nope available.\n"
                                             "Nothing to do\n"});
  CHECK(one.run("yum", {{"name", "nope"}}).why == errc::not_found);
}
