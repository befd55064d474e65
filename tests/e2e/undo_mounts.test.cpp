#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

using namespace troupe;

namespace {

/// A folder that has become a mount of its own since a file in it was replaced.
class mounted_since {
public:
  static bool possible() {
    return ::geteuid() == 0
           && test::run_program("/usr/bin/unshare", {"--mount", "true"}).rc
                == 0;
  }

  mounted_since() {
    test::write_file(file(), "old");
    test::write_file(dir / "plan.json",
                     R"({"tasks":[{"copy":{"content":"new","dest":")" + file()
                       + R"("}}]})");
    REQUIRE(
      test::run_troupe({"run", dir / "plan.json", "--state-dir", dir / "state"})
        .rc
      == 0);
  }

  std::string file() const {
    return dir / "folder/a";
  }

  /// Undoes the run with these `options` of the mount and of the command.
  test::finished undo(const std::string& mounting, const std::string& how) {
    auto folder = dir / "folder";
    auto line = "mount --bind " + folder + " " + folder + " && " + mounting
                + " " + test::built_path("troupe") + " undo last --state-dir "
                + (dir / "state") + " " + how;
    return test::run_program("/usr/bin/unshare",
                             {"--mount", "/bin/sh", "-c", line});
  }

  test::temp_dir dir;
};

} // namespace

TEST_CASE("an undo copies back what it cannot move", "[e2e][M009]") {
  if (!mounted_since::possible()) {
    WARN("skipped: no mounts here");
    return;
  }
  mounted_since m;
  auto undone = m.undo("", "");
  INFO(undone.out << undone.err);
  CHECK(undone.rc == 0);
  CHECK(test::read_file(m.file()) == "old");
  auto again = m.undo("", "");
  CHECK(again.rc == 0);
  CHECK_THAT(again.out, Catch::Contains("as before"));
}

TEST_CASE("a check of an undo knows what cannot be written to",
          "[e2e][M009][M021]") {
  if (!mounted_since::possible()) {
    WARN("skipped: no mounts here");
    return;
  }
  mounted_since m;
  auto only_read = "mount -o remount,ro,bind " + (m.dir / "folder") + " &&";
  for (auto* how : {"--check", ""}) {
    auto undone = m.undo(only_read, how);
    INFO(undone.out << undone.err);
    CHECK(undone.rc == 2);
  }
  CHECK(test::read_file(m.file()) == "new");
}
