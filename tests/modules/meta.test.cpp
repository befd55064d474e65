#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("meta is for the engine and knows its actions",
          "[modules][meta][M047]") {
  auto meta = builtin_modules().find("ansible.builtin.meta");
  REQUIRE(meta);
  CHECK(meta->spec().engine != engine_task::none);
  auto args
    = check_arguments(meta->spec(), {{"_raw_params", "flush_handlers"}});
  REQUIRE(args);
  CHECK(args->text("free_form") == "flush_handlers");
  auto wrong = check_arguments(meta->spec(), {{"_raw_params", "end_pley"}});
  REQUIRE_FALSE(wrong);
  CHECK(wrong.why().message.find("did you mean 'end_play'?")
        != std::string::npos);
}
