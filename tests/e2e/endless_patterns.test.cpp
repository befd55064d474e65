#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <chrono>

using namespace troupe;

TEST_CASE("a module that searches without end is ended by its deadline",
          "[e2e][M014]") {
  // Every place of the line is one where a match might begin.
  auto task = GENERATE(
    "lineinfile: {path: FILE, regexp: '.*world', line: new}",
    "replace: {path: FILE, regexp: '.*world', replace: new}",
    "blockinfile: {path: FILE, block: new, insertafter: '.*world'}",
    "find: {paths: FOLDER, contains: '.*world', read_whole_file: true}");
  INFO(task);
  test::temp_dir dir;
  auto file = dir / "data/file";
  std::string line(size_t{1} << 18U, 'd');
  test::write_file(file, line);
  std::string text{task};
  for (auto& [from, to] : {std::pair<std::string, std::string>{"FILE", file},
                           {"FOLDER", dir / "data"}})
    if (auto at = text.find(from); at != std::string::npos)
      text.replace(at, from.size(), to);
  test::write_file(dir / "site.yml",
                   fmt::format("tasks:\n- {}\n  timeout: 1\n", text));
  auto begin = std::chrono::steady_clock::now();
  auto ran = test::run_troupe({"run", dir / "site.yml", "--no-state"});
  CHECK(ran.rc == 2);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{60});
  CHECK((test::read_file(file) == line));
}
