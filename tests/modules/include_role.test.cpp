#include "tests/support/modules.hpp"

using namespace troupe;

TEST_CASE("include_role is for the engine and takes the name of a role",
          "[modules][include_role][M020]") {
  auto found = builtin_modules().find("ansible.builtin.include_role");
  REQUIRE(found);
  CHECK(found->spec().engine != engine_task::none);
  auto args = check_arguments(found->spec(), {{"role", "web"}});
  REQUIRE(args);
  CHECK(args->text("name") == "web");
  CHECK(args->text("tasks_from") == "main");
  CHECK_FALSE(check_arguments(found->spec(), {}));
}
