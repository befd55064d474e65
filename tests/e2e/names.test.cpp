#include "tests/e2e/program.hpp"
#include "tests/e2e/terminal.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace troupe;

namespace {

const char* rescue_plan = R"(tasks:
- block:
  - {name: Fetch it, command: 'false'}
  rescue:
  - {name: Take the old one, debug: {msg: old}}
- block:
  - {name: Fine, command: 'true'}
  rescue:
  - {name: Not needed, debug: {msg: no}}
)";

} // namespace

TEST_CASE("tasks are called by their names and places", "[e2e][names][M120]") {
  test::temp_dir dir;
  auto plan = dir / "p.yml";
  test::write_file(plan, "tasks:\n- {name: Install it, command: 'false'}\n"
                         "- {name: Start it, command: 'true'}\n");
  auto ran = test::run_troupe({"run", plan, "-q", "--no-state"});
  CHECK_THAT(ran.err, Catch::StartsWith("troupe: task 'Install it' (" + plan
                                        + ":2:3) failed: "));
  ran = test::run_troupe({"run", plan, "-vv", "--no-state"});
  CHECK_THAT(ran.out, Catch::Contains("(not run: task 'Install it' (" + plan
                                      + ":2:3) failed)"));
  CHECK_THAT(ran.out, !Catch::Contains("task-1"));
  CHECK_THAT(ran.out, Catch::Contains("not_run=1 "));
  // What the plan calls by an id is known by it.
  plan = dir / "q.json";
  test::write_file(plan, R"({"tasks": [{"id": "fetch", "command": "false"},
    {"id": "use", "name": "Use it", "command": "true",
     "dependencies": ["fetch"]}]})");
  ran = test::run_troupe({"run", plan, "--no-state"});
  CHECK_THAT(ran.out,
             Catch::Contains("dependency failed: 'fetch' (" + plan + ":1:12)"));
}

TEST_CASE("how far a run is says the names of tasks", "[e2e][names][M015]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml",
                   "tasks:\n- {name: 'Wait for {{ what }}',\n   wait_for: "
                   "{path: '"
                     + (dir / "there") + "'}, vars: {what: me}}\n");
  test::program run{{"run", dir / "p.yml", "--no-state"}};
  run.read_until([](const std::string& out) {
    return out.find("TASK [") != std::string::npos;
  });
  run.signal(SIGUSR1);
  run.read_error_until("running: Wait for me\n");
  test::write_file(dir / "there", "");
  CHECK(run.wait() == 0);
}
