#include "config/plan/task_choice.hpp"

#include "config/plan/plan_reader.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

plan read(const char* text) {
  auto document = parse_plan(text, "p.yml");
  REQUIRE(document);
  problems found;
  auto p = read_plan(*document, "p.yml", {}, found);
  REQUIRE(found.empty());
  return p;
}

std::string skipped_in(const plan& p) {
  std::string out;
  for (auto& each : p.plays)
    for_each_task(each.body, [&](const task& t) {
      if (t.before_start)
        out += t.name + " ";
    });
  return out;
}

constexpr const char* four = "tasks:\n- {name: one, ping: {}}\n"
                             "- block:\n  - {name: two, ping: {}}\n"
                             "  - {id: t3, name: three, ping: {}}\n"
                             "- {name: four, ping: {}}\n"
                             "- {name: 'web : five', ping: {}}\n"
                             "handlers:\n- {name: h, ping: {}}\n";

} // namespace

TEST_CASE("a run begins at the task of this name, id or pattern",
          "[config][task_choice]") {
  auto [name, skipped] = GENERATE(table<std::string, std::string>({
    {"one", ""},
    {"t3", "one two "},
    {"th*", "one two "},
    {"four", "one two three "},
    {"web : five", "one two three four "},
    {"five", "one two three four "},
  }));
  auto p = read(four);
  CHECK(begin_at(p, name));
  CHECK(skipped_in(p) == skipped);
}

TEST_CASE("a task to begin at that is not there is told with the nearest",
          "[config][task_choice]") {
  auto p = read(four);
  auto got = begin_at(p, "fuor");
  REQUIRE_FALSE(got);
  CHECK_THAT(got.why().message, Catch::Contains("did you mean 'four'?"));
  // Whoever names it without its role is told it without.
  p = read("{tasks: [{name: 'web : Virtual hosts', command: ls}]}");
  got = begin_at(p, "Virtual hostz");
  REQUIRE_FALSE(got);
  CHECK_THAT(got.why().message,
             Catch::Contains("did you mean 'Virtual hosts'?"));
}
