#include "tests/e2e/killed_run.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace troupe;

TEST_CASE("a check of an undo says why it shows no difference",
          "[e2e][M009][M021][M092]") {
  test::killed_run r{R"({"copy":{"content":"new","dest":"FOLDER/a"}},
    {"no_log":true,"copy":{"content":"new","dest":"FOLDER/b"}})"};
  test::write_file(r.dir / "a", "old");
  test::write_file(r.dir / "b", "old");
  test::write_file(r.dir / "pass", "swordfish");
  std::filesystem::permissions(r.dir / "pass", std::filesystem::perms{0600});
  std::vector<std::string> more{"--vault-password-file", r.dir / "pass"};
  std::string reason = "(hidden: the run could open encrypted variables";
  SECTION("a secret") {
    more = {"--secret", "token=file:" + (r.dir / "pass")};
    reason = "(hidden: the run had secrets";
  }
  SECTION("a password of a vault") {
  }
  REQUIRE(r.start(more).rc == 0);
  auto check = r.run({"undo", "last", "--check"});
  CHECK(check.rc == 0);
  CHECK_THAT(check.out, Catch::Contains("a: to be restored (copy)\n" + reason));
  CHECK_THAT(check.out, Catch::Contains("(hidden by no_log)"));
}
