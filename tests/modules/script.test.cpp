#include "tests/support/modules.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("script runs a file beside the plan with arguments",
          "[modules][script][M043]") {
  module_runner host;
  write_file(host.folder() / "plan/files/do.sh",
             "#!/bin/sh\necho \"$1|$2|$PWD\"\n");
  host.search_path = {host.folder() / "plan"};
  auto out = host.run("script", {{"_raw_params", "do.sh 'a b' c chdir=/"}});
  CHECK_FALSE(out.failed);
  CHECK(text_at(out, "stdout") == "a b|c|/\n");
  CHECK(host.machine().files().list(host.temporary)->empty());
}

TEST_CASE("script runs by a program", "[modules][script][M043]") {
  module_runner host;
  auto path = host.folder() / "x";
  write_file(path, "echo hi $1\n");
  auto out
    = host.run("script", {{"cmd", path + " you"}, {"executable", "/bin/sh"}});
  CHECK(text_at(out, "stdout") == "hi you\n");
}

TEST_CASE("script says that a file is missing", "[modules][script][M052]") {
  module_runner host;
  CHECK(host.run("script", {{"cmd", "nothing.sh"}}).why == errc::not_found);
}

TEST_CASE("script refuses a damaged encrypted file",
          "[modules][script][M052]") {
  module_runner host;
  auto path = host.folder() / "secret";
  write_file(path, "$ANSIBLE_VAULT;1.1;AES256\n3132\n");
  CHECK(host.run("script", {{"cmd", path}}).failed);
}

TEST_CASE("script is skipped by creates and in check mode",
          "[modules][script][M021]") {
  module_runner host;
  auto path = host.folder() / "x.sh";
  write_file(path, "#!/bin/sh\ntouch " + host.folder().path() + "/made\n");
  CHECK_FALSE(host.run("script", {{"cmd", path}, {"creates", "/etc"}}).changed);
  CHECK(host.predict("script", {{"cmd", path}}).skipped);
  CHECK_FALSE(host.machine().files().access(host.folder() / "made", ""));
}
