#include "tests/support/modules.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("shell runs a line in a shell", "[modules][shell][M043]") {
  module_runner host;
  auto out = host.run("shell", {{"cmd", "echo $((1 + 2)) | tr 3 x; exit 4"}});
  CHECK(text_at(out, "stdout") == "x");
  CHECK(integer_at(out, "rc") == 4);
  CHECK(out.failed);
  CHECK(text_at(out, "cmd") == "echo $((1 + 2)) | tr 3 x; exit 4");
}

TEST_CASE("shell uses another shell and folder", "[modules][shell][M043]") {
  module_runner host;
  auto out = host.run("shell", {{"cmd", "echo ${BASH_VERSION:0:1} $PWD"},
                                {"executable", "/bin/bash"},
                                {"chdir", host.folder().path()}});
  CHECK(text_at(out, "stdout") == "5 " + host.folder().path());
  out = host.run("shell", {{"_raw_params", "echo a=b executable=/bin/sh"}});
  CHECK(text_at(out, "stdout") == "a=b");
}

TEST_CASE("shell ends what it left behind unless it is detached",
          "[modules][shell][M017][M043]") {
  module_runner host;
  auto out = host.run("shell", {{"cmd", "sleep 60 >/dev/null 2>&1 & echo $!"}});
  REQUIRE_FALSE(out.failed);
  CHECK(out.warnings.size() == 1);
  auto gone = "kill -0 " + text_at(out, "stdout");
  CHECK(host.run("shell", {{"cmd", gone}}).failed);
  out = host.run(
    "shell", {{"cmd", "sleep 60 >/dev/null 2>&1 & echo $!"}, {"detach", true}});
  CHECK_FALSE(
    host.run("shell", {{"cmd", "kill " + text_at(out, "stdout")}}).failed);
}

TEST_CASE("shell reads input and skips by creates", "[modules][shell][M043]") {
  module_runner host;
  CHECK(text_at(host.run("shell", {{"cmd", "read a; echo $a"}, {"stdin", "x"}}),
                "stdout")
        == "x");
  CHECK_FALSE(
    host.run("shell", {{"cmd", "true"}, {"creates", "/etc"}}).changed);
}
