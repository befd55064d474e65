#include "config/value/json.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <csignal>
#include <filesystem>

using namespace troupe;

namespace {

const std::pair<std::string, std::string> always{"TROUPE_PLAN_STREAM_SIZE",
                                                 "0"};

/// What a report says of each task, without times: one line a task.
std::string summary(const std::string& path) {
  auto root = parse_json(test::read_file(path));
  REQUIRE(root);
  std::string out;
  for (auto& t : root->find("tasks")->as_list()) {
    dict kept;
    for (auto* key : {"id", "name", "module", "status", "changed",
                      "skip_reason", "msg", "failed_dependency", "handler"})
      if (auto* x = t.find(key))
        kept.set(key, *x);
    out += to_json(value{std::move(kept)}) + "\n";
  }
  return out;
}

/// Runs a plan as it is usually run, and with its tasks in the file.
void compare_runs(const std::string& text, int rc) {
  test::temp_dir dir;
  test::write_file(dir / "p.json", text);
  auto run = [&](const std::string& report,
                 const std::vector<std::pair<std::string, std::string>>& how) {
    auto ran = test::run_troupe(
      {"run", dir / "p.json", "--report", dir / report, "-q", "--sequential"},
      how);
    INFO(ran.err);
    CHECK(ran.rc == rc);
    // The command to go on names the run.
    return ran.err.substr(0, ran.err.find("troupe: to go on"));
  };
  auto err = run("whole.json", {});
  CHECK(run("streamed.json", {always}) == err);
  CHECK(summary(dir / "streamed.json") == summary(dir / "whole.json"));
}

} // namespace

TEST_CASE("a streamed plan runs as one that is read as a whole",
          "[e2e][M031][M020]") {
  auto [text, rc] = GENERATE(table<std::string, int>({
    {R"({"name": "order", "vars": {"who": "ann"}, "tasks": [
      {"id": "a", "command": "echo {{ who }}", "register": "said",
       "notify": "h"},
      {"id": "b", "debug": {"msg": "{{ said.stdout }}"}, "when": "said.rc == 0"},
      {"id": "c", "debug": {"msg": "{{ item }}"}, "loop": [1, 2]},
      {"debug": {"msg": "no id"}, "when": "false"},
      {"id": "d", "set_fact": {"x": 1}, "tags": "never"}],
      "handlers": [{"id": "h", "name": "h", "debug": {"msg": "handled"}}]})",
     0},
    {R"({"tasks": [
      {"id": "d", "debug": {"msg": 1}, "dependencies": ["b", "c"]},
      {"id": "c", "command": "false", "dependencies": ["a"]},
      {"id": "b", "debug": {"msg": 2}, "dependencies": ["a"]},
      {"id": "a", "debug": {"msg": 3}},
      {"id": "e", "debug": {"msg": 4}, "dependencies": ["a", "b"]}]})",
     2},
    {R"({"tasks": [{"id": "a", "debug": {"msg": 1}},
      {"id": "b", "command": "false"}, {"id": "c", "debug": {"msg": 2}},
      {"debug": {"msg": 3}}]})",
     2},
    // Blocks and rollback run from memory.
    {R"({"tasks": [{"block": [{"id": "b", "command": "false"}],
      "rescue": [{"id": "r", "debug": {"msg": 2}}]}]})",
     0},
    {R"({"failure_policy": "Rollback", "tasks": [{"id": "b",
      "command": "false", "rollback": [{"debug": {"msg": "undone"}}]}]})",
     2},
  }));
  compare_runs(text, rc);
}

TEST_CASE("what is wrong with a streamed plan is told as ever",
          "[e2e][M031][M061]") {
  auto text = GENERATE(
    as<std::string>{},
    R"({"tasks": [{"id": "a", "debug": {}}, {"id": "a", "debug": {}}]})",
    R"({"tasks": [{"id": "a", "debug": {}, "dependencies": ["bb"]},
        {"id": "b", "debug": {}}]})",
    R"({"tasks": [{"id": "a", "debug": {}, "dependencies": ["b"]},
        {"id": "b", "debug": {}, "dependencies": ["a"]}]})",
    R"({"tasks": [{"id": "a", "debgu": {}}]})",
    R"({"tasks": [{"id": "a", "debug": {"msg": "{{ 1 +"}}]})",
    R"({"tasks": [{"id": "a", "debug": {"msg": nul}}]})",
    R"({"tasks": [{"id": "a", "debug": {}, "wehn": 1}]})");
  test::temp_dir dir;
  test::write_file(dir / "p.json", text);
  auto whole = test::run_troupe({"run", dir / "p.json"});
  auto streamed = test::run_troupe({"run", dir / "p.json"}, {always});
  CHECK(whole.rc == 4);
  CHECK(streamed.rc == whole.rc);
  CHECK(streamed.err == whole.err);
}

TEST_CASE("an included task can take back what streamed tasks changed",
          "[e2e][M031][M009]") {
  test::temp_dir dir;
  test::write_file(dir / "old", "old");
  test::write_file(dir / "f.yml",
                   "- {id: x, command: 'false', failure_policy: Rollback}\n");
  test::write_file(dir / "p.json", fmt::format(R"({{"tasks": [
      {{"id": "a", "copy": {{"dest": "{}/old", "content": "new"}}}},
      {{"id": "in", "include_tasks": "f.yml"}}]}})",
                                               dir.path()));
  auto how = GENERATE(as<std::vector<std::pair<std::string, std::string>>>{},
                      std::vector{always},
                      std::vector<std::pair<std::string, std::string>>{});
  auto ran = test::run_troupe({"run", dir / "p.json", "-q"}, how);
  INFO(ran.err);
  CHECK(ran.rc == 2);
  CHECK(test::read_file(dir / "old") == "old");
}

TEST_CASE("a streamed plan that is written to ends its run",
          "[e2e][M031][M061]") {
  test::temp_dir dir;
  auto path = dir / "p.json";
  // Longer than what is read ahead.
  std::string filler(300'000, 'x');
  test::write_file(path, fmt::format(R"({{"tasks": [
      {{"id": "a", "shell": "echo >> {}"}},
      {{"id": "long", "debug": {{"msg": "{}"}}, "when": "false"}},
      {{"id": "b", "command": "touch {}/b"}}]}})",
                                     path, filler, dir.path()));
  auto ran = test::run_troupe({"run", path, "-q"}, {always});
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.out + ran.err, Catch::Contains("was changed while"));
  CHECK_FALSE(std::filesystem::exists(dir / "b"));
}

TEST_CASE("a streamed run that was killed goes on where it was",
          "[e2e][M031][M016]") {
  test::temp_dir dir;
  auto log = dir / "log";
  test::write_file(dir / "p.json", fmt::format(R"({{"tasks": [
      {{"id": "a", "shell": "echo a >> {0}"}},
      {{"id": "b", "shell": "echo b >> {0}", "dependencies": ["a"]}},
      {{"id": "gate", "shell": "mkdir {1}/killed && kill -9 $PPID && sleep 60",
        "dependencies": ["b"]}},
      {{"id": "c", "shell": "echo c >> {0}", "dependencies": ["b"]}}]}})",
                                               log, dir.path()));
  auto state = dir / "state";
  auto killed = test::run_troupe(
    {"run", dir / "p.json", "-q", "--state-dir", state, "--sequential"},
    {always});
  CHECK(killed.rc == -SIGKILL);
  auto run = *std::filesystem::directory_iterator{state + "/runs"};
  auto survey = run.path() / "survey";
  REQUIRE(std::filesystem::exists(survey));
  SECTION("with what was found when it began") {
  }
  SECTION("and looks again when that is damaged") {
    test::write_file(survey, test::read_file(survey) + "x");
    std::filesystem::resize_file(survey, 40);
  }
  auto went_on = test::run_troupe(
    {"resume", "-q", "--state-dir", state, "--on-unknown", "skip"}, {always});
  INFO(went_on.err);
  CHECK(went_on.rc == 0);
  CHECK(test::read_file(log) == "a\nb\nc\n");
}

TEST_CASE("many tasks take little memory", "[e2e][M031]") {
  test::temp_dir dir;
  std::string text = R"({"tasks": [)";
  for (int i = 0; i < 30'000; ++i)
    text += fmt::format(
      R"({}{{"id": "t{}", "debug": {{"msg": "m"}}{}}})", i ? "," : "", i,
      i % 100 ? fmt::format(R"(, "dependencies": ["t{}"])", i - 1) : "");
  test::write_file(dir / "p.json", text + "]}");
  auto ran
    = test::run_troupe({"run", dir / "p.json", "-q", "--no-state"}, {{always}});
  CHECK(ran.rc == 0);
  CHECK(ran.err.empty());
  // Kilobytes. As a whole the plan takes more than 100 MB.
  CHECK((test::sanitized || ran.peak_memory < 60'000));
}
