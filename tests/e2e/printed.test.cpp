#include "config/value/utf8.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace troupe;

namespace {

// A new title for the terminal, red, one of C1's, writing from right to left.
const std::string hostile = "\x1b]0;x\x07\x1b[31m\xc2\x9b\xe2\x80\xae";

// The same as JSON writes it.
const std::string written = R"(\u001b]0;x\u0007\u001b[31m\u009b\u202e)";

/// The same bytes after what makes a terminal safe, but for what ends lines.
void check_safe(const test::finished& ran) {
  INFO(ran.out << ran.err);
  CHECK(terminal_safe(ran.out) == ran.out);
  CHECK(terminal_safe(ran.err) == ran.err);
}

test::finished with_full_disk(const std::vector<std::string>& arguments) {
  std::vector<std::string> line{"-c", "exec \"$0\" \"$@\" > /dev/full",
                                BUILD_DIR "/troupe"};
  line.insert(line.end(), arguments.begin(), arguments.end());
  return test::run_program("/bin/sh", line);
}

} // namespace

TEST_CASE("nothing that is printed changes the terminal", "[e2e][cli][M120]") {
  test::temp_dir dir;
  auto plan = dir / "p.json";
  auto made = dir / ("made" + hostile);
  test::write_file(plan, R"({"plays": [{"name": "play)" + written + R"(",
    "tasks": [
    {"name": "a)" + written + R"(", "copy": {"content": "x)"
                           + written + R"(\n", "dest": ")" + (dir / "made")
                           + written + R"("}},
    {"name": "b)" + written + R"(", "shell": "printf '%s' 'o)"
                           + written + R"('; printf '%s' 'e)" + written
                           + R"(' >&2; exit 1", "ignore_errors": true},
    {"name": "c)" + written + R"(", "fail": {"msg": "f)"
                           + written + R"("}}]}]})");
  auto state = dir / "state";
  for (auto* view : {"text", "quiet", "live"})
    for (auto* more : {"--diff", "-vvv"}) {
      auto ran = test::run_troupe(
        {"run", plan, "--output", view, more, "--state-dir", state});
      CHECK(ran.rc == 2);
      check_safe(ran);
    }
  for (auto& line : std::vector<std::vector<std::string>>{
         {"validate", plan},
         {"graph", plan},
         {"runs", "--state-dir", state},
         {"runs", "last", "--state-dir", state},
         {"resume", "--state-dir", state},
         {"undo", "last", "--state-dir", state},
         {"modules", "x" + hostile},
         {"x" + hostile},
         {"run", "x" + hostile}})
    check_safe(test::run_troupe(line));
  for (auto* broken :
       {R"("x%": 1)", R"("tasks": [{"x%": {}}])", R"("tasks": "x%")",
        R"("tasks": [{"debug": {"x%": 1}}])", R"("tasks": [{"when": "x%"}])",
        R"("vars": {"a": "{{ x%"}, "tasks": [{"debug": {"var": "a"}}])"}) {
    std::string text = broken;
    text.replace(text.find('%'), 1, written);
    test::write_file(dir / "bad.json", "{" + text + "}");
    check_safe(test::run_troupe({"validate", dir / "bad.json"}));
    check_safe(test::run_troupe({"run", dir / "bad.json", "--no-state"}));
  }
}

TEST_CASE("what cannot be printed is a failure", "[e2e][cli][M120]") {
  test::temp_dir dir;
  auto plan = dir / "p.json";
  test::write_file(plan, R"({"tasks": [{"debug": {"msg": "x"}}]})");
  auto state = dir / "state";
  REQUIRE(test::run_troupe({"run", plan, "--state-dir", state}).rc == 0);
  for (auto& line : std::vector<std::vector<std::string>>{
         {"facts"},
         {"modules"},
         {"modules", "copy"},
         {"validate", plan},
         {"graph", plan},
         {"config"},
         {"eval", "1 + 1"},
         {"runs", "--state-dir", state},
         {"runs", "last", "--state-dir", state},
         {"runs", "last", "--json", "--state-dir", state},
         {"completion", "bash"},
         {"run", plan, "--no-state"},
         {"run", plan, "--no-state", "--output", "ndjson"},
         {"--help"},
         {"run", "--help"},
         {"--version"}}) {
    auto ran = with_full_disk(line);
    INFO(line.front() << ": " << ran.err);
    CHECK(ran.rc == 7);
    CHECK_THAT(ran.err, Catch::Contains("cannot write to standard output: No "
                                        "space left on device"));
  }
  // A reader that goes away is none.
  auto ran = test::run_program(
    "/bin/sh", {"-c", "\"$0\" modules | true", BUILD_DIR "/troupe"});
  CHECK(ran.rc == 0);
}
