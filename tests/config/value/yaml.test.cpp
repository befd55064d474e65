#include "config/value/yaml.hpp"

#include "config/value/json.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

std::string as_json(std::string_view text) {
  auto got = parse_yaml(text, "t.yml");
  if (!got)
    return got.why().message;
  json_style style;
  style.spaced = true;
  return to_json(*got, style);
}

} // namespace

TEST_CASE("YAML gives the types of YAML 1.1", "[config][yaml][M050]") {
  struct row {
    const char* text;
    const char* json;
  };
  auto given = GENERATE(values<row>({
    {"yes", "true"},
    {"No", "false"},
    {"ON", "true"},
    {"off", "false"},
    {"y", "\"y\""},
    {"~", "null"},
    {"", "null"},
    {"null", "null"},
    {"010", "8"},
    {"0o10", "\"0o10\""},
    {"0x1F", "31"},
    {"0b101", "5"},
    {"1_000", "1000"},
    {"1:30", "90"},
    {"190:20:30", "685230"},
    {"08", "\"08\""},
    {"123456789012345678901234567890", "123456789012345678901234567890"},
    {"1.5", "1.5"},
    {"1e3", "\"1e3\""},
    {"1.0e+3", "1000.0"},
    {".5", "0.5"},
    {"-.inf", "null"},
    {"2024-01-15", "\"2024-01-15\""},
    {"'yes'", "\"yes\""},
    {"\"1\"", "\"1\""},
    {"!!str 5", "\"5\""},
    {"!!int '5'", "5"},
    {"!!omap [a: 1, b: 2]", "[[\"a\", 1], [\"b\", 2]]"},
    {"!!seq [!!map {a: 1}]", "[{\"a\": 1}]"},
    {"!!set {a}", "{\"a\": null}"},
    {"[a, 1, {b: c}]", "[\"a\", 1, {\"b\": \"c\"}]"},
    {"a: &x [1]\nb: *x", "{\"a\": [1], \"b\": [1]}"},
    {"a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3}",
     "{\"a\": {\"k\": 1, \"l\": 2}, \"b\": {\"k\": 1, \"l\": 3}}"},
    {"b: {<<: [{k: 1}, {k: 2, m: 3}]}", "{\"b\": {\"k\": 1, \"m\": 3}}"},
    {"a: |\n  x\n  y\n", "{\"a\": \"x\\ny\\n\"}"},
    {"a: >\n  x\n  y\n", "{\"a\": \"x y\\n\"}"},
    {"1: one\n2: two", "{\"1\": \"one\", \"2\": \"two\"}"},
  }));
  INFO(given.text);
  CHECK(as_json(given.text) == given.json);
}

TEST_CASE("broken YAML is refused with its place", "[config][yaml][M050]") {
  CHECK_THAT(as_json("a: 1\nb: [1\n"), Catch::StartsWith("t.yml:3:1: "));
  // A line that is not there is no place.
  CHECK_THAT(as_json("a: 1\nb: [1"), Catch::StartsWith("t.yml:2:6: "));
  CHECK_THAT(as_json("\xc3\xa9: ["), Catch::StartsWith("t.yml:1:4: "));
  CHECK_THAT(as_json("{{ _n:( "), Catch::StartsWith("t.yml:1:9: "));
  CHECK(as_json("a: 1\nb: 2\na: 3")
        == "t.yml:3:1: the key 'a' is there twice: keep one");
  CHECK_THAT(as_json("a: *b"),
             Catch::StartsWith("t.yml:1:4: undefined alias 'b': "));
  CHECK_THAT(as_json("a: &a [*a]"), Catch::Contains("would hold itself"));
  CHECK_THAT(as_json("? [1, 2]\n: x"), Catch::Contains("unhashable"));
  CHECK_THAT(as_json("a: !thing x"), Catch::Contains("unknown tag '!thing'"));
  CHECK_THAT(as_json("a: !!python/object/apply:os.system [ls]"),
             Catch::Contains(":1:4") && Catch::Contains("unknown tag"));
  CHECK_THAT(as_json("a: !!python/name:x y"), Catch::Contains("unknown tag"));
  CHECK_THAT(as_json("a: !thing {b: 1}"), Catch::Contains("unknown tag"));
  for (auto* text : {"!!seq {a: 1}", "!!map [a]", "!!set [a]", "!!str [a]",
                     "!vault [a]", "!!seq a", "!!timestamp a", "!!binary a*",
                     "!!binary aGk", "!!omap [a]", "!!omap [{a: 1, b: 2}]"}) {
    INFO(text);
    CHECK_THAT(as_json(text), Catch::StartsWith("t.yml:1:1: "));
  }
  CHECK(as_json("a: !!binary |\n  aGVs\n  bG8=\n") == R"({"a": "hello"})");
  // As Python, which passes over what is no base64.
  CHECK(as_json("a: !!binary aGk=aGk") == R"({"a": "hi"})");
  CHECK(as_json("a: !!binary ''") == R"({"a": ""})");
  CHECK_THAT(as_json("a: !vault x"), Catch::Contains("vault"));
  CHECK_THAT(as_json("a: 1\n---\nb: 2"), Catch::Contains("single document"));
  CHECK(as_json("\xff") == "t.yml:1:1: not UTF-8");
  CHECK(as_json("a: 1\n\xc3\xa9: \xc3\n") == "t.yml:2:4: not UTF-8");
}

TEST_CASE("the mark in front of what some editors write is passed over",
          "[config][yaml][M050]") {
  const std::string mark = "\xef\xbb\xbf";
  CHECK(as_json(mark + "- a: 1\n  b: 2\n") == R"([{"a": 1, "b": 2}])");
  CHECK(as_json(mark + "---\n- a\n") == R"(["a"])");
  CHECK_THAT(as_json(mark + "a: 1\nb: [1\n"), Catch::StartsWith("t.yml:3:1: "));
}

TEST_CASE("text that is marked unsafe is never a template", "[config][yaml]") {
  auto got = parse_yaml("!unsafe '{{ x }}'", "t.yml");
  REQUIRE(got);
  CHECK(got->as_text().unsafe);
}

TEST_CASE("the last of equal keys counts when that is asked for",
          "[config][yaml]") {
  yaml_limits limits;
  limits.last_key_wins = true;
  std::vector<std::string> told;
  limits.passed_over = &told;
  auto got = parse_yaml("a: 1\n  \na: 2", "t.yml", limits);
  REQUIRE(got);
  CHECK(*got->find("a") == value{2});
  CHECK(told
        == std::vector<std::string>{
          "t.yml:3:1: found a duplicate dict key (a): the key 'a' is there "
          "twice: the last one counts"});
  std::string many;
  for (int i = 0; i < 102; ++i)
    many += "a: 1\n";
  told.clear();
  CHECK(parse_yaml(many, "t.yml", limits));
  CHECK(told.size() == 100);
}

TEST_CASE("YAML has bounds", "[config][yaml][M121]") {
  yaml_limits limits;
  limits.depth = 5;
  CHECK(parse_yaml("[[[[[1]]]]]", "t.yml", limits));
  CHECK_FALSE(parse_yaml("[[[[[[1]]]]]]", "t.yml", limits));
  limits = {};
  limits.bytes = 4;
  CHECK(parse_yaml("abcd", "t.yml", limits));
  CHECK_FALSE(parse_yaml("abcde", "t.yml", limits));
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i)
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a"
              + std::to_string(i - 1) + ", *a" + std::to_string(i - 1) + ", *a"
              + std::to_string(i - 1) + ", *a" + std::to_string(i - 1) + "]\n";
  auto got = parse_yaml(laughs, "t.yml");
  REQUIRE_FALSE(got);
  CHECK_THAT(got.why().message, Catch::Contains("aliases expand"));
}

TEST_CASE("a stream holds several documents", "[config][yaml]") {
  auto got = parse_yaml_all("a: 1\n---\n- b\n...\n", "t.yml");
  REQUIRE(got);
  REQUIRE(got->size() == 2);
  CHECK(*(*got)[0].find("a") == value{1});
}
