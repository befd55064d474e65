#include "tests/e2e/program.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace troupe;

TEST_CASE("a plan is drawn in each form, with a run of it",
          "[e2e][M131][M150]") {
  test::temp_dir dir;
  auto plan = dir / "p.yml";
  auto state = dir / "state";
  test::write_file(plan, "name: site\ntasks:\n- {name: one, command: 'true'}\n"
                         "- {name: two, command: 'false'}\n");
  REQUIRE(test::run_troupe({"run", plan, "--state-dir", state}).rc == 2);
  auto graph = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"graph", plan});
    return test::run_troupe(more);
  };
  CHECK_THAT(graph({}).out, Catch::StartsWith("digraph plan {"));
  CHECK_THAT(graph({"--format", "mermaid"}).out,
             Catch::StartsWith("flowchart TD\n"));
  auto svg = graph({"--format", "svg"}).out;
  CHECK_THAT(svg, Catch::StartsWith("<svg ") && Catch::EndsWith("</svg>\n")
                    && Catch::Contains("2 tasks")
                    && !Catch::Contains("critical path"));
  for (auto* format : {"dot", "mermaid", "svg"}) {
    INFO(format);
    auto ran
      = graph({"--format", format, "--run", "last", "--state-dir", state});
    CHECK(ran.rc == 0);
    CHECK(ran.err.empty());
    CHECK_THAT(ran.out, Catch::Contains("failed"));
  }
  auto none = graph({"--run", "none", "--state-dir", state});
  CHECK(none.rc == 64);
  CHECK_THAT(none.err, Catch::Contains("no run 'none'"));
  CHECK(graph({"--format", "png"}).rc == 64);
  // It is told when the run was of another text.
  test::write_file(plan, "tasks:\n- {name: one, command: 'true'}\n");
  auto other = graph({"--run", "last", "--state-dir", state});
  CHECK(other.rc == 0);
  CHECK_THAT(other.err, Catch::Contains("not of these tasks"));
}

TEST_CASE("that handlers run between tasks has a name or is not shown",
          "[e2e][M080][M131][M140]") {
  test::temp_dir dir;
  auto plan = dir / "site.yml";
  test::write_file(plan, "- hosts: localhost\n  gather_facts: false\n"
                         "  pre_tasks: [{name: one, ping: {}}]\n"
                         "  tasks: [{name: two, ping: {}}]\n");
  auto state = dir / "state";
  REQUIRE(test::run_troupe({"run", plan, "--state-dir", state}).rc == 0);
  CHECK_THAT(test::run_troupe({"graph", plan}).out,
             Catch::Contains("[label=\"flush_handlers\\nmeta\"]"));
  CHECK_THAT(test::run_troupe({"runs", "last", "--state-dir", state}).out,
             Catch::EndsWith("success            one\n"
                             "success            two\n"));
}

TEST_CASE("a picture shows no run of another plan", "[e2e][M131][M150]") {
  test::temp_dir dir;
  auto state = dir / "state";
  for (auto* name : {"one", "two"})
    test::write_file(dir / (std::string{name} + ".yml"),
                     std::string{"tasks:\n- {name: "} + name
                       + ", command: 'false'}\n");
  auto run = [&](const std::string& plan) {
    return test::run_troupe({"run", dir / plan, "--state-dir", state}).rc;
  };
  auto graph = [&](const std::string& plan, const std::string& which) {
    return test::run_troupe(
      {"graph", dir / plan, "--run", which, "--state-dir", state});
  };
  REQUIRE(run("one.yml") == 2);
  auto id = std::filesystem::directory_iterator {
    state + "/runs"
    } -> path().filename().string();
  auto none = graph("two.yml", "last");
  CHECK(none.rc == 64);
  CHECK(none.out.empty());
  CHECK_THAT(none.err, Catch::Contains("there is no run of this plan")
                         && Catch::Contains("one.yml")
                         && Catch::Contains("troupe runs --state-dir "));
  REQUIRE(run("two.yml") == 2);
  // Of this plan the last one is not the last one of all.
  auto last = graph("one.yml", "last");
  CHECK(last.rc == 0);
  CHECK(last.err.empty());
  CHECK_THAT(last.out, Catch::Contains("failed"));
  CHECK(graph("one.yml", id).rc == 0);
  auto other = graph("two.yml", id);
  CHECK(other.rc == 64);
  CHECK(other.out.empty());
  CHECK_THAT(other.err, Catch::Contains("run " + id + " was not of this plan")
                          && Catch::Contains("one.yml")
                          && Catch::Contains("troupe runs --state-dir "));
}
