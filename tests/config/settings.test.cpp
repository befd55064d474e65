#include "config/settings.hpp"

#include "config/plan/tags.hpp"
#include "config/value/duration.hpp"
#include "config/value/nearest.hpp"

#include <catch2/catch.hpp>

using namespace std::literals;
using namespace troupe;

TEST_CASE("later layers of settings win and say where they came from",
          "[config][settings][M100]") {
  settings_builder uut;
  problems found;
  uut.apply(dict{{"parallel_tasks", 2}, {"task_timeout", "1m30s"}},
            setting_origin::file, "config.json", found);
  uut.apply_environment(
    [](const std::string& name) {
      return name == "TROUPE_PARALLEL_TASKS" ? "8" : nullptr;
    },
    found);
  uut.apply(dict{{"execution_timeout", dict{{"secs", 3}, {"nanos", 0}}}},
            setting_origin::plan, "plan.json", found);
  uut.apply(dict{{"check_mode", true}}, setting_origin::command_line, "",
            found);
  REQUIRE(found.empty());
  CHECK(uut.current().parallel_tasks == 8);
  CHECK(uut.current().task_timeout == 90s);
  CHECK(uut.current().execution_timeout == 3s);
  CHECK(uut.current().check_mode);
  for (auto& line : uut.lines()) {
    if (line.name == "parallel_tasks") {
      CHECK(line.origin == setting_origin::environment);
      CHECK(line.where == "TROUPE_PARALLEL_TASKS");
    }
    if (line.name == "log_level")
      CHECK(line.origin == setting_origin::built_in);
  }
}

TEST_CASE("wrong settings are refused with their path",
          "[config][settings][M100]") {
  auto [name, given, message]
    = GENERATE(table<std::string, troupe::value, std::string>({
      {"paralel_tasks", 2, "did you mean 'parallel_tasks'?"},
      {"parallel_tasks", 0, "from 1 to 1024"},
      {"parallel_tasks", "many", "from 1 to 1024"},
      {"task_timeout", "soon", "expected a duration"},
      {"task_timeout", -1, "expected a duration"},
      {"check_mode", "maybe", "expected true or false"},
      {"controller_endpoint", "example.com", "expected HOST:PORT"},
      {"controller_endpoint", "example.com:0", "expected HOST:PORT"},
      {"controller_endpoint", 7411, "expected HOST:PORT"},
      {"require_controller", "perhaps", "expected true or false"},
      {"controller_timeout", "soon", "expected a duration"},
      {"log_level", "loud", "error, warning, info or debug"},
      {"retry_policy", troupe::value{dict{{"max_atempts", 3}}}, "max_attempts"},
      {"failure_policy", "stop", "abort, continue or rollback"},
    }));
  settings_builder uut;
  problems found;
  uut.apply(dict{{name, given}}, setting_origin::file, "f", found);
  REQUIRE(found.size() == 1);
  CHECK(to_string(found[0].place) == "f");
  CHECK_THAT(found[0].message, Catch::Contains(message));
}

TEST_CASE("durations are read and shown", "[config][duration][M100]") {
  auto [given, wanted]
    = GENERATE(table<troupe::value, std::chrono::nanoseconds>({
      {0, 0ns},
      {2.5, 2500ms},
      {"90", 90s},
      {"1h2m3s", 3723s},
      {"250ms", 250ms},
      {"1.5m", 90s},
    }));
  auto got = parse_duration(given);
  REQUIRE(got);
  CHECK(*got == wanted);
}

TEST_CASE("what is no duration is refused", "[config][duration][M100]") {
  troupe::value given = GENERATE(
    as<troupe::value>{}, "", "x", "5 parsecs", "1 30", -1, -0.5, 1e300, true,
    troupe::value{list{}}, troupe::value{dict{{"secs", "x"}}});
  CHECK_FALSE(parse_duration(given));
}

TEST_CASE("the nearest name is the one that was meant", "[config][nearest]") {
  std::vector<std::string> known{"copy", "command", "template", "file"};
  CHECK(nearest_name("cpoy", known) == "copy");
  CHECK(nearest_name("comand", known) == "command");
  CHECK(nearest_name("Template", known) == "template");
  CHECK(nearest_name("zzz", known).empty());
  // What goes on as it began, and what was only begun.
  known = {"fail",           "file",    "find",          "durable",
           "apt_repository", "apt_key", "parallel_tasks"};
  CHECK(nearest_name("fil", known) == "file");
  CHECK(nearest_name("apt_repo", known) == "apt_repository");
  CHECK(nearest_name("paralel", known) == "parallel_tasks");
  CHECK(nearest_name("par", known).empty());
}

TEST_CASE("tags choose tasks as in Ansible", "[config][tags][M022]") {
  using names = std::vector<std::string>;
  auto [tags, wanted, unwanted, chosen]
    = GENERATE(table<names, names, names, bool>({
      {{}, {}, {}, true},
      {{"a"}, {}, {}, true},
      {{"a"}, {"a"}, {}, true},
      {{"a"}, {"b"}, {}, false},
      {{}, {"b"}, {}, false},
      {{"always"}, {"b"}, {}, true},
      {{"never"}, {}, {}, false},
      {{"never", "a"}, {"a"}, {}, true},
      {{"a"}, {"tagged"}, {}, true},
      {{}, {"tagged"}, {}, false},
      {{}, {"untagged"}, {}, true},
      {{"a"}, {}, {"a"}, false},
      {{"always"}, {}, {"always"}, false},
      {{"a", "b"}, {"a"}, {"b"}, false},
      {{"a"}, {}, {"tagged"}, false},
    }));
  CHECK(selected_by_tags(tags, wanted, unwanted) == chosen);
}

TEST_CASE("host patterns choose hosts as in Ansible", "[config][tags][M022]") {
  auto [pattern, matches] = GENERATE(table<std::string, bool>({
    {"all", true},
    {"web1", true},
    {"web*", true},
    {"db*", false},
    {"prod", true},
    {"prod:&web*", true},
    {"prod:!web1", false},
    {"db,prod", true},
    {"!db", true},
  }));
  INFO(pattern);
  CHECK(host_matches(pattern, "web1", {"prod"}) == matches);
}
