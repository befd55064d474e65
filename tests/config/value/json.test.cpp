#include "config/value/json.hpp"

#include "config/value/big_integer.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

std::string why(std::string_view text, const json_limits& limits = {}) {
  auto got = parse_json(text, limits);
  REQUIRE_FALSE(got);
  return got.why().message;
}

} // namespace

TEST_CASE("JSON survives reading and writing", "[config][json][M002]") {
  auto text = GENERATE(
    as<std::string>{}, "null", "true", "-0.5", "12", "1.0",
    "\"a\\\"b\\\\c\\n\\u0001\"", "[]", "{}", "[1,[2,{\"a\":null}],\"x\"]",
    "{\"b\":1,\"a\":{\"c\":[]}}", "1180591620717411303424",
    "-9223372036854775808", "1e+16", "\"\xc3\xa4\xf0\x9f\x98\x80\"");
  INFO(text);
  auto got = parse_json(text);
  REQUIRE(got);
  CHECK(to_json(*got) == text);
}

TEST_CASE("broken JSON is refused with its place", "[config][json][M121]") {
  auto [text, message] = GENERATE(table<std::string, std::string>({
    {"", "1:1: the document is empty"},
    {"  \n ", "1:1: the document is empty"},
    {"{\"a\": 1,\n \"a\": 2}", "the key \"a\" stands here twice"},
    {"[\"a\", ", "broken JSON"},
    {"[01]", "not a JSON number"},
    {"[1e400]", "not a JSON number"},
    {"[tru]", "1:2: broken JSON"},
    {"[true, nul]", "1:8: "},
    {"[1] x", "something follows the end"},
    {"\"\\ud800\"", "broken string"},
    {"\"a\xff\"", "1:3: not UTF-8"},
    {"[1 2]", "broken JSON"},
  }));
  INFO(text);
  CHECK_THAT(why(text), Catch::Contains(message));
}

TEST_CASE("every prefix of a document is refused", "[config][json][M122]") {
  std::string whole = R"({"a":[1,2.5,true,null,"x\n"],"b":{"c":-7}})";
  for (size_t n = 0; n < whole.size(); ++n) {
    INFO(whole.substr(0, n));
    CHECK_FALSE(parse_json(whole.substr(0, n)));
  }
  CHECK(parse_json(whole));
}

TEST_CASE("limits hold at the limit and one past it", "[config][json][M121]") {
  auto nested
    = [](size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  CHECK(parse_json(nested(128)));
  CHECK_THAT(why(nested(129)), Catch::Contains("deeper than 128"));
  CHECK_THAT(why(nested(1'000'000)), Catch::Contains("deeper than 128"));
  json_limits small;
  small.bytes = 10;
  small.text_bytes = 3;
  CHECK(parse_json("[12345678]", small));
  CHECK_THAT(why("[123456789]", small), Catch::Contains("at most 10"));
  CHECK(parse_json("\"abc\"", small));
  CHECK_THAT(why("\"abcd\"", small), Catch::Contains("longer than 3"));
}

TEST_CASE("text that is not UTF-8 is repaired on the way out",
          "[config][json][M014]") {
  CHECK(to_json(value{"a\xff\x80z"}) == "\"a\xef\xbf\xbd\xef\xbf\xbdz\"");
  CHECK(to_json(value{"\xed\xa0\x80"}, {.ascii = true})
        == "\"\\udced\\udca0\\udc80\"");
}

TEST_CASE("JSON is written as Python writes it", "[config][json][M060]") {
  value x{dict{{"b", list{1, 2.0}}, {"a", "\xc3\xa4"}}};
  CHECK(to_json(x, {.spaced = true, .ascii = true})
        == "{\"b\": [1, 2.0], \"a\": \"\\u00e4\"}");
  CHECK(to_json(x, {.indent = 2, .sort_keys = true})
        == "{\n  \"a\": \"\xc3\xa4\",\n  \"b\": [\n    1,\n    2.0\n  ]\n}");
}
