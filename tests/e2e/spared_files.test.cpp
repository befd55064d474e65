#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace troupe;

namespace {

/// A plan of files of all kinds; two of them nobody knows before it runs.
struct plan_of_files {
  plan_of_files() {
    for (auto& [name, text] : std::vector<std::pair<std::string, std::string>>{
           {"site.yml", "tasks:\n"
                        "- include_tasks: more.yml\n"
                        "- template: {src: t.j2, dest: OUT/t}\n"
                        "- copy: {src: f, dest: OUT/f}\n"
                        "- include_vars: v.yml\n"
                        "- own:\n"
                        "- command: echo late\n"
                        "  register: late\n"
                        "- include_tasks: '{{ late.stdout }}.yml'\n"
                        "- include_vars: '{{ late.stdout }}-vars.yml'\n"},
           {"more.yml", "- ping:\n"},
           {"templates/t.j2", "{% include 'part.j2' %}"},
           {"templates/part.j2", "part"},
           {"files/f", "f"},
           {"vars/v.yml", "v: 1"},
           {"library/own", "#!/bin/sh\necho '{\"changed\": false}'\n"},
           {"late.yml", "- ping:\n"},
           {"late-vars.yml", "w: 1"}}) {
      auto at = text;
      for (size_t i = 0; (i = at.find("OUT", i)) != std::string::npos;)
        at.replace(i, 3, dir.path());
      test::write_file(dir / name, at);
    }
    std::filesystem::permissions(dir / "library/own",
                                 std::filesystem::perms::owner_all);
  }

  test::finished run(const std::string& option, const std::string& path) {
    return test::run_troupe({"run", dir / "site.yml", option, path});
  }

  test::temp_dir dir;
};

} // namespace

TEST_CASE("no report takes the place of a file of the plan", "[e2e][M030]") {
  plan_of_files plan;
  for (auto* name :
       {"site.yml", "more.yml", "templates/t.j2", "templates/part.j2",
        "files/f", "vars/v.yml", "library/own"}) {
    auto path = plan.dir / name;
    auto before = test::read_file(path);
    for (auto* option : {"--report", "--junit", "--trace"}) {
      auto ran = plan.run(option, path);
      INFO(option << " " << name << "\n" << ran.err);
      CHECK(ran.rc == 64);
      CHECK_THAT(ran.err, Catch::Contains("would be lost"));
      CHECK(test::read_file(path) == before);
    }
  }
  CHECK_FALSE(std::filesystem::exists(plan.dir / "t"));
}

TEST_CASE("no report takes the place of a file that only the run could name",
          "[e2e][M030]") {
  plan_of_files plan;
  for (auto* name : {"late.yml", "late-vars.yml"}) {
    auto path = plan.dir / name;
    auto before = test::read_file(path);
    auto ran = plan.run("--report", path);
    INFO(name << "\n" << ran.out << ran.err);
    CHECK(ran.rc == 7);
    CHECK_THAT(ran.err, Catch::Contains("was read by the run itself"));
    CHECK(test::read_file(path) == before);
  }
  // What the run itself made, or an earlier one left, is replaced.
  for (int times = 0; times < 2; ++times) {
    auto ran = plan.run("--report", plan.dir / "report.json");
    INFO(ran.err);
    CHECK(ran.rc == 0);
  }
}
