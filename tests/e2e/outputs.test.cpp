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

TEST_CASE("a closed output is named, and no file takes its place",
          "[e2e][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[{"command":"echo x"}]})");
  test::write_file(dir / "f.json", R"({"tasks":[{"command":"false"}]})");
  for (auto* command : {"--version", "help", "modules", "validate $D/p.json",
                        "run $D/p.json", "run $D/p.json --output ndjson"}) {
    INFO(command);
    auto ran = shell("$T " + std::string{command} + " >&-", dir.path());
    CHECK(ran.rc == 7);
    CHECK(ran.err == "troupe: cannot write standard output: it is closed\n");
  }
  CHECK(shell("$T run $D/f.json >&-", dir.path()).rc == 7);
  // Who prints nothing needs none.
  CHECK(shell("$T run $D/p.json -q >&-", dir.path()).rc == 0);
  CHECK(shell("$T run $D/f.json -q 2>&-", dir.path()).rc == 2);
  auto all = shell("$T run $D/p.json --report $D/r.json --state-dir $D/state "
                   "<&- >&- 2>&-",
                   dir.path());
  CHECK(all.rc == 7);
  // What was to be printed is in no file.
  auto kept = shell("cat $D/r.json; $T runs last --state-dir $D/state; "
                    "grep -rl TASK $D",
                    dir.path());
  INFO(kept.out << kept.err);
  CHECK_THAT(kept.out, Catch::StartsWith("{\n") && !Catch::Contains("TASK")
                         && Catch::Contains("state    ok"));
}

TEST_CASE("a reader that went away is no failure of any command",
          "[e2e][M080][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[{"command":"true"}]})");
  test::write_file(dir / "f.json", R"({"tasks":[{"command":"false"}]})");
  struct expected {
    const char* command;
    int rc;
  };
  for (auto [command, rc] : {expected{"help", 0},
                             {"help language", 0},
                             {"modules --json", 0},
                             {"completion bash", 0},
                             {"run $D/p.json", 0},
                             {"run $D/f.json", 2},
                             {"run $D/p.json --output ndjson", 0}}) {
    INFO(command);
    // The program begins when nobody reads any more.
    auto ran
      = shell("mkfifo $D/gone; (exec < $D/gone) & exec 3> $D/gone; "
              "wait $!; $T "
                + std::string{command} + " >&3; rc=$?; rm $D/gone; exit $rc",
              dir.path());
    CHECK(ran.rc == rc);
    CHECK_THAT(ran.err, !Catch::Contains("cannot write"));
  }
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

TEST_CASE("a run whose first record has no room leaves no run behind",
          "[e2e][M052][M009]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[{"copy":{"content":"new",
    "dest":")" + dir.path() + R"(/f"}}]})");
  auto runs = [&](const std::string& line) {
    return shell(line + " --state-dir $D/state", dir.path());
  };
  REQUIRE(runs("$T run $D/p.json").rc == 0);
  auto full = runs("ulimit -f 0; exec $T run $D/p.json");
  CHECK(full.rc == 6);
  auto undone = runs("$T undo last");
  CHECK(undone.rc == 0);
  CHECK_THAT(undone.out, Catch::Contains("removed"));
  CHECK(runs("$T runs").err.empty());
}
