#include "tests/e2e/program.hpp"
#include "tests/support/trace_check.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

constexpr const char* traced_plan = R"(troupe: 1
plays:
- name: first
  hosts: all
  tasks:
    - name: loop
      command: echo {{ item }}
      loop: [one, two, three, four]
      loop_parallel: 3
    - name: work
      block:
        - {name: bad, command: "false", retries: 1, delay: 0}
      rescue:
        - {name: again, debug: {msg: x}}
    - {name: "odd </script> \" \u2028 name", command: "true"}
    - {name: not now, command: "true", when: false}
- name: second
  hosts: all
  tasks: [{name: last, command: "true"}]
)";

} // namespace

TEST_CASE("a run leaves a trace in either form", "[e2e][M081]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml", traced_plan);
  auto otlp = test::run_troupe(
    {"run", dir / "p.yml", "--no-state", "--trace", dir / "t.otlp.json"});
  INFO(otlp.out << otlp.err);
  REQUIRE(otlp.rc == 0);
  auto spans = test::check_otlp(test::read_file(dir / "t.otlp.json"));
  CHECK(test::parent_of(spans, "bad") == "work");
  CHECK(test::parent_of(spans, "again") == "work");
  CHECK(test::parent_of(spans, "work") == "first");
  CHECK(test::parent_of(spans, "last") == "second");
  CHECK(test::parent_of(spans, "item=three") == "loop");
  CHECK(test::parent_of(spans, "attempt 2") == "bad");
  CHECK(to_json(test::attribute(spans.at("bad"), "code.line.number"))
        == R"({"intValue":"12"})");
  auto chrome = test::run_troupe(
    {"run", dir / "p.yml", "--no-state", "--trace", dir / "t.json"});
  REQUIRE(chrome.rc == 0);
  auto rows = test::check_chrome(test::read_file(dir / "t.json"));
  CHECK(rows.size() == spans.size());
  auto said = test::run_troupe({"run", dir / "p.yml", "--no-state", "--trace",
                                dir / "t.json", "--trace-format", "otlp"});
  REQUIRE(said.rc == 0);
  test::check_otlp(test::read_file(dir / "t.json"));
}

TEST_CASE("a run that is gone on with has one trace of all of it",
          "[e2e][M081]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml", "tasks:\n- {name: one, command: 'true'}\n"
                                  "- {name: two, command: test -e "
                                    + (dir / "go") + "}\n");
  auto state = dir / "state";
  REQUIRE(test::run_troupe({"run", dir / "p.yml", "--state-dir", state}).rc
          == 2);
  test::write_file(dir / "go", "");
  auto ran = test::run_troupe({"resume", "--rerun-failed", "--state-dir", state,
                               "--trace", dir / "t.otlp.json"});
  INFO(ran.out << ran.err);
  REQUIRE(ran.rc == 0);
  auto spans = test::check_otlp(test::read_file(dir / "t.otlp.json"));
  CHECK(to_json(test::attribute(spans.at("one"), "troupe.restored"))
        == R"({"boolValue":true})");
  CHECK(to_json(test::attribute(spans.at("one"), "code.line.number"))
        == R"({"intValue":"2"})");
}
