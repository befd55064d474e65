#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>

using namespace troupe;
namespace fs = std::filesystem;

TEST_CASE("what a template has one host do for all is not done again",
          "[e2e][M016][M143]") {
  test::temp_dir dir;
  auto once = GENERATE("true", "\"{{ migrate }}\"");
  test::write_file(dir / "hosts",
                   "[all:vars]\nansible_connection=local\n[some]\na\nb\n");
  test::write_file(dir / "site.yml",
                   "- hosts: some\n"
                   "  gather_facts: false\n"
                   "  vars: {migrate: true}\n"
                   "  tasks:\n"
                   "    - shell: echo done >> "
                     + dir / "log" + "\n      run_once: " + once
                     + "\n    - shell: mkdir " + dir / "killed"
                     + " && kill -9 $PPID && sleep 60\n"
                       "      args: {creates: "
                     + dir / "killed" + "}\n");
  auto run = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--state-dir", dir / "state"});
    return test::run_troupe(std::move(words));
  };
  CHECK(run({"run", dir / "site.yml", "-i", dir / "hosts", "--forks", "1"}).rc
        == -SIGKILL);
  // As if the run had died before the other host heard of it.
  for (auto& each : fs::directory_iterator{dir / "state/runs"})
    REQUIRE(fs::remove_all(each.path() / "hosts/b") > 0);
  auto again = run({"resume"});
  INFO(again.out << again.err);
  CHECK(again.rc == 0);
  CHECK(test::read_file(dir / "log") == "done\n");
}
