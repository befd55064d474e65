#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("a program that links the engine runs plans with its own module",
          "[e2e][M132]") {
  auto ran = test::run_program(test::built_path("tests/example/embedding"), {});
  CHECK(ran.rc == 0);
  CHECK(ran.err.empty());
  CHECK(ran.out
        == "count: success\ncheck: success\n"
           "All 2 tasks ended well; nothing changed.\n");
}
