#include "tests/support/modules.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("raw runs a line as it is", "[modules][raw][M043]") {
  module_runner host;
  auto out = host.run("raw", {{"_raw_params", "echo chdir=/tmp; echo x >&2"}});
  CHECK(text_at(out, "stdout") == "chdir=/tmp\n");
  CHECK(text_at(out, "stderr") == "x\n");
  CHECK(out.changed);
}

TEST_CASE("raw takes another shell and a time", "[modules][raw][M043]") {
  module_runner host;
  auto out
    = host.run("raw", {{"_raw_params", "echo $BASH executable=/bin/bash"}});
  CHECK(text_at(out, "stdout") == "/bin/bash\n");
  CHECK(host.run("raw", {{"cmd", "sleep 60"}, {"timeout", "100ms"}}).timed_out);
}

TEST_CASE("raw is skipped in check mode", "[modules][raw][M021]") {
  module_runner host;
  CHECK(host.predict("raw", {{"cmd", "true"}}).skipped);
}
