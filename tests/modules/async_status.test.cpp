#include "tests/support/modules.hpp"

using namespace troupe;

TEST_CASE("async_status is for the engine and takes a job's id",
          "[modules][async_status][M020]") {
  auto found = builtin_modules().find("ansible.builtin.async_status");
  REQUIRE(found);
  CHECK(found->spec().engine != engine_task::none);
  auto args = check_arguments(found->spec(), {{"jid", "a.async"}});
  REQUIRE(args);
  CHECK(args->text("mode") == "status");
  CHECK_FALSE(check_arguments(found->spec(), {}));
  CHECK_FALSE(
    check_arguments(found->spec(), {{"jid", "a"}, {"mode", "other"}}));
}
