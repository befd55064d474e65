#include "tests/e2e/program.hpp"
#include "tests/e2e/terminal.hpp"
#include "tests/support/places.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <filesystem>

using namespace troupe;

namespace {

const std::string troupe_program = test::built_path("troupe");

/// A plan of four tasks that make the files 1 to 4; the last one in a handler.
std::string plan_in(const test::temp_dir& dir) {
  std::string text = "handlers:\n- {name: Last, file: {path: '" + (dir / "4")
                     + "', state: touch}}\ntasks:\n";
  for (int n = 1; n <= 3; ++n)
    text += fmt::format("- {{name: 'Make {0}', file: {{path: '{1}', state: "
                        "touch}}, notify: Last}}\n",
                        n, dir / std::to_string(n));
  test::write_file(dir / "p.yml", text);
  return dir / "p.yml";
}

std::string made_in(const test::temp_dir& dir) {
  std::string out;
  for (std::string name : {"1", "2", "3", "4"})
    if (std::filesystem::exists(dir / name))
      out += name;
  return out;
}

} // namespace

TEST_CASE("the option --step asks before each task and handler",
          "[e2e][step][M082]") {
  auto [answers, made] = GENERATE(table<std::vector<const char*>, const char*>({
    {{"y", "n", "yes", "y"}, "134"},
    {{"n", "n", "n"}, ""},
    {{"n", "c"}, "234"},
    {{"c"}, "1234"},
    {{"n", "n", "y", "n"}, "3"},
    // What is no answer is asked again.
    {{"", "maybe", "y", "n", "n", "n"}, "1"},
  }));
  test::temp_dir dir;
  test::terminal_program ran{{"run", plan_in(dir), "--step"}};
  constexpr std::string_view question = "(c)ontinue with all: ";
  size_t asked = 0;
  for (std::string answer : answers) {
    ran.read_until(question, asked);
    asked = ran.shown().find(question, asked) + question.size();
    ran.type(answer + "\r");
  }
  CHECK(ran.wait() == 0);
  INFO(ran.shown());
  CHECK(made_in(dir) == made);
  CHECK_THAT(ran.shown(), Catch::Contains("\nRun task [Make 1]? (y)es"));
}

TEST_CASE("the end of the input ends a run with --step, and it says so",
          "[e2e][step][M082]") {
  test::temp_dir dir;
  test::terminal_program ran{{"run", plan_in(dir), "--step"}};
  constexpr std::string_view question = "(c)ontinue with all: ";
  ran.read_until(question);
  ran.type("y\r");
  ran.read_until(question, ran.shown().find(question) + question.size());
  ran.type("\x04");
  CHECK(ran.wait() == 130);
  INFO(ran.shown());
  CHECK(made_in(dir) == "1");
  CHECK_THAT(ran.shown(),
             Catch::Contains("cancelled because nobody answered any more")
               && Catch::Contains("not_run=2")
               && Catch::Contains("troupe: to go on: troupe resume "));
}

TEST_CASE("what came before is shown when --step asks, and a signal ends it",
          "[e2e][step][M082]") {
  test::temp_dir dir;
  test::terminal_program ran{{"run", plan_in(dir), "--step"}};
  ran.read_until("[Make 1]? (y)es, (n)o, (c)ontinue with all: ");
  ran.type("y\r");
  ran.read_until("changed: [localhost]\n\nRun task [Make 2]? (y)es, (n)o, "
                 "(c)ontinue with all: ");
  ran.type("\x03");
  CHECK(ran.wait() == 130);
  CHECK(made_in(dir) == "1");
  CHECK_THAT(ran.shown(), Catch::Contains("PLAY RECAP"));
}

TEST_CASE("the end of the whole run's time ends a question of --step",
          "[e2e][step][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "config.json", R"({"execution_timeout": 0.2})");
  test::terminal_program ran{
    {"run", plan_in(dir), "--step", "--config", dir / "config.json"}};
  CHECK(ran.wait() == 2);
  CHECK(made_in(dir).empty());
}

TEST_CASE("tasks side by side are asked about one after another",
          "[e2e][step][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json",
                   R"({"tasks": [
    {"id": "a", "file": {"path": ")"
                     + (dir / "1") + R"(", "state": "touch"}},
    {"id": "b", "file": {"path": ")"
                     + (dir / "2") + R"(", "state": "touch"}},
    {"id": "c", "file": {"path": ")"
                     + (dir / "3")
                     + R"(", "state": "touch"}, "dependencies": ["a"]}]})");
  test::terminal_program ran{{"run", dir / "p.json", "--step"}};
  ran.read_until("all: ");
  ran.type("y\r");
  ran.read_until("all: ", ran.shown().size());
  ran.type("c\r");
  CHECK(ran.wait() == 0);
  CHECK(made_in(dir) == "123");
}

TEST_CASE("the option --step is refused where nobody can answer",
          "[e2e][step][M082]") {
  test::temp_dir dir;
  auto plan = plan_in(dir);
  auto ran
    = test::run_program("/usr/bin/setsid", {"--wait", troupe_program, "run",
                                            plan, "--step", "--no-state"});
  CHECK(ran.rc == 64);
  CHECK_THAT(ran.err, Catch::Contains("--step asks on a terminal"));
  ran = test::run_troupe({"run", plan, "--step", "--output", "live"});
  CHECK(ran.rc == 64);
  CHECK_THAT(ran.err, Catch::Contains("--output text"));
  CHECK(test::run_troupe({"run", plan, "--step", "-q"}).rc == 64);
  CHECK(made_in(dir).empty());
}

TEST_CASE("the option --step says how it is for one of several hosts",
          "[e2e][step][M082][M143]") {
  test::temp_dir dir;
  test::write_file(dir / "hosts", "web1\nweb2\n[all:vars]\n"
                                  "ansible_connection=local\n");
  test::write_file(dir / "site.yml", "- hosts: all\n  gather_facts: false\n"
                                     "  tasks: [{name: Look, ping: {}}]\n");
  std::vector<std::string> words{"run", dir / "site.yml", "-i", dir / "hosts",
                                 "--step"};
  test::terminal_program many{words};
  CHECK(many.wait() == 64);
  CHECK_THAT(many.shown(),
             Catch::Contains("--step asks about the tasks of one host, and the "
                             "inventory has 2:")
               && Catch::Contains("as '--limit web1'"));
  words.insert(words.end(), {"--limit", "web1"});
  test::terminal_program one{words};
  one.read_until("Run task [Look]?");
  one.type("y\r");
  CHECK(one.wait() == 0);
}
