#include "config/language/language.hpp"
#include "config/plan/plan_check.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/value/json.hpp"
#include "config/value/yaml.hpp"

#include <catch2/catch.hpp>

#include <tuple>

using namespace troupe;

// What came from a file knows its line and column.

namespace {

using at = text_position;

/// The value behind these names and numbers.
const value& walk(const value& root, const std::vector<std::string>& path) {
  auto* x = &root;
  for (auto& step : path) {
    x = x->is_list() ? &x->as_list().items.at(std::stoul(step)) : x->find(step);
    REQUIRE(x);
  }
  return *x;
}

at place_in(const result<value>& document,
            const std::vector<std::string>& path) {
  REQUIRE(document);
  return walk(*document, path).place();
}

at key_place_in(const result<value>& document, const std::string& key) {
  REQUIRE(document);
  for (auto& [name, x] : document->as_dict())
    if (name.text_or("") == key)
      return name.place();
  return {};
}

std::string problems_of(const std::string& text, const std::string& source) {
  auto document = parse_plan(text, source);
  REQUIRE(document);
  problems found;
  auto p = read_plan(*document, source, {}, found);
  check_plan(p, language{}, found);
  return format_problems(found, source);
}

} // namespace

TEST_CASE("every node of a JSON text has its place", "[config][json][places]") {
  json_limits limits;
  limits.first = {1, 1};
  auto got = parse_json("\xef\xbb\xbf{\"a\": [1,\n  true, {\"ä\": \"ö\", "
                        "\"c\": null}]\n , \"long name\":-1.5}",
                        limits);
  CHECK(place_in(got, {}) == at{1, 1});
  CHECK(key_place_in(got, "a") == at{1, 2});
  CHECK(place_in(got, {"a"}) == at{1, 7});
  CHECK(place_in(got, {"a", "0"}) == at{1, 8});
  CHECK(place_in(got, {"a", "1"}) == at{2, 3});
  CHECK(place_in(got, {"a", "2"}) == at{2, 9});
  // Columns count characters.
  CHECK(place_in(got, {"a", "2", "ä"}) == at{2, 15});
  CHECK(place_in(got, {"a", "2", "c"}) == at{2, 25});
  CHECK(key_place_in(got, "long name") == at{3, 4});
  CHECK(place_in(got, {"long name"}) == at{3, 16});
  CHECK(place_in(parse_json("  7 ", limits), {}) == at{1, 3});
}

TEST_CASE("a part of a JSON text counts from where it begins",
          "[config][json][places]") {
  json_limits limits;
  limits.first = {7, 20};
  auto got = parse_json("{\"a\": 1,\n\"b\": 2}", limits);
  CHECK(place_in(got, {"a"}) == at{7, 26});
  CHECK(place_in(got, {"b"}) == at{8, 6});
  text_position failed;
  CHECK_FALSE(parse_json("{\"a\": x}", limits, &failed));
  CHECK(failed == at{7, 26});
}

TEST_CASE("a text keeps no places unless that is asked for",
          "[config][json][yaml][places]") {
  CHECK(place_in(parse_json("[1]"), {"0"}) == at{});
  CHECK(place_in(parse_yaml("[1]", "t"), {"0"}) == at{});
}

TEST_CASE("every node of a YAML text has its place", "[config][yaml][places]") {
  yaml_limits limits;
  limits.places = true;
  auto got = parse_yaml("name: x\ntags: &t\n  - a\n  - ä/c: 1\n"
                        "# between\n? more\n: *t\n<<: {k: v}\n7: |\n  text\n",
                        "t.yml", limits);
  CHECK(place_in(got, {}) == at{1, 1});
  CHECK(key_place_in(got, "tags") == at{2, 1});
  CHECK(place_in(got, {"name"}) == at{1, 7});
  CHECK(place_in(got, {"tags"}) == at{2, 7});
  CHECK(place_in(got, {"tags", "0"}) == at{3, 5});
  CHECK(place_in(got, {"tags", "1", "ä/c"}) == at{4, 10});
  CHECK(key_place_in(got, "more") == at{6, 3});
  // Where it is written, not where it is used.
  CHECK(place_in(got, {"more", "0"}) == at{3, 5});
  CHECK(key_place_in(got, "k") == at{8, 6});
  CHECK(got->as_dict().find(value{7})->place() == at{9, 4});
}

TEST_CASE("copies of a value stand where it stands", "[config][places]") {
  value x{"text"};
  x.place_at({3, 4});
  auto copy = x;
  CHECK(copy.place() == at{3, 4});
  CHECK(copy == value{"text"});
  auto moved = std::move(copy);
  CHECK(moved.place() == at{3, 4});
  CHECK(moved.as_string() == "text");
  value none{7};
  std::swap(none, moved);
  CHECK(none.place() == at{3, 4});
  CHECK(moved.place() == at{});
  CHECK(moved.as_int() == 7);
}

TEST_CASE("a place has room for long lines and many of them",
          "[config][places][M062]") {
  value x{true};
  x.place_at({0xffffffff, value::last_column});
  CHECK(x.place() == at{0xffffffff, value::last_column});
  CHECK(x.as_bool());
  CHECK(x.is_bool());
  // Further to the right only the line is known.
  x.place_at({5, value::last_column + 1});
  CHECK(x.place() == at{5, 0});
}

TEST_CASE("places print as editors read them", "[config][places]") {
  auto file = std::make_shared<const std::string>("site.yml");
  CHECK(to_string(source_place{file, {3, 5}}) == "site.yml:3:5");
  CHECK(to_string(source_place{file, {3, 0}}) == "site.yml:3");
  CHECK(to_string(source_place{file, {}}) == "site.yml");
  CHECK(to_string(source_place{}) == "");
}

TEST_CASE("a problem points at the key or value that is wrong",
          "[config][plan][places][M005]") {
  auto [yaml, json, place]
    = GENERATE(table<std::string, std::string, std::string>({
      // A key that nobody knows; a value that does not fit.
      {"tasks:\n- module: m\n  whne: x", R"({"tasks":[{"module":"m",

  "whne":1}]})",
       "3:3"},
      {"tasks:\n- debug: {}\n\n  async: soon\n", R"({"tasks":[
{"debug":{},

 "async":"soon"}]})",
       "4:10"},
      {"tasks:\n- debug: {}\n  tags: [a,\n    {}]\n", R"({"tasks":[
{"debug":{},"tags":["a",
 7,
    {}]}]})",
       "4:5"},
      {"tasks:\n- {name: x}\n", R"({"tasks":[
  {"name":"x"}]})",
       "2:3"},
      {"tasks:\n- debug: {}\n  dependencies:\n  - nobody\n", R"({"tasks":[
{"debug":{},"dependencies":[

    "nobody"]}]})",
       "4:5"},
      {"tasks:\n- debug: {}\n  notify:\n  - nobody\n", R"({"tasks":[
{"debug":{},"notify":[

    "nobody"]}]})",
       "4:5"},
      {"tasks:\n- debug: {}\n  when:\n  - a\n  - b =\n", R"({"tasks":[
{"debug":{},"when":[
"a",

    "b ="]}]})",
       "5:5"},
      {"tasks:\n- debug:\n    msg: '{{ 1 + }}'\n", R"({"tasks":[
{"debug":
    {"a":"{{ 1 + }}"}}]})",
       "3:10"},
      {"tasks:\n- {id: a, debug: {}}\n- {id: a, debug: {}}\n", R"({"tasks":[
{"id":"a","debug":{}},
 {"id":"a","debug":{}}]})",
       "3:8"},
      {"tasks:\n- {debug: {}, rollback: 7}\n", R"({"tasks":[
{"debug":{}, "rollback":7}]})",
       "2:25"},
    }));
  INFO(yaml);
  CHECK_THAT(problems_of(yaml, "p.yml"),
             Catch::StartsWith("p.yml:" + place + ": "));
  INFO(json);
  CHECK_THAT(problems_of(json, "p.json"),
             Catch::StartsWith("p.json:" + place + ": "));
}

TEST_CASE("tasks, blocks, plays, handlers and conditions know their place",
          "[config][plan][places]") {
  auto document = parse_plan("troupe: 1\nplays:\n- name: x\n  tasks:\n"
                             "  - block:\n    - debug: {}\n      when: a\n"
                             "  handlers:\n  - name: h\n    debug: {}\n",
                             "p.yml");
  REQUIRE(document);
  problems found;
  auto p = read_plan(*document, "p.yml", {}, found);
  REQUIRE(found.empty());
  auto& first = p.plays.front();
  CHECK(to_string(first.place) == "p.yml:3:3");
  CHECK(to_string(std::get<task>(first.handlers.front().what).place)
        == "p.yml:9:5");
  auto& inner = std::get<block>(first.body.body.front().what);
  CHECK(to_string(inner.place) == "p.yml:5:5");
  auto& t = std::get<task>(inner.body.front().what);
  CHECK(to_string(t.place) == "p.yml:6:7");
  CHECK(to_string(t.conditions.front().place) == "p.yml:7:13");
}
