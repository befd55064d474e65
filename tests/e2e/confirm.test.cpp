#include "tests/e2e/program.hpp"
#include "tests/e2e/terminal.hpp"
#include "tests/support/places.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace troupe;

namespace {

const std::string troupe_program = test::built_path("troupe");

constexpr const char* question = "Apply these changes? [y/N] ";

/// A plan that makes a file.
std::string plan_in(const test::temp_dir& dir) {
  test::write_file(dir / "p.yml", "tasks:\n- copy: {dest: '" + (dir / "made")
                                    + "', content: \"new\\n\"}\n");
  return dir / "p.yml";
}

bool is_made(const test::temp_dir& dir) {
  return std::filesystem::exists(dir / "made");
}

} // namespace

TEST_CASE(
  "the option --confirm shows what would change and does it after a yes",
  "[e2e][confirm][M021]") {
  auto [answer, view] = GENERATE(table<const char*, const char*>(
    {{"y\r", "--output=text"}, {"Yes\r", "--output=live"}}));
  test::temp_dir dir;
  test::terminal_program ran{{"run", plan_in(dir), "--confirm", view}};
  ran.read_until(question);
  CHECK_THAT(ran.shown(), Catch::Contains("DRY RUN: nothing will be changed"));
  CHECK_THAT(ran.shown(), Catch::Contains("+new"));
  CHECK_THAT(ran.shown(),
             Catch::Contains("\n+ file  " + (dir / "made") + "\n"));
  CHECK_THAT(ran.shown(), Catch::Contains("1 thing would change: 1 file."));
  CHECK_FALSE(is_made(dir));
  ran.type(answer);
  CHECK(ran.wait() == 0);
  CHECK(test::read_file(dir / "made") == "new\n");
  CHECK_THAT(ran.shown(), Catch::Contains("1 task ended well")
                            || Catch::Contains("changed=1"));
}

TEST_CASE("without a yes nothing is done, and a signal ends the question",
          "[e2e][confirm][M021]") {
  auto [typed, code] = GENERATE(table<const char*, int>({
    {"n\r", 10},
    {"\r", 10},
    {"yesterday\r", 10},
    {"\x04", 10},
    {"\x03", 130},
  }));
  test::temp_dir dir;
  test::terminal_program ran{{"run", plan_in(dir), "--confirm"}};
  ran.read_until(question);
  ran.type(typed);
  CHECK(ran.wait() == code);
  CHECK_THAT(ran.shown(), Catch::Contains("\ntroupe: nothing was done\n"));
  CHECK_FALSE(is_made(dir));
}

TEST_CASE("nobody else runs while --confirm asks", "[e2e][confirm][M021]") {
  test::temp_dir dir;
  auto state = "--state-dir=" + (dir / "state");
  auto plan = plan_in(dir);
  test::terminal_program ran{{"run", plan, "--confirm", state}};
  ran.read_until(question);
  CHECK(test::run_troupe({"run", plan, state}).rc == 8);
  ran.type("n\r");
  CHECK(ran.wait() == 10);
  CHECK(test::run_troupe({"run", plan, state}).rc == 0);
}

TEST_CASE("what was typed before the question is no answer",
          "[e2e][confirm][M021]") {
  test::temp_dir dir;
  // It runs in the check as well, and so holds it up.
  test::write_file(dir / "p.yml",
                   "tasks:\n- copy: {dest: '" + (dir / "made")
                     + "', content: x}\n- {name: Wait, check_mode: false, "
                       "command: \"sh -c 'until [ -e "
                     + (dir / "go") + " ]; do sleep 0.02; done'\"}\n");
  test::terminal_program ran{{"run", dir / "p.yml", "--confirm"}};
  ran.read_until("TASK [Wait]");
  ran.type("y\r");
  ran.read_until("y\n");
  test::write_file(dir / "go", "");
  ran.read_until(question);
  ran.type("n\r");
  CHECK(ran.wait() == 10);
  CHECK_FALSE(is_made(dir));
}

TEST_CASE("the option --confirm asks nobody when there is nothing to do or a "
          "task fails",
          "[e2e][confirm][M021]") {
  auto [plan, code, words] = GENERATE(table<const char*, int, const char*>({
    {"tasks:\n- stat: {path: /}\n", 0, "troupe: there is nothing to do\n"},
    {"tasks:\n- fail: {msg: why}\n", 2,
     "troupe: the check did not go well: nothing was done\n"},
    {"tasks:\n- nosuch:\n", 4, "unknown module 'nosuch'"},
  }));
  test::temp_dir dir;
  test::write_file(dir / "p.yml", plan);
  test::terminal_program ran{{"run", dir / "p.yml", "--confirm"}};
  CHECK(ran.wait() == code);
  CHECK_THAT(ran.shown(), Catch::Contains(words));
  CHECK_THAT(ran.shown(), !Catch::Contains("Apply"));
}

TEST_CASE("the option --confirm is refused where nobody can answer, and with "
          "options that "
          "say otherwise",
          "[e2e][confirm][M082]") {
  test::temp_dir dir;
  auto [more, words] = GENERATE(table<std::vector<std::string>, std::string>({
    {{"--check"}, "--check"},
    {{"--resume"}, "--resume"},
    {{"-q"}, "--quiet"},
    {{"--output", "ndjson"}, "--output text or live"},
    {{"--list-tasks"}, "--list-tasks"},
  }));
  std::vector<std::string> arguments{"run", plan_in(dir), "--confirm"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  auto ran = test::run_troupe(arguments);
  CHECK(ran.rc == 64);
  CHECK_THAT(ran.err, Catch::Contains(words));
  CHECK_FALSE(is_made(dir));
}

TEST_CASE("the option --confirm is refused without a terminal",
          "[e2e][confirm][M082]") {
  test::temp_dir dir;
  auto ran = test::run_program(
    "/usr/bin/setsid",
    {"--wait", troupe_program, "run", plan_in(dir), "--confirm", "--no-state"});
  CHECK(ran.rc == 64);
  CHECK_THAT(ran.err, Catch::Contains("there is none: see what would change "
                                      "with --check"));
  CHECK_FALSE(is_made(dir));
}
