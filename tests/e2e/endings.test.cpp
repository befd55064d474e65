#include "config/value/json.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <filesystem>

using namespace std::literals;
using namespace troupe;

namespace {

size_t count(const std::string& text, const std::string& words) {
  size_t n = 0;
  for (auto at = text.find(words); at != std::string::npos;
       at = text.find(words, at + 1))
    ++n;
  return n;
}

value report_of(const std::string& path) {
  auto got = parse_json(test::read_file(path));
  REQUIRE(got);
  return *got;
}

} // namespace

TEST_CASE("a task that ignores TERM is ended with its grandchildren",
          "[e2e][M011]") {
  test::temp_dir dir;
  // A number no other process sleeps for.
  test::write_file(dir / "p.json", R"({"tasks":[{"id":"t","shell":{
    "cmd":"echo partial; (trap '' TERM; sleep 61.5) & trap '' TERM; sleep 61.5",
    "timeout":0.3}}]})");
  auto begin = std::chrono::steady_clock::now();
  auto ran = test::run_troupe(
    {"run", dir / "p.json", "--report", dir / "r.json", "-q"});
  auto took = std::chrono::steady_clock::now() - begin;
  CHECK(ran.rc == 2);
  CHECK(took < 60s);
  CHECK(test::processes_with("sleep 61.5") == 0);
  auto task = report_of(dir / "r.json").find("tasks")->as_list().items[0];
  CHECK(*task.find("status") == value{"timeout"});
  CHECK(*task.find("stdout") == value{"partial"});
  CHECK(*task.find("error") == value{"timeout"});
}

TEST_CASE("SIGINT ends a program that yields a fact", "[e2e][M012][M070]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", fmt::format(R"({{
    "gather_facts": true,
    "facts_template": {{"custom_facts": {{"slow": {{
      "command": "kill -INT $PPID; sleep 9; touch {}"}}}}}},
    "tasks": [{{"id": "t", "command": "true"}}]}})",
                                               dir / "late"));
  auto ran = test::run_troupe({"run", dir / "p.json"});
  CHECK(ran.rc == 130);
  CHECK_FALSE(std::filesystem::exists(dir / "late"));
  CHECK(ran.out.find("1 of 1 task did not run") != std::string::npos);
}

TEST_CASE("SIGINT while a plan is read ends at once", "[e2e][M012]") {
  test::temp_dir dir;
  test::write_file(dir / "site.yml", "- hosts: all\n  tasks:\n"
                                     "    - command: touch "
                                       + (dir / "ran") + "\n");
  test::write_file(dir / "hosts", "#!/bin/sh\nkill -INT $PPID; sleep 64.5\n");
  std::filesystem::permissions(dir / "hosts", std::filesystem::perms{0755});
  auto ran = test::run_troupe({"run", dir / "site.yml", "-i", dir / "hosts"});
  CHECK(ran.rc == 130);
  CHECK(ran.err
        == "troupe: stopped while the plan was read; nothing has run\n");
  CHECK(test::processes_with("sleep 64.5") == 0);
  CHECK_FALSE(std::filesystem::exists(dir / "ran"));
}

TEST_CASE("SIGINT during fifty running tasks accounts for every task",
          "[e2e][M012]") {
  test::temp_dir dir;
  std::string tasks = R"({"id":"root","command":"true"})";
  for (int i = 0; i < 60; ++i)
    tasks += fmt::format(R"(,{{"id":"t{}","command":"sleep 62.5",
                          "dependencies":["root"]}})",
                         i);
  test::write_file(dir / "p.json", "{\"tasks\":[" + tasks + "]}");
  test::program run{{"run", dir / "p.json", "--parallel", "50", "--output",
                     "ndjson", "--report", dir / "r.json"}};
  run.read_until([](const std::string& out) {
    return count(out, "\"event\":\"task_started\"") >= 51;
  });
  run.signal(SIGINT);
  CHECK(run.wait() == 130);
  CHECK(test::processes_with("sleep 62.5") == 0);
  auto report = report_of(dir / "r.json");
  auto& counts = *report.find("counts");
  CHECK(*counts.find("ok") == value{1});
  CHECK(*counts.find("cancelled") == value{60});
  CHECK(report.find("tasks")->as_list().size() == 61);
}

TEST_CASE("SIGTERM ends a run with its own code", "[e2e][M012][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[{"command":"sleep 63.5"}]})");
  test::program run{{"run", dir / "p.json", "--output", "ndjson"}};
  run.read_until([](const std::string& out) {
    return count(out, "\"event\":\"task_started\"") == 1;
  });
  run.signal(SIGTERM);
  CHECK(run.wait() == 143);
  CHECK(test::processes_with("sleep 63.5") == 0);
}

TEST_CASE("a second signal ends a run whose words nobody reads",
          "[e2e][M012]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[{"command":"sleep 68.5"}]})");
  // Standard error is a pipe with no place for one byte more.
  auto full = fmt::format("mkfifo {0}; exec 3<>{0}; "
                          "dd if=/dev/zero of={0} bs=4096 oflag=nonblock "
                          "2> /dev/null; exec \"$0\" \"$@\" 2> {0}",
                          dir / "full");
  test::program run{{"-c", full, test::built_path("troupe"), "run",
                     dir / "p.json", "--output", "ndjson"},
                    {},
                    "/bin/sh"};
  auto told = [&](const char* event) {
    run.read_until([&](const std::string& out) {
      return count(out, fmt::format("\"event\":\"{}\"", event)) == 1;
    });
  };
  told("task_started");
  // What is asked for is not said on a thread that runs actors.
  run.signal(SIGUSR1);
  run.signal(SIGTERM);
  told("run_ended");
  run.signal(SIGTERM);
  CHECK(run.wait() == 143);
  CHECK(test::processes_with("sleep 68.5") == 0);
}

TEST_CASE("what was cut off and may be done again needs no decision",
          "[e2e][M012][M016]") {
  auto [task, asks] = GENERATE(table<std::string, bool>(
    {{R"("wait_for":{"path":"/nonexistent","timeout":60})", false},
     {R"("command":{"cmd":"sleep 65.5","creates":"/nonexistent"})", false},
     {R"("command":"sleep 65.5")", true}}));
  INFO(task);
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[{)" + task + "}]}");
  test::program run{{"run", dir / "p.json", "--output", "ndjson", "--state-dir",
                     dir / "state"}};
  run.read_until([](const std::string& out) {
    return count(out, "\"event\":\"task_started\"") == 1;
  });
  run.signal(SIGINT);
  CHECK(run.wait() == 130);
  CHECK(count(run.err(), "troupe: to go on: troupe resume") == 1);
  CHECK(count(run.err(), "--on-unknown") == (asks ? 2 : 0));
}

TEST_CASE("a run that is asked how far it is answers and goes on",
          "[e2e][M015]") {
  test::temp_dir dir;
  auto gate = dir / "gate";
  test::write_file(dir / "p.json",
                   R"({"tasks":[{"id":"wait","wait_for":{"path":")" + gate
                     + R"(","sleep":1,"timeout":60}},{"command":"true"}]})");
  test::program run{{"run", dir / "p.json", "--output", "ndjson"}};
  run.read_until([](const std::string& out) {
    return count(out, "\"event\":\"task_started\"") == 1;
  });
  run.signal(SIGUSR1);
  run.read_error_until("tasks ended");
  test::write_file(gate, "open");
  CHECK(run.wait() == 0);
  CHECK_THAT(run.err(), Catch::Contains("0 of 2 tasks ended"));
  CHECK_THAT(run.err(), Catch::Contains("running: wait"));
}

TEST_CASE("a task that prints a gigabyte costs no memory",
          "[e2e][M031][M120]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[{"id":"t",
    "shell":"head -c 1073741824 /dev/zero | tr '\\0' x"}]})");
  auto ran = test::run_troupe(
    {"run", dir / "p.json", "-q", "--report", dir / "r.json"});
  CHECK(ran.rc == 0);
  CHECK((test::sanitized || ran.peak_memory < 100L * 1024));
  auto task = report_of(dir / "r.json").find("tasks")->as_list().items[0];
  CHECK(task.find("stdout")->as_string().size() < (512 << 10));
  CHECK(*task.find("output")->find("stdout_truncated") == value{true});
  CHECK(task.find("output")->find("stdout_dropped_bytes")->as_int()
        > 1'000'000'000);
  REQUIRE(task.find("warnings"));
}

TEST_CASE("binary output is valid JSON everywhere", "[e2e][M014][M121]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[{"id":"t",
    "shell":"head -c 65536 /dev/urandom; printf '\\377\\000\\033[31m\\303'"}]})");
  auto ran = test::run_troupe(
    {"run", dir / "p.json", "--output", "ndjson", "--report", dir / "r.json"});
  CHECK(ran.rc == 0);
  report_of(dir / "r.json");
  size_t at = 0;
  while (at < ran.out.size()) {
    auto end = ran.out.find('\n', at);
    CHECK(parse_json(ran.out.substr(at, end - at)));
    at = end + 1;
  }
}

TEST_CASE("a reader that goes away does not end a run", "[e2e][M080]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[{"command":"true"},
    {"copy":{"dest":")" + (dir / "done")
                                     + R"(","content":"x"}}]})");
  auto ran = test::run_troupe({"run", dir / "p.json", "-q"});
  CHECK(ran.rc == 0);
  CHECK(test::read_file(dir / "done") == "x");
}

TEST_CASE("what a killed run left is cleared by the next start",
          "[e2e][M017]") {
  test::temp_dir dir;
  auto state = dir / "state";
  test::write_file(dir / "p.json", R"({"tasks":[{"command":"sleep 67.5"}]})");
  test::write_file(dir / "q.json", R"({"tasks":[{"command":"true"}]})");
  {
    test::program run{
      {"run", dir / "p.json", "--output", "ndjson", "--state-dir", state}};
    run.read_until([](const std::string& out) {
      return count(out, "\"event\":\"task_started\"") == 1;
    });
    run.signal(SIGKILL);
    CHECK(run.wait() == -SIGKILL);
  }
  CHECK(test::all_end("sleep 67.5"));
  CHECK(test::run_troupe({"run", dir / "q.json", "-q", "--state-dir", state}).rc
        == 0);
  auto listed
    = test::run_troupe({"eval", "lookup('pipe', 'ls " + state + "')"});
  CHECK_THAT(listed.out, !Catch::Contains(".tmp"));
}

TEST_CASE("nothing outlives a run that is killed", "[e2e][M017]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[{"shell":
    "setsid sleep 66.5 & (trap '' TERM; echo ready; sleep 66.5; sleep 66.5) & sleep 66.5"
    }]})");
  test::program run{{"run", dir / "p.json", "--output", "ndjson"}};
  run.read_until([](const std::string& out) {
    return count(out, "\"event\":\"task_started\"") == 1;
  });
  while (test::processes_with("sleep 66.5") < 3)
    continue;
  run.signal(SIGKILL);
  CHECK(run.wait() == -SIGKILL);
  CHECK(test::all_end("sleep 66.5"));
}

TEST_CASE("a thousand commands end in order, each once", "[e2e][M030][M003]") {
  test::temp_dir dir;
  std::string tasks;
  for (int i = 0; i < 1000; ++i)
    tasks += fmt::format("{}{{\"id\": \"t{}\", \"shell\": \"echo {} >> {}\"}}",
                         i > 0 ? "," : "", i, i, dir / "log");
  test::write_file(dir / "p.json", "{\"tasks\": [" + tasks + "]}");
  auto ran = test::run_troupe(
    {"run", dir / "p.json", "-q", "--report", dir / "r.json"});
  CHECK(ran.rc == 0);
  CHECK((test::sanitized || ran.peak_memory < 100L * 1024));
  auto counts = *report_of(dir / "r.json").find("counts");
  CHECK(*counts.find("ok") == value{1000});
  CHECK(*counts.find("failed") == value{0});
  std::string expected;
  for (int i = 0; i < 1000; ++i)
    expected += fmt::format("{}\n", i);
  CHECK(test::read_file(dir / "log") == expected);
}

TEST_CASE("what was cut off is shown and counted as such",
          "[e2e][signals][M011][M120]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks": [
    {"name": "one", "command": "true"},
    {"name": "two", "shell": "echo > ')"
                                     + (dir / "begun") + R"('; sleep 61.3"},
    {"name": "three", "command": "true"},
    {"name": "four", "command": "true"}]})");
  // GNU timeout sends TERM to the program and to its group.
  auto ran = test::run_program(
    "/usr/bin/timeout", {"2", test::built_path("troupe"), "run", dir / "p.json",
                         "--no-state", "--report", dir / "r.json"});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 124);
  CHECK_THAT(ran.out, Catch::Contains("TASK [two]"));
  CHECK_THAT(ran.out, Catch::Contains("cancelled: [localhost] => (cancelled "
                                      "while it was running)"));
  CHECK_THAT(ran.out,
             Catch::Contains("1 task was cut off, 2 of 4 tasks did not run."));
  auto counts = *report_of(dir / "r.json").find("counts");
  CHECK(*counts.find("changed") == value{1});
  CHECK(*counts.find("cancelled") == value{3});
  CHECK(*counts.find("cut_off") == value{1});
}
