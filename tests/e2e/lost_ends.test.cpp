#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <csignal>

using namespace troupe::test;

namespace {

constexpr auto eight_tasks = R"({"tasks": [
  {"debug": {"msg": 1}}, {"debug": {"msg": 2}}, {"debug": {"msg": 3}},
  {"debug": {"msg": 4}}, {"debug": {"msg": 5}}, {"debug": {"msg": 6}},
  {"debug": {"msg": 7}}, {"debug": {"msg": 8}}]})";

/// Sends `number` to a run as soon as it has said that it ended.
int signalled_at_its_end(const std::string& plan, int number, int times) {
  program troupe{{"run", plan, "--output", "ndjson"}};
  troupe.read_until(
    [](auto& out) { return out.find("\"run_ended\"") != std::string::npos; });
  for (int i = 0; i < times; ++i)
    troupe.signal(number);
  return troupe.wait();
}

} // namespace

TEST_CASE("a signal at the end of a run changes nothing",
          "[e2e][supervision][M012]") {
  temp_dir folder;
  write_file(folder / "plan.json", eight_tasks);
  for (int i = 0; i < 40; ++i) {
    CHECK(signalled_at_its_end(folder / "plan.json", SIGINT, 1) == 0);
    CHECK(signalled_at_its_end(folder / "plan.json", SIGUSR1, 20) == 0);
  }
}

TEST_CASE("signals wait for nothing", "[e2e][supervision][M012]") {
  temp_dir folder;
  write_file(folder / "plan.json", R"({"tasks": [
    {"debug": {"msg": "{{ lookup('pipe', 'exec sleep 4711.5') }}"}}]})");
  program troupe{{"run", folder / "plan.json"}};
  troupe.read_until(
    [](auto& out) { return out.find("TASK [debug]") != std::string::npos; });
  troupe.signal(SIGUSR1);
  troupe.read_error_until("0 of 1 tasks ended");
  troupe.signal(SIGINT);
  troupe.read_error_until("a second signal ends at once");
  troupe.signal(SIGINT);
  CHECK(troupe.wait() == 130);
  CHECK(all_end("sleep 4711.5"));
}

TEST_CASE("a lookup is part of its task: it ends at the task's deadline",
          "[e2e][supervision][M011]") {
  temp_dir folder;
  write_file(folder / "plan.json", R"({"tasks": [
    {"id": "root", "debug": {"msg": "begins"}},
    {"id": "slow", "debug": {"msg": "{{ lookup('pipe', 'sleep 4712.5') }}"},
     "timeout": 1, "dependencies": ["root"], "ignore_errors": true},
    {"id": "b", "command": "true", "dependencies": ["root"]},
    {"id": "c", "command": "true", "dependencies": ["root"]}]})");
  auto done = run_troupe(
    {"run", folder / "plan.json", "--parallel", "4", "--output", "ndjson"});
  CHECK(done.rc == 0);
  auto ended = [&](const char* id) {
    return done.out.find(fmt::format("\"task\":\"{}\",\"result\"", id));
  };
  // The others did not wait for it.
  CHECK(ended("b") < ended("slow"));
  CHECK(ended("c") < ended("slow"));
  CHECK_THAT(done.out, Catch::Contains("\"status\":\"timeout\""));
  CHECK(processes_with("sleep 4712.5") == 0);
}

// Sanitizers take more address space than there is to bound.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

TEST_CASE("memory that runs out ends a run with a sentence, never by a signal",
          "[e2e][supervision][M120]") {
  temp_dir folder;
  write_file(folder / "plan.json", R"({"tasks": [
    {"debug": {"msg": "{{ item }}"},
     "loop": "{{ range(0, 3000000) | list }}"}]})");
  for (auto megabytes : {60, 90, 130, 180, 250, 350, 500, 700}) {
    auto done = run_program(
      "/bin/sh",
      {"-c", fmt::format("ulimit -v {}; exec {} run {} --no-state --output "
                         "quiet --parallel 1",
                         megabytes * 1024, built_path("troupe"),
                         folder / "plan.json")});
    INFO(megabytes << " MB: " << done.rc << " " << done.err);
    // 127: not even the libraries fit.
    CHECK((done.rc == 0 || done.rc == 2 || done.rc == 7 || done.rc == 70
           || done.rc == 127));
    CHECK((done.rc == 0 || !done.err.empty()));
  }
}

#endif
