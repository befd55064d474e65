#include "config/language/language.hpp"
#include "config/plan/keyword_rows.hpp"
#include "config/plan/plan_check.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/settings.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

using namespace troupe;

namespace {

std::string page(const std::string& name) {
  return test::read_file(test::source_path("docs/" + name));
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

namespace {

/// The cells of a line of a table.
std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> out;
  std::string cell;
  for (size_t i = 1; i < line.size(); ++i) {
    if (line[i] != '|') {
      cell += line[i];
      continue;
    }
    auto first = cell.find_first_not_of(' ');
    out.push_back(
      first == std::string::npos
        ? ""
        : cell.substr(first, cell.find_last_not_of(' ') + 1 - first));
    cell.clear();
  }
  return out;
}

/// How the page calls the type of a keyword; empty: in its own words.
std::string type_on_page(const keyword_row& row) {
  switch (row.type) {
  case keyword_type::flag:
    return "flag";
  case keyword_type::condition:
    return "flag or expression";
  case keyword_type::number:
    return "integer";
  case keyword_type::percentage:
    return "percentage";
  case keyword_type::duration:
    return "duration";
  case keyword_type::text:
    return "text";
  case keyword_type::word:
    return "word";
  case keyword_type::texts:
  case keyword_type::names:
    return "texts";
  case keyword_type::table:
  case keyword_type::variables:
    return "object";
  case keyword_type::tables:
    return "object, or list of objects";
  default:
    return {};
  }
}

std::string fallback_on_page(const keyword_row& row) {
  auto n = *row.fallback;
  if (row.type == keyword_type::flag || row.type == keyword_type::condition)
    return n != 0 ? "true" : "false";
  if (row.type == keyword_type::duration && n != 0)
    return fmt::format("{} s", n / 1'000'000'000);
  return fmt::format("{}", n);
}

} // namespace

TEST_CASE("every keyword is on the page of the plan format",
          "[config][docs][keywords][M002]") {
  auto text = page("plan-format.md");
  for (auto& row : keyword_rows) {
    INFO(row.name);
    CHECK(has(text, fmt::format("`{}`", row.name)));
  }
}

TEST_CASE("the page says of keywords what their rows say",
          "[config][docs][keywords][M002]") {
  std::istringstream lines{page("plan-format.md")};
  bool inside = false;
  std::vector<std::string> seen;
  for (std::string line; std::getline(lines, line);) {
    auto row = cells(line);
    if (row.size() != 5 || row[3] == "template") {
      inside = row.size() == 5;
      continue;
    }
    if (!inside || !row[0].starts_with('`'))
      continue;
    auto name = row[0].substr(1, row[0].size() - 2);
    INFO(name);
    REQUIRE(keyword_number(name) < keyword_count);
    auto& known = keyword_rows[keyword_number(name)];
    seen.push_back(name);
    if (known.type == keyword_type::structure)
      continue;
    CHECK(row[1] == type_on_page(known));
    if (known.fallback)
      CHECK(row[2] == fallback_on_page(known));
    bool yes = known.templated;
    CHECK((row[3] == "yes") == yes);
  }
  // None that may be a template is left out.
  for (auto& row : keyword_rows)
    if (row.templated) {
      INFO(row.name);
      CHECK(std::find(seen.begin(), seen.end(), row.name) != seen.end());
    }
}
