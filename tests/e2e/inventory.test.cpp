#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>

using namespace troupe;

namespace {

const std::string oracle = SOURCE_DIR "/tests/oracle/inventory";

/// What a line for the shell does in a folder; `troupe` is the program.
test::finished in_folder(const std::string& folder, const std::string& line) {
  return test::run_program(
    "/bin/sh",
    {"-c", "cd '" + folder + "' && PATH='" BUILD_DIR "':$PATH && " + line},
    {{"NO_COLOR", "1"}, {"HOME", "/nonexistent"}});
}

std::vector<std::string> case_names() {
  std::vector<std::string> out;
  for (auto& each : std::filesystem::directory_iterator{oracle + "/cases"})
    out.push_back(each.path().filename().string());
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    out.push_back(line);
  return out;
}

} // namespace

TEST_CASE("inventories are shown as ansible-inventory shows them",
          "[e2e][inventory][M141]") {
  auto names = case_names();
  CHECK(names.size() >= 15);
  for (auto& name : names) {
    auto folder = oracle;
    folder.append("/cases/").append(name);
    auto asked = lines_of(test::read_file(folder + "/asked"));
    for (size_t i = 0; i < asked.size(); ++i) {
      INFO(name << ": " << asked[i]);
      auto ran = in_folder(folder, "troupe inventory " + asked[i]);
      auto expected = oracle;
      expected.append("/expected/").append(name).append(".");
      expected.append(std::to_string(i + 1));
      auto wanted = test::read_file(expected);
      CHECK(ran.rc == 0);
      CHECK(ran.out == wanted);
    }
  }
}

TEST_CASE("patterns choose the hosts that ansible lists",
          "[e2e][inventory][M141]") {
  auto rows = lines_of(test::read_file(oracle + "/expected/patterns"));
  CHECK(rows.size() >= 30);
  for (auto& row : rows) {
    auto tab = row.find('\t');
    REQUIRE(tab != std::string::npos);
    INFO(row);
    auto ran = in_folder(oracle, "troupe inventory -i farm --match '"
                                   + row.substr(0, tab) + "'");
    std::string names;
    for (auto& each : lines_of(ran.out))
      names += (names.empty() ? "" : " ") + each;
    CHECK(names == row.substr(tab + 1));
  }
}

TEST_CASE("an inventory that is wrong is refused with the place",
          "[e2e][inventory][M141][M120]") {
  test::temp_dir dir;
  test::write_file(dir / "hosts", "[web]\nweb1 port\n");
  auto ran = in_folder(dir.path(), "troupe inventory -i hosts --list");
  CHECK(ran.rc == 4);
  CHECK_THAT(ran.err, Catch::Contains("hosts:2:6: expected NAME=VALUE"));
  CHECK_THAT(ran.err, Catch::Contains("web1 port\n         ^\n"));
  CHECK(in_folder(dir.path(), "troupe inventory -i hosts").rc == 64);
  CHECK(in_folder(dir.path(), "troupe inventory -i none --list").rc == 4);
  test::write_file(dir / "hosts", "[web]\nweb1\n");
  CHECK(in_folder(dir.path(), "troupe inventory -i hosts --host web").rc == 0);
  CHECK(in_folder(dir.path(), "troupe inventory -i hosts --host x").rc == 64);
  CHECK(in_folder(dir.path(), "troupe inventory -i hosts --graph wbe").err
        == "troupe: no group named 'wbe'; did you mean 'web'?\n");
}
