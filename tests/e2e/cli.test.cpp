#include "config/value/json.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <map>

using namespace troupe;

TEST_CASE("wrong usage says what was meant", "[e2e][M082]") {
  auto [arguments, words]
    = GENERATE(table<std::vector<std::string>, std::string>({
      {{"rnu"}, "did you mean 'run'?"},
      {std::vector<std::string>{}, "Usage: troupe"},
      {{"--verison"}, "did you mean '--version'?"},
      {{"run", "x.json", "--chek"}, "did you mean '--check'?"},
      {{"run"}, "PLAN is required"},
      {{"run", "x.json", "--parallel", "0"}, "--parallel"},
      {{"run", "x.json", "--output", "html"}, "--output"},
      {{"modules", "cpoy"}, "did you mean 'copy'?"},
    }));
  auto ran = test::run_troupe(arguments);
  CHECK(ran.rc == 64);
  CHECK(ran.out.empty());
  CHECK_THAT(ran.err, Catch::Contains(words));
}

TEST_CASE("an option that there is not is named before what is missing",
          "[e2e][M082]") {
  auto ran = test::run_troupe({"validate", "--hlep"});
  CHECK(ran.rc == 64);
  CHECK_THAT(ran.err, Catch::Contains("has no option --hlep; did you mean "
                                      "'--help'?"));
  CHECK_THAT(test::run_troupe({"validate"}).err,
             Catch::Contains("PLAN is required"));
}

TEST_CASE("a bad plan is refused with every problem and nothing runs",
          "[e2e][M005][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json",
                   R"({"tasks":[
    {"id":"a","copy":{"dest":")"
                     + (dir / "x") + R"(","content":"x"}},
    {"id":"a","comand":"ls"},
    {"id":"c","copy":{"dst":"/x"},"when":"1 +"},
    {"id":"d","debug":{"msg":"x"},"dependencies":["d"]}]})");
  auto ran = test::run_troupe({"run", dir / "p.json"});
  CHECK(ran.rc == 4);
  CHECK(ran.out.empty());
  for (auto* words :
       {"used twice", "unknown module 'comand'; did you mean 'command'?",
        ":4:23: ", "dst", ":4:46: ", "dependency cycle: d -> d"})
    CHECK_THAT(ran.err, Catch::Contains(words));
  CHECK_FALSE(test::run_troupe({"eval", "'" + (dir / "x") + "' is file"}).out
              == "true\n");
}

TEST_CASE("a YAML plan names line and column of a problem",
          "[e2e][M002][M005]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yaml", "name: demo\ntasks:\n"
                                   "  - id: a\n    command: \"true\"\n"
                                   "  - id: b\n    commnd: ls\n");
  auto ran = test::run_troupe({"validate", dir / "p.yaml"});
  CHECK(ran.rc == 4);
  CHECK_THAT(ran.err,
             Catch::Contains("p.yaml:6:") || Catch::Contains("p.yaml:5:"));
  CHECK_THAT(ran.err, Catch::Contains("did you mean 'command'?"));
}

TEST_CASE("a plan comes from standard input too", "[e2e][M002]") {
  auto ran = test::run_troupe({"validate", "-"});
  CHECK(ran.rc == 4);
  CHECK_THAT(ran.err, Catch::Contains("<stdin>:1:1: the document is empty"));
}

TEST_CASE("check mode changes nothing and says what would change",
          "[e2e][M021][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[
    {"id":"a","copy":{"dest":")" + (dir / "x")
                                     + R"(","content":"x"}}]})");
  auto ran = test::run_troupe(
    {"run", dir / "p.json", "--check", "--detailed-exitcode"});
  CHECK(ran.rc == 3);
  CHECK_THAT(ran.out, Catch::Contains("changed: [localhost]"));
  CHECK(test::run_troupe({"eval", "'" + (dir / "x") + "' is exists"}).out
        == "false\n");
}

TEST_CASE("parallel and sequential runs give the same results", "[e2e][M004]") {
  test::temp_dir dir;
  auto plan = test::source_path("tests/plans/dependencies.json");
  std::string reports[2];
  for (int i = 0; i < 2; ++i) {
    auto path = dir / ("r" + std::to_string(i));
    auto ran = test::run_troupe({"run", plan, "-q", "-e", "dir=" + dir.path(),
                                 i == 0 ? "--sequential" : "--parallel=8",
                                 "--report", path});
    auto report = parse_json(test::read_file(path));
    REQUIRE(report);
    std::map<std::string, std::string> statuses;
    for (auto& each : report->find("tasks")->as_list())
      statuses[each.find("id")->as_string()] = each.find("status")->as_string();
    for (auto& [id, status] : statuses)
      reports[i] += fmt::format("{}={} ", id, status);
  }
  CHECK(reports[0] == reports[1]);
}

TEST_CASE("settings show where they come from", "[e2e][M100]") {
  auto ran = test::run_troupe({"config", "--origin"},
                              {{"TROUPE_PARALLEL_TASKS", "7"}});
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out,
             Catch::Contains("7   # environment (TROUPE_PARALLEL_TASKS)"));
  auto wrong = test::run_troupe({"config"}, {{"TROUPE_CHECK_MODE", "maybe"}});
  CHECK(wrong.rc == 4);
  CHECK_THAT(wrong.err, Catch::Contains("TROUPE_CHECK_MODE"));
}

TEST_CASE("colours need a terminal, or somebody who insists", "[e2e][M080]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[{"command":"true"}]})");
  auto ran = test::run_troupe({"run", dir / "p.json"});
  CHECK(ran.out.find('\x1b') == std::string::npos);
  auto off = test::run_troupe({"run", dir / "p.json"}, {{"FORCE_COLOR", "0"}});
  CHECK(off.out.find('\x1b') == std::string::npos);
  auto forced
    = test::run_troupe({"run", dir / "p.json"}, {{"FORCE_COLOR", "1"}});
  CHECK_THAT(forced.out,
             Catch::Contains("\x1b[33mchanged: [localhost]\x1b[0m"));
  CHECK_THAT(ran.out, Catch::Contains("PLAY RECAP"));
}

TEST_CASE("secrets that no_log hides are nowhere in the output",
          "[e2e][M092]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[
    {"id":"a","shell":"echo S3CR3T-xyz; echo S3CR3T-xyz >&2; exit 1",
     "no_log":true,"ignore_errors":true,"register":"r"},
    {"id":"b","fail":{"msg":"S3CR3T-xyz"},"no_log":true,"retries":1,
     "delay":0}]})");
  for (auto* view : {"text", "ndjson", "quiet"}) {
    auto ran = test::run_troupe({"run", dir / "p.json", "--output", view,
                                 "-vvv", "--report", dir / "r.json", "--junit",
                                 dir / "j.xml", "--state-dir", dir / "state"},
                                {{"TROUPE_LOG_LEVEL", "debug"}});
    CHECK(ran.rc == 2);
    auto all = ran.out + ran.err + test::read_file(dir / "r.json")
               + test::read_file(dir / "j.xml");
    CHECK(all.find("S3CR3T") == std::string::npos);
  }
}

TEST_CASE("help explains commands and modules", "[e2e][M131]") {
  CHECK_THAT(test::run_troupe({"help"}).out, Catch::Contains("resume"));
  CHECK_THAT(test::run_troupe({"help", "run"}).out,
             Catch::Contains("--list-tasks"));
  CHECK_THAT(test::run_troupe({"help", "copy"}).out, Catch::Contains("dest"));
  CHECK(test::run_troupe({"help", "cpoy"}).rc == 64);
}

TEST_CASE("a plan's tasks and tags are listed without running it",
          "[e2e][M131]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml",
                   "tasks:\n- {name: one, command: touch D, tags: [web]}\n"
                   "- block:\n  - {name: two, command: touch D, tags: [db]}\n"
                   "  tags: [all-of-it]\n");
  auto list = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"run", dir / "p.yml"});
    auto ran = test::run_troupe(options);
    CHECK(ran.rc == 0);
    auto heading = ran.out.find('\n');
    return ran.out.substr(heading + 1);
  };
  CHECK(list({"--list-tags"}) == "  tags: all-of-it, db, web\n");
  CHECK(list({"--list-tasks", "-t", "web"})
        == "  one                                      [web]\n");
  CHECK_THAT(list({"--list-tasks"}),
             Catch::Contains("two") && Catch::Contains("all-of-it"));
  CHECK(list({"--syntax-check"}).empty());
}

TEST_CASE("a run begins at a task", "[e2e][M131]") {
  test::temp_dir dir;
  // What is passed over has registered nothing, and is not asked.
  test::write_file(dir / "p.yml", "tasks:\n- {name: one, register: r, "
                                  "command: touch "
                                    + (dir / "1")
                                    + "}\n- when: r.stdout == 'hi'\n  block:\n"
                                      "  - {name: between, ping: {}, when: "
                                      "r.rc == 0}\n"
                                      "- {name: two, command: touch "
                                    + (dir / "2") + "}\n");
  auto ran = test::run_troupe(
    {"run", dir / "p.yml", "--no-state", "--start-at-task", "two"});
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("skipped=2 "));
  CHECK(test::run_troupe({"eval", "'" + (dir / "1") + "' is exists"}).out
        == "false\n");
  CHECK(test::run_troupe({"eval", "'" + (dir / "2") + "' is exists"}).out
        == "true\n");
}

TEST_CASE("nothing runs when its report could not be written", "[e2e][M080]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml",
                   "tasks:\n- command: touch " + (dir / "made") + "\n");
  for (auto* option : {"--report", "--junit"}) {
    auto ran = test::run_troupe(
      {"run", dir / "p.yml", "--no-state", option, dir / "none/r"});
    CHECK(ran.rc == 64);
    CHECK_THAT(ran.err, Catch::Contains("there is no folder"));
    CHECK(
      test::run_troupe({"run", dir / "p.yml", "--no-state", option, dir.path()})
        .rc
      == 64);
  }
  CHECK(test::run_troupe({"eval", "'" + (dir / "made") + "' is exists"}).out
        == "false\n");
}
