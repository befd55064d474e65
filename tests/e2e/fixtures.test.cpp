#include "config/value/json.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace troupe;

namespace {

value parse(const std::string& text) {
  auto got = parse_json(text);
  INFO(text.substr(0, 2000));
  REQUIRE(got);
  return *got;
}

/// Whether `found` has everything that `wanted` has.
bool covers(const value& found, const value& wanted) {
  if (!wanted.is_dict())
    return found == wanted;
  for (auto& [key, x] : wanted.as_dict()) {
    auto* own = found.find(key.as_string());
    if (!own || !covers(*own, x))
      return false;
  }
  return true;
}

const value* task_of(const value& report, const std::string& id) {
  for (auto& each : report.find("tasks")->as_list())
    if (each.find("id")->text_or("") == id)
      return &each;
  return nullptr;
}

/// Runs a plan and compares its report with what is expected of it:
/// `{"rc": 0, "counts": {...}, "tasks": {"ID": {...}}}`.
void check_plan_run(const std::string& plan, const value& expected,
                    std::vector<std::string> arguments = {}) {
  test::temp_dir dir;
  arguments.insert(arguments.begin(),
                   {"run", plan, "--report", dir / "r.json", "-e",
                    "dir=" + dir.path(), "--output", "ndjson"});
  auto path = std::string{"/usr/bin:/bin:/usr/sbin:/sbin"};
  auto ran
    = test::run_troupe(std::move(arguments),
                       {{"PATH", test::source_path("tests/plans/bin:") + path},
                        {"TROUPE_TEST_DIR", dir.path()}});
  INFO(plan << "\n" << ran.out << ran.err);
  REQUIRE(ran.rc == expected.find("rc")->as_int());
  auto report = parse(test::read_file(dir / "r.json"));
  if (auto* counts = expected.find("counts")) {
    INFO(to_json(*report.find("counts")));
    CHECK(covers(*report.find("counts"), *counts));
  }
  for (auto& [id, wanted] : expected.find("tasks")->as_dict()) {
    auto* found = task_of(report, id.as_string());
    INFO(id.as_string() << ": " << (found ? to_json(*found) : "missing"));
    REQUIRE(found);
    CHECK(covers(*found, wanted));
  }
}

} // namespace

TEST_CASE("the plans that the specification names end as expected",
          "[e2e][M130][M001]") {
  auto name = GENERATE(as<std::string>{}, "simple_debug", "command_execution",
                       "package_install", "service_control", "dependencies",
                       "parallel_tasks", "custom_modules", "failing_module");
  std::string folder = test::source_path("tests/plans/");
  auto expected = parse(test::read_file(folder + name + ".expected.json"));
  check_plan_run(folder + name + ".json", expected);
}

TEST_CASE("every example validates", "[e2e][M131]") {
  for (auto& entry :
       std::filesystem::directory_iterator{test::source_path("examples")}) {
    if (entry.path().extension() != ".json")
      continue;
    auto ran = test::run_troupe({"validate", entry.path().string()});
    INFO(entry.path() << ran.err);
    CHECK(ran.rc == 0);
  }
}

TEST_CASE("plans of the ecosystem end as they should", "[e2e][M001][M002]") {
  std::filesystem::path shared{test::source_path("../shared/data/plans")};
  if (!std::filesystem::exists(shared)) {
    WARN("skipped: the collection of real plans is not beside the project");
    return;
  }
  auto [plan, given, expected]
    = GENERATE(table<std::string, std::vector<std::string>, std::string>({
      {"test_debug_only.json",
       {},
       R"({"rc":0,"counts":{"ok":2},"tasks":{
           "task_0":{"status":"success","output":{"msg":"hello world"}},
           "task_2":{"status":"success","rc":0}}})"},
      {"test_simple.json",
       {"--check"},
       R"({"rc":0,"counts":{"failed":0},"tasks":{
           "task_0":{"status":"success"}, "task_1":{"status":"success"},
           "task_2":{"status":"skipped"}}})"},
      {"execution_plans/system_facts_plan.json",
       {},
       R"({"rc":0,"counts":{"ok":3},"tasks":{
           "conditional-task-001":{"status":"success"}}})"},
      {"execution_plans/jinja_template_plan.json",
       {},
       R"({"rc":0,"counts":{"ok":4},"tasks":{
           "verify-template-001":{"output":{"stat":{"exists":true}}}}})"},
      {"execution_plans/combined_features_plan.json",
       {},
       R"({"rc":0,"counts":{"ok":6,"skipped":1},"tasks":{
           "generate-system-report-001":{"status":"success"},
           "create-config-linux-001":{"status":"success"},
           "create-config-darwin-001":{"status":"skipped"},
           "copy-binaries-001":{"status":"success"},
           "verify-deployment-001":{"status":"success"}}})"},
      {"execution_plans/file_operations_plan.json",
       {},
       R"({"rc":2,"counts":{"ok":2,"failed":1,"cancelled":2},"tasks":{
           "task_2":{"status":"failed","error":"not_found"}}})"},
    }));
  auto arguments = given;
  // The plans expect their files below the folder they are run from.
  test::temp_dir dir;
  std::error_code failed;
  std::filesystem::create_directories(dir / "tests/fixtures", failed);
  std::filesystem::copy(shared / "files", dir / "tests/fixtures/files",
                        std::filesystem::copy_options::recursive, failed);
  REQUIRE_FALSE(failed);
  // What the collection leaves out: the programs that one of them copies, and
  // the interpreter whose version its report names.
  test::write_file(dir / "tests/fixtures/files/binaries/linux/worker",
                   "#!/bin/sh\n");
  if (!std::filesystem::exists("/usr/bin/python3"))
    arguments.insert(arguments.end(), {"-e", "ansible_python_version=none"});
  for (auto* folder : {"/tmp/rustle_combined_test", "/tmp/rustle_template_test",
                       "/tmp/rustle_file_test"})
    std::filesystem::remove_all(folder, failed);
  auto own = dir / "plan.json";
  test::write_file(own, test::read_file((shared / plan).string()));
  check_plan_run(own, parse(expected), arguments);
}
