#include "config/language/language.hpp"
#include "config/plan/plan_check.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/settings.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sstream>
#include <string>
#include <vector>

using namespace troupe;

namespace {

std::string page(const std::string& name) {
  return test::read_file(std::string{SOURCE_DIR} + "/docs/" + name);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The bodies of the fenced blocks of one language.
std::vector<std::string> fenced(const std::string& text,
                                const std::string& language) {
  std::vector<std::string> out;
  std::istringstream lines{text};
  std::string body;
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (inside && line == "```") {
      out.push_back(std::move(body));
      body.clear();
      inside = false;
    } else if (inside) {
      body += line + "\n";
    } else {
      inside = line == "```" + language;
    }
  }
  return out;
}

} // namespace

TEST_CASE("every setting is on the page of the command line",
          "[config][docs][M100]") {
  auto text = page("cli.md");
  for (auto& line : settings_builder{}.lines()) {
    INFO(line.name);
    CHECK(has(text, "`" + line.name + "`"));
  }
}

TEST_CASE("the page names only settings that there are", "[config][docs]") {
  auto text = page("cli.md");
  // The last section; its tables begin with the name of a setting.
  std::istringstream lines{text.substr(text.find("\n## Settings"))};
  size_t rows = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `"))
      continue;
    ++rows;
    auto name = line.substr(3, line.find('`', 3) - 3);
    bool known = false;
    for (auto& each : settings_builder{}.lines())
      known = known || each.name == name;
    INFO(name);
    CHECK(known);
  }
  CHECK(rows == settings_builder{}.lines().size());
}

TEST_CASE("the plans on the page of the plan format are valid",
          "[config][docs][M002]") {
  auto text = page("plan-format.md");
  auto examples = fenced(text, "json");
  for (auto& each : fenced(text, "yaml"))
    examples.push_back(each);
  CHECK(examples.size() >= 6);
  for (auto& each : examples) {
    INFO(each);
    auto document = parse_plan(each, "plan");
    REQUIRE(document);
    problems found;
    auto p = read_plan(*document, "plan", {}, found);
    check_plan(p, language{}, found);
    INFO(format_problems(found, "plan"));
    CHECK(found.empty());
    CHECK(p.warnings.empty());
    CHECK(p.task_count() > 0);
  }
}

TEST_CASE("the plan format page knows every shape and operator",
          "[config][docs][M002][M022]") {
  auto text = page("plan-format.md");
  for (auto* word :
       {"PLAY",        "FLAT",      "BIN",      "MINI",       "PARSE",
        "Equals",      "NotEquals", "Contains", "StartsWith", "EndsWith",
        "GreaterThan", "LessThan",  "Exists",   "NotExists",  "When",
        "Skip",        "Tag",       "SkipTag",  "Only",       "Host",
        "CheckMode"}) {
    INFO(word);
    CHECK(has(text, word));
  }
}
