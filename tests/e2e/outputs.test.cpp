#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

using namespace troupe;

namespace {

/// What a line for the shell does in which `$T` is the program.
test::finished shell(const std::string& line, const std::string& folder) {
  return test::run_program("/bin/sh", {"-c", line},
                           {{"T", test::built_path("troupe")}, {"D", folder}});
}

} // namespace

TEST_CASE("whatever cannot be printed is a failure that is told",
          "[e2e][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[{"command":"true"}]})");
  test::write_file(dir / "f.json", R"({"tasks":[{"command":"false"}]})");
  for (auto* command :
       {"--help", "--version", "run --help", "facts", "modules", "modules copy",
        "config", "completion bash", "eval '1 + 1'", "graph $D/p.json",
        "graph $D/p.json --format svg", "validate $D/p.json", "run $D/p.json",
        "run $D/p.json --output ndjson"}) {
    INFO(command);
    auto ran = shell("$T " + std::string{command} + " > /dev/full", dir.path());
    CHECK(ran.rc == 7);
    CHECK_THAT(ran.err, Catch::Contains("cannot write standard output: No "
                                        "space left on device"));
  }
  CHECK(shell("$T run $D/f.json > /dev/full", dir.path()).rc == 7);
}

TEST_CASE("a report is written into what is no regular file", "[e2e][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[{"command":"true"}]})");
  for (auto* option : {"--report", "--junit", "--trace"}) {
    INFO(option);
    std::string base = std::string{"$T run $D/p.json -q "} + option;
    auto null = shell(base + " /dev/null", dir.path());
    CHECK(null.rc == 0);
    struct stat raw;
    REQUIRE(::stat("/dev/null", &raw) == 0);
    CHECK(S_ISCHR(raw.st_mode));
    auto printed = shell(base + " /dev/stdout", dir.path());
    CHECK(printed.rc == 0);
    CHECK_THAT(printed.out, Catch::Contains("command"));
    auto full = shell(base + " /dev/full", dir.path());
    CHECK(full.rc == 7);
    CHECK_THAT(full.err, Catch::Contains("No space left"));
    test::write_file(dir / "target", "old");
    auto linked = shell("ln -sf target $D/link; " + base
                          + " $D/link && test -L $D/link && cat $D/target",
                        dir.path());
    CHECK(linked.rc == 0);
    CHECK_THAT(linked.out, Catch::Contains("command"));
  }
}

TEST_CASE("a limit for the size of files is an error and no end",
          "[e2e][M052]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json",
                   R"({"vars":{"d":")" + dir.path() + R"("},"tasks":[
    {"copy":{"content":"{{ 'x' * 100000 }}","dest":"{{ d }}/out"}},
    {"command":"true"}]})");
  auto ran = shell("ulimit -f 1; exec $T run $D/p.json --no-state", dir.path());
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.out + ran.err, Catch::Contains("File too large"));
  // The state folder has no room either.
  auto kept = shell("ulimit -f 1; exec $T run $D/p.json --state-dir $D/state",
                    dir.path());
  CHECK(kept.rc > 0);
  CHECK(kept.rc < 128);
  // A program of a task has the limit's signal as ever.
  test::write_file(dir / "q.json", R"({"tasks":[{"shell":
    "ulimit -f 1; head -c 100000 /dev/zero > )"
                                     + dir.path()
                                     + R"(/big; echo rc=$?","register":"r"},
    {"debug":{"var":"r.stdout"}}]})");
  auto task = shell("$T run $D/q.json --no-state", dir.path());
  CHECK_THAT(task.out, Catch::Contains("rc=153"));
}
