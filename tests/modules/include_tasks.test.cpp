#include "tests/support/modules.hpp"

using namespace troupe;

TEST_CASE("include_tasks is for the engine and takes a file",
          "[modules][include_tasks][M020]") {
  auto found = builtin_modules().find("ansible.builtin.include_tasks");
  REQUIRE(found);
  CHECK(found->spec().engine != engine_task::none);
  auto args = check_arguments(found->spec(), {{"_raw_params", "a.yml"}});
  REQUIRE(args);
  CHECK(args->text("file") == "a.yml");
  CHECK_FALSE(check_arguments(found->spec(), {}));
}
