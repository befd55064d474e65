#include "tests/e2e/terminal.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include <fstream>

// What the live view shows of tasks while they run. Programs wait for a line of
// a named pipe, so that they run for as long as a test looks at them.

using namespace troupe;

namespace {

/// A plan of one task that prints two lines and a part of a third.
std::string plan_in(const test::temp_dir& dir, const char* more) {
  REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
  test::write_file(dir / "p.yml", fmt::format(R"(tasks:
- name: Build
  shell: "echo first; echo second; printf third; read x < {}/pipe"
{})",
                                              std::string{dir / ""}, more));
  return dir / "p.yml";
}

void let_go(const test::temp_dir& dir) {
  std::ofstream{dir / "pipe"} << "go\n";
}

} // namespace

TEST_CASE("the live view shows the last line of what runs",
          "[e2e][live][M080]") {
  test::temp_dir dir;
  test::terminal_program ran{{"run", plan_in(dir, ""), "--output", "live"}};
  ran.read_until("Build: second");
  let_go(dir);
  CHECK(ran.wait() == 0);
  CHECK_THAT(ran.shown(), !Catch::Contains("Build: third"));
}

TEST_CASE("a key shows more of it, and the terminal is as it was",
          "[e2e][live][M080]") {
  test::temp_dir dir;
  test::terminal_program ran{{"run", plan_in(dir, ""), "--output", "live"}};
  CHECK(ran.echoes());
  ran.read_until("Build: second");
  CHECK_FALSE(ran.echoes());
  ran.type("o");
  ran.read_until("| first");
  ran.read_until("| second", ran.shown().rfind("| first"));
  auto looked = ran.shown().size();
  ran.type("o");
  ran.read_until("Build: second", looked);
  let_go(dir);
  CHECK(ran.wait() == 0);
  CHECK(ran.echoes());
}

TEST_CASE("a second signal leaves the terminal as it was",
          "[e2e][live][M012]") {
  test::temp_dir dir;
  test::terminal_program ran{{"run", plan_in(dir, ""), "--output", "live"}};
  ran.read_until("Build: second");
  ran.type("\x03\x03");
  CHECK(ran.wait() == 130);
  CHECK(ran.echoes());
}

TEST_CASE("what no_log hides and secrets are not shown while it runs",
          "[e2e][live][M092]") {
  test::temp_dir dir;
  SECTION("no_log") {
    test::terminal_program ran{
      {"run", plan_in(dir, "  no_log: true\n"), "--output", "live"}};
    ran.read_until("0/1");
    let_go(dir);
    CHECK(ran.wait() == 0);
    CHECK_THAT(ran.shown(), !Catch::Contains("second"));
  }
  SECTION("a secret") {
    test::write_file(dir / "word", "second");
    REQUIRE(::chmod((dir / "word").c_str(), 0600) == 0);
    test::terminal_program ran{{"run", plan_in(dir, ""), "--output", "live",
                                "--secret",
                                "word=file:" + std::string{dir / "word"}}};
    ran.read_until("Build: ***");
    let_go(dir);
    CHECK(ran.wait() == 0);
    CHECK_THAT(ran.shown(), !Catch::Contains("Build: second"));
  }
}

TEST_CASE("the live view counts the items of a loop", "[e2e][live][M080]") {
  test::temp_dir dir;
  REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
  test::write_file(dir / "p.yml", fmt::format(R"(tasks:
- name: Each
  shell: "[ {{{{ item }}}} != c ] || read x < {}/pipe"
  loop: [a, b, c, d]
)",
                                              std::string{dir / ""}));
  test::terminal_program ran{{"run", dir / "p.yml", "--output", "live"}};
  ran.read_until("Each 2/4");
  let_go(dir);
  CHECK(ran.wait() == 0);
}
