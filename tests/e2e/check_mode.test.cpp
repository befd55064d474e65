#include "config/plan/plan_reader.hpp"
#include "config/value/json.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <map>

using namespace troupe;

// --check on a bare root, then the real run, task by task.

namespace {

struct task_status {
  std::string status;
  bool changed = false;
  // Check mode says that it does not know, or has not run a program.
  bool open = false;
};

using task_statuses = std::map<std::string, task_status>;

value report_of(const std::string& plan, const std::string& root,
                std::vector<std::string> arguments, int& rc) {
  test::temp_dir dir;
  arguments.insert(arguments.begin(), {"run", plan, "--report", dir / "r.json",
                                       "-e", "root=" + root, "-q"});
  auto ran = test::run_troupe(std::move(arguments));
  INFO(plan << "\n" << ran.out << ran.err);
  rc = ran.rc;
  auto report = parse_json(test::read_file(dir / "r.json"));
  REQUIRE(report);
  return *report;
}

bool is_open(const value& task) {
  auto* output = task.find("output");
  auto* mark = output ? output->find("not_known") : nullptr;
  auto module = task.find("module")->as_string();
  // Under the item's results where there is a loop.
  auto program
    = module == "command" || module == "shell" || module == "async_status";
  return (mark && *mark == value{true})
         || (program && task.find("skipped")->as_bool());
}

task_statuses statuses_of(const value& report) {
  task_statuses out;
  for (auto& each : report.find("tasks")->as_list())
    out[each.find("id")->as_string()]
      = {each.find("status")->as_string(), each.find("changed")->as_bool(),
         is_open(each)};
  return out;
}

std::vector<std::string> all_below(const std::string& root) {
  std::vector<std::string> out;
  for (auto& each : std::filesystem::recursive_directory_iterator{root})
    out.push_back(each.path().string());
  return out;
}

int64_t wanted_open(const std::string& plan) {
  auto text = parse_plan(test::read_file(plan), plan);
  REQUIRE(text);
  auto* vars = text->find("vars");
  auto* count = vars ? vars->find("unknown") : nullptr;
  return count ? count->as_int() : -1;
}

/// Predicts and runs; says how many tasks were left open.
int64_t compare(const std::string& plan, bool leaves_real = false) {
  test::temp_dir dir;
  auto root = dir / "root";
  std::filesystem::create_directory(root);
  int rc = 0;
  auto predicted = statuses_of(report_of(plan, root, {"--check"}, rc));
  CHECK(rc == 0);
  if (!leaves_real)
    CHECK(all_below(root).empty());
  std::filesystem::remove_all(root);
  std::filesystem::create_directory(root);
  auto real = statuses_of(report_of(plan, root, {}, rc));
  CHECK(rc == 0);
  int64_t open = 0;
  CHECK(predicted.size() == real.size());
  for (auto& [id, now] : real) {
    INFO(plan << ": " << id);
    REQUIRE(predicted.contains(id));
    auto& before = predicted[id];
    open += before.open ? 1 : 0;
    if (before.open)
      continue;
    CHECK(before.status == now.status);
    CHECK(before.changed == now.changed);
  }
  return open;
}

} // namespace

TEST_CASE("check mode says on a bare root what the real run then does",
          "[e2e][check_mode][M021][M146]") {
  auto folder = test::source_path("tests/plans/check_mode");
  std::vector<std::string> plans;
  // In folders there is what they use.
  for (auto& each : std::filesystem::directory_iterator{folder})
    if (each.is_regular_file())
      plans.push_back(each.path().string());
  std::sort(plans.begin(), plans.end());
  REQUIRE(plans.size() >= 31);
  for (auto& plan : plans) {
    INFO(plan);
    auto real = plan.ends_with("/mixed.json");
    CHECK(compare(plan, real) == wanted_open(plan));
  }
}

TEST_CASE("check mode says nothing of what no_log hides",
          "[e2e][check_mode][M021][M092]") {
  test::temp_dir dir;
  auto plan = dir / "plan.yml";
  test::write_file(plan, R"(tasks:
- {command: 'true', register: ran}
- {no_log: true, set_fact: {pw: hunter2hunter2}}
- {no_log: true, copy: {content: x, dest: '/none/{{ pw }}/f'}}
- {no_log: true, assert: {that: "ran.stdout == 'a'", fail_msg: '{{ pw }}'}}
- {no_log: true, debug: {msg: "{{ ran.nope ~ 'hunter2hunter2' }}"}}
- {no_log: true, file: {path: /tmp, owner: '{{ pw }}'}}
- {no_log: true, include_vars: '{{ pw }}.yml'}
)");
  auto ran = test::run_troupe({"run", plan, "--check", "--report",
                               dir / "r.json", "--junit", dir / "j.xml",
                               "--trace", dir / "t.json", "-vv"});
  auto all = ran.out + ran.err;
  for (auto* view : {"r.json", "j.xml", "t.json"})
    all += test::read_file(dir / view);
  CHECK(all.find("hunter2hunter2") == std::string::npos);
  CHECK(all.find("hidden by no_log") != std::string::npos);
}

TEST_CASE("check mode predicts the examples", "[e2e][check_mode][M021]") {
  // What it shows is what a program has printed.
  CHECK(compare(test::source_path("examples/quickstart.json")) == 3);
}

TEST_CASE("check mode shows the difference to what it has predicted",
          "[e2e][check_mode][M021]") {
  test::temp_dir dir;
  auto plan = dir / "plan.json";
  test::write_file(plan, R"({"tasks": [
    {"copy": {"content": "one\n", "dest": "{{ root }}/f"}},
    {"copy": {"content": "two\n", "dest": "{{ root }}/f"}}]})");
  auto ran = test::run_troupe(
    {"run", plan, "--check", "--diff", "-e", "root=" + dir.path()});
  INFO(ran.out);
  CHECK(ran.out.find("-one\n+two\n") != std::string::npos);
  CHECK(!std::filesystem::exists(dir / "f"));
}

TEST_CASE("check mode ends with what would become of which thing",
          "[e2e][check_mode][M021]") {
  test::temp_dir dir;
  auto plan = dir / "plan.yml";
  test::write_file(plan, R"yaml(
tasks:
- {file: {path: '{{ root }}/d', state: directory}}
- {copy: {content: x, dest: '{{ root }}/d/{{ item }}'}, loop: [a, b]}
- {name: Replace, copy: {content: x, dest: '{{ root }}/plan.yml'}, no_log: true}
- {copy: {content: x, dest: '{{ root }}/d/{{ word }}'}}
- {file: {path: '{{ root }}/old', state: absent}}
- {command: make install}
)yaml");
  test::write_file(dir / "old", "x");
  auto check = [&](std::vector<std::string> more,
                   std::vector<std::pair<std::string, std::string>> env = {}) {
    std::vector<std::string> all{"run", plan, "--check", "-e",
                                 "root=" + dir.path()};
    all.insert(all.end(), more.begin(), more.end());
    env.emplace_back("WORD", "hunter2secret");
    auto ran = test::run_troupe(all, env);
    CHECK(ran.rc == 0);
    CHECK_THAT(ran.out + ran.err, !Catch::Contains("hunter2"));
    return ran.out;
  };
  auto secret = std::vector<std::string>{"--secret", "word=env:WORD"};
  auto root = dir.path();
  auto hidden = "+ file       " + root + "/d/";
  auto shown = check(secret);
  CHECK_THAT(shown, Catch::Contains("\n\n+ directory  " + root + "/d\n"
                                    + "+ file       " + root + "/d/a\n"
                                    + "+ file       " + root + "/d/b\n"
                                    + "~ file       Replace\n" + hidden));
  CHECK_THAT(shown, Catch::EndsWith(
                      "- file       " + root + "/old\n"
                      + "? command    make install\n\n"
                        "DRY RUN: nothing was changed; 6 things would change: "
                        "1 directory, 5 files; 1 not known.\n"));
  secret.emplace_back("-q");
  CHECK(check(secret).empty());
  secret.back() = "--output=ndjson";
  auto events = check(secret);
  CHECK_THAT(events, Catch::Contains(R"("things":[{"effect":"made","kind":)"
                                     R"("directory","name":")"
                                     + root + "/d\"}]"));
  CHECK_THAT(events, Catch::Contains(
                       R"("things":[{"effect":"changed","kind":"file"}])"));
  secret.pop_back();
  CHECK_THAT(check(secret, {{"FORCE_COLOR", "1"}}),
             Catch::Contains("\x1b[36m? command    make install\x1b[0m\n"));
}

TEST_CASE("a dry run of many changes lists the first of them",
          "[e2e][check_mode][M021]") {
  test::temp_dir dir;
  auto plan = dir / "plan.yml";
  test::write_file(
    plan, "tasks:\n- copy: {content: x, dest: '{{ root }}/{{ item }}'}\n"
          "  loop: '{{ range(n | int) }}'\n");
  auto [n, words] = GENERATE(table<const char*, const char*>(
    {{"200",
      "\n\nDRY RUN: nothing was changed; 200 things would change: 200 files"},
     {"201",
      "\n  and 1 more\n\nDRY RUN: nothing was changed; 201 things would"}}));
  auto ran = test::run_troupe(
    {"run", plan, "--check", "-e", "root=" + dir.path() + " n=" + n});
  CHECK_THAT(ran.out, Catch::Contains("\n+ file  " + dir.path() + "/199\n"));
  CHECK_THAT(ran.out, !Catch::Contains("\n+ file  " + dir.path() + "/200\n"));
  CHECK_THAT(ran.out, Catch::Contains(words));
}
