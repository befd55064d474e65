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

} // namespace

TEST_CASE("nothing that is printed changes the terminal", "[e2e][cli][M120]") {
  test::temp_dir dir;
  auto plan = dir / "p.json";
  auto made = dir / ("made" + hostile);
  test::write_file(plan, R"({"troupe": 1, "plays": [{"name": "play)" + written
                           + R"(",
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
         {"graph", plan, "--format", "mermaid"},
         {"graph", plan, "--format", "svg", "--run", "last", "--state-dir",
          state},
         {"report", "last", "--state-dir", state, "--html", "-"},
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
