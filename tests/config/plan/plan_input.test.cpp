#include "config/plan/plan_reader.hpp"
#include "config/value/json.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;

namespace {

problems problems_of(const std::string& text) {
  auto document = parse_plan(text, "p.yml");
  REQUIRE(document);
  problems found;
  read_plan(*document, "p.yml", {}, found);
  return found;
}

} // namespace

TEST_CASE("names that are no texts are refused with their place",
          "[config][plan][M062]") {
  auto [text, column] = GENERATE(table<std::string, unsigned>({
    {"{inventory: {hosts: {1: {}}}, tasks: []}", 22},
    {"{inventory: {groups: {7: {hosts: [localhost]}}}, tasks: []}", 23},
    {"{inventory: {variables: {7: x}}, tasks: []}", 26},
    {"{inventory: {groups: {all: {variables: {7: x}}}}, tasks: []}", 41},
    {"{inventory: {hosts: {h: {variables: {7: x}}}}, tasks: []}", 38},
    {"{facts_template: {custom_facts: {7: {command: x}}}, tasks: []}", 34},
    {"{settings: {7: 1}, tasks: []}", 13},
    {"{vars: {7: 1}, tasks: []}", 9},
    {"{vars: {yes: 1}, tasks: []}", 9},
    {"{7: 1, tasks: []}", 2},
    {"{tasks: [{debug: {}, 7: 1}]}", 22},
    {"{tasks: [{debug: {}, vars: {7: 1}}]}", 29},
    {"{tasks: [{debug: {}, module_defaults: {7: {}}}]}", 40},
    {"{tasks: [{debug: {}, loop: [1], loop_control: {7: 1}}]}", 48},
    {"{tasks: [{debug: {}, retry_policy: {7: 1}}]}", 37},
    {"{tasks: [{debug: {}, conditions: [{When: {7: 1}}]}]}", 43},
    {"{plays: [{7: 1, batches: []}]}", 11},
    {"{plays: [{batches: [{7: 1}]}]}", 22},
    {"{metadata: {planning_options: {7: 1}}, tasks: []}", 32},
  }));
  INFO(text);
  auto found = problems_of(text);
  REQUIRE(found.size() == 1);
  CHECK(to_string(found[0].place) == fmt::format("p.yml:1:{}", column));
  CHECK_THAT(found[0].message, Catch::StartsWith("expected text as a key"));
}

TEST_CASE("values may have keys of any kind", "[config][plan]") {
  auto found = problems_of(
    "{vars: {ports: {80: http}}, tasks: [{debug: {msg: {1: x}}}]}");
  CHECK(found.empty());
}

TEST_CASE("what is read as JSON and what as YAML", "[config][plan][M050]") {
  auto read = [](const std::string& text, const std::string& source) {
    auto got = parse_plan(text, source);
    return got ? to_json(*got) : got.why().message;
  };
  auto [text, source, wanted] = GENERATE(table<std::string, std::string,
                                               std::string>({
    {R"({"a": 1e3})", "p.json", R"({"a":1000.0})"},
    // JSON comes first, as in Ansible: in YAML 1.1 this would be text.
    {R"({"a": 1e3})", "p.yml", R"({"a":1000.0})"},
    {"{a: [yes]}", "p.yml", R"({"a":[true]})"},
    {"[a, {b: 1}]", "p.yaml", R"(["a",{"b":1}])"},
    {"{a: 1}", "<stdin>", R"({"a":1})"},
    {"{a: 1}\n# the end\n", "plan", R"({"a":1})"},
    {"a: 1", "p.json", R"({"a":1})"},
    {"[1, 2,]", "p.json",
     "p.json:1:7: broken JSON: a comma too many in front of ']'\n"
     "    [1, 2,]\n          ^"},
    // Of two errors the one that came further in the text tells more.
    {"{\"a\": 1,\n \"b\": [1, }", "p.yml",
     "p.yml:2:11: broken JSON: a comma too many in front of '}'\n"
     "     \"b\": [1, }\n              ^"},
    {"{a: 1,\n b: *c}", "p.yml",
     "p.yml:2:5: undefined alias 'c': a value that begins with '*' must be in "
     "quotes\n     b: *c}\n        ^"},
    {"", "p.yml", "p.yml:1:1: the document is empty"},
  }));
  INFO(text);
  CHECK(read(text, source) == wanted);
}

TEST_CASE("a text in a plan has a bound in YAML too", "[config][plan][M121]") {
  plan_limits limits;
  limits.text_bytes = 4;
  CHECK(parse_plan("abcd", "p.yml", limits));
  CHECK_FALSE(parse_plan("abcde", "p.yml", limits));
  CHECK(parse_plan("[\"abcd\"]", "p", limits));
  CHECK_FALSE(parse_plan("[\"abcde\"]", "p", limits));
}

TEST_CASE("a text in which nothing is to be done is told as such",
          "[config][plan][M120]") {
  auto refused = [](const char* text) {
    auto document = parse_plan(text, "p.yml");
    REQUIRE(document);
    problems found;
    read_plan(*document, "p.yml", {}, found);
    REQUIRE(found.size() == 1);
    return found[0].message;
  };
  for (auto* text : {"---\n", "[]\n", "# later\n", "null\n"})
    CHECK(
      refused(text)
      == "there is nothing in it: a playbook is a list of plays, and a plan "
         "has 'tasks'");
  CHECK(refused("hello\n")
        == "this is neither a playbook nor a plan but \"hello\": a playbook is "
           "a list of plays, and a plan has 'tasks'");
}
