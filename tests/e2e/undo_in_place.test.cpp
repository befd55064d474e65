#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

using namespace troupe;

namespace {

/// A file that cannot be replaced, as a container's /etc/hosts: another one is
/// bound over it, in a view of the files that ends with each call.
class bound_file {
public:
  static bool possible() {
    return ::geteuid() == 0
           && test::run_program("/usr/bin/unshare", {"--mount", "true"}).rc
                == 0;
  }

  explicit bound_file(const std::string& on_failure = "") {
    test::write_file(dir / "source", "old");
    test::write_file(dir / "folder/hosts", "");
    test::write_file(dir / "plan.json",
                     fmt::format(R"({{{}"tasks":[{{"id":"write","copy":
        {{"src":"{}","dest":"{}","unsafe_writes":true}}}},
        {{"command":"test -e {}"}}]}})",
                                 on_failure, dir / "new", dir / "folder/hosts",
                                 dir / "go"));
    test::write_file(dir / "new", "new");
  }

  /// A line for a shell; TROUPE begins a command, HOSTS is the file.
  test::finished shell(std::string line, const std::string& first = "true") {
    auto replace = [&](const std::string& word, const std::string& by) {
      for (auto at = line.find(word); at != std::string::npos;
           at = line.find(word, at + by.size()))
        line.replace(at, word.size(), by);
    };
    line = first + " && mount --bind DIR/source HOSTS && { " + line + "; }";
    replace("TROUPE", test::built_path("troupe"));
    replace("STATE", "--state-dir " + (dir / "state"));
    replace("HOSTS", dir / "folder/hosts");
    replace("DIR", dir.path());
    return test::run_program("/usr/bin/unshare",
                             {"--mount", "/bin/sh", "-c", line});
  }

  std::string content() const {
    return test::read_file(dir / "source");
  }

  test::temp_dir dir;
};

} // namespace

TEST_CASE("what could only be written in place is undone in place",
          "[e2e][M009]") {
  if (!bound_file::possible()) {
    WARN("skipped: no mounts here");
    return;
  }
  bound_file f;
  test::write_file(f.dir / "go", "");
  REQUIRE(f.shell("TROUPE run DIR/plan.json STATE").rc == 0);
  REQUIRE(f.content() == "new");
  auto undone = f.shell("TROUPE undo last STATE");
  INFO(undone.out << undone.err);
  CHECK(undone.rc == 0);
  CHECK(f.content() == "old");
  CHECK_THAT(f.shell("TROUPE undo last STATE").err,
             Catch::Contains("nothing left to undo"));
}

TEST_CASE("what was edited since where it cannot be moved is kept as a copy",
          "[e2e][M009]") {
  if (!bound_file::possible()) {
    WARN("skipped: no mounts here");
    return;
  }
  bound_file f;
  test::write_file(f.dir / "go", "");
  REQUIRE(f.shell("TROUPE run DIR/plan.json STATE").rc == 0);
  test::write_file(f.dir / "source", "new and mine");
  auto refused = f.shell("TROUPE undo last STATE");
  CHECK(refused.rc == 2);
  CHECK(f.content() == "new and mine");
  auto forced = f.shell("TROUPE undo last STATE --force");
  INFO(forced.out << forced.err);
  CHECK(forced.rc == 0);
  CHECK(f.content() == "old");
  CHECK(test::read_file(f.dir / "folder/hosts.undone-0~") == "new and mine");
}

TEST_CASE("a rollback takes back what was written in place", "[e2e][M009]") {
  if (!bound_file::possible()) {
    WARN("skipped: no mounts here");
    return;
  }
  bound_file f{R"("failure_policy":"rollback",)"};
  auto ran = f.shell("TROUPE run DIR/plan.json STATE");
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 2);
  CHECK(f.content() == "old");
}

TEST_CASE("what has no room in place leaves the old content there",
          "[e2e][M009][M016]") {
  if (!bound_file::possible()) {
    WARN("skipped: no mounts here");
    return;
  }
  bound_file f;
  test::write_file(f.dir / "new", std::string(60'000, 'n'));
  auto ran
    = f.shell("TROUPE run DIR/plan.json STATE; cat HOSTS; "
              "TROUPE undo last STATE --force; cat HOSTS",
              "mkdir DIR/small && mount -t tmpfs -o size=16k none DIR/small && "
              "printf old > DIR/small/source && "
              "mount --bind DIR/small/source DIR/source");
  INFO(ran.out << ran.err);
  CHECK_THAT(ran.out, Catch::Contains("cannot write"));
  CHECK_THAT(ran.out, Catch::EndsWith("old"));
  CHECK_THAT(ran.out, !Catch::Contains("nnnn"));
}

namespace {

/// In front of a line of the shell: who has written to the file and is about to
/// cut it to its length is killed.
constexpr auto killed_in_place
  = "strace -f -o /dev/null -P HOSTS -e trace=ftruncate -e "
    "inject=ftruncate:signal=KILL ";

} // namespace

TEST_CASE("an undo that was killed while it wrote in place is gone on with",
          "[e2e][M009]") {
  if (!bound_file::possible() || !test::can_trace()) {
    WARN("skipped: no mounts here, or no strace");
    return;
  }
  bound_file f;
  test::write_file(f.dir / "new", "much longer than the old one");
  test::write_file(f.dir / "go", "");
  REQUIRE(f.shell("TROUPE run DIR/plan.json STATE").rc == 0);
  f.shell(killed_in_place + std::string{"TROUPE undo last STATE"});
  CHECK(f.content() == "oldh longer than the old one");
  auto force = GENERATE("", " --force");
  auto undone = f.shell(std::string{"TROUPE undo last STATE"} + force);
  INFO(undone.out << undone.err);
  CHECK(undone.rc == 0);
  CHECK(f.content() == "old");
  CHECK_FALSE(std::filesystem::exists(f.dir / "folder/hosts.undone-0~"));
}

TEST_CASE("what a run was killed in while it wrote in place is undone",
          "[e2e][M009]") {
  if (!bound_file::possible() || !test::can_trace()) {
    WARN("skipped: no mounts here, or no strace");
    return;
  }
  bound_file f;
  test::write_file(f.dir / "source", "much longer than the new one");
  f.shell(killed_in_place + std::string{"TROUPE run DIR/plan.json STATE"});
  CHECK(f.content() == "newh longer than the new one");
  auto undone = f.shell("TROUPE undo last STATE");
  INFO(undone.out << undone.err);
  CHECK(undone.rc == 0);
  CHECK(f.content() == "much longer than the new one");
}
