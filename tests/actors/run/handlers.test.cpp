#include "actors/run/handler_choice.hpp"
#include "config/plan/plan_check.hpp"
#include "config/plan/plan_reader.hpp"
#include "tests/actors/staged_run.hpp"

using namespace troupe;

namespace {

using keys = std::vector<std::string>;

struct handler_stage : test::staged_run {};

const char* nested = R"({"tasks": [], "handlers": [
  {"id": "a", "name": "one", "module": "m", "listen": "all"},
  {"name": "two", "id": "b", "listen": ["both", "all"], "block": [
    {"id": "c", "name": "three", "module": "m"},
    {"id": "d", "name": "four", "module": "m"}],
   "always": [{"id": "e", "module": "m"}]},
  {"id": "f", "block": [{"id": "g", "name": "five", "module": "m"},
                        {"id": "h", "listen": "all", "module": "m"}]}]})";

keys ids_of(const std::vector<node>& nodes) {
  keys out;
  for_each_block(nodes, [&](const block& b) { out.push_back(b.id); });
  for_each_task(nodes, [&](const task& t) { out.push_back(t.id); });
  for (auto& id : out)
    id = id.substr(id.find(':') + 1);
  return out;
}

plan read(const std::string& text) {
  auto document = parse_plan(text, "p.json");
  REQUIRE(document);
  problems found;
  auto p = read_plan(*document, "p.json", {}, found);
  check_plan(p, language{}, found);
  INFO(format_problems(found, ""));
  REQUIRE(found.empty());
  return p;
}

} // namespace

TEST_CASE("handlers are chosen by name, id and what they listen to",
          "[actors][handlers][M019]") {
  auto p = read(nested);
  auto [name, ids] = GENERATE(table<std::string, keys>({
    {"one", {"a"}},
    {"a", {"a"}},
    // A block that is meant runs as a whole, ...
    {"two", {"b", "c", "d", "e"}},
    {"both", {"b", "c", "d", "e"}},
    // ... of another one what is meant in it.
    {"three", {"b", "c", "e"}},
    {"five", {"f", "g"}},
    {"all", {"b", "f", "a", "c", "d", "e", "h"}},
    {"none", {}},
  }));
  handler_choice uut;
  INFO(name);
  CHECK(ids_of(uut.choose(p.plays[0].handlers, {name})) == ids);
}

TEST_CASE("a handler runs once until all may run anew",
          "[actors][handlers][M019]") {
  auto p = read(nested);
  auto& all = p.plays[0].handlers;
  handler_choice uut;
  CHECK(ids_of(uut.choose(all, {"two"})) == keys{"b", "c", "d", "e"});
  CHECK(uut.choose(all, {"two", "both", "three"}).empty());
  uut.begin_anew();
  CHECK(ids_of(uut.choose(all, {"two"})) == keys{"b#2", "c#2", "d#2", "e#2"});
}

TEST_CASE("ids and notifications of handlers in blocks are checked",
          "[actors][handlers][M005]") {
  auto document = parse_plan(R"({"tasks": [
    {"module": "m", "notify": ["inside", "outside", "insied"]}], "handlers": [
    {"block": [{"id": "x", "name": "inside", "module": "m"}],
     "listen": "outside"}, {"id": "x", "module": "m"}]})",
                             "p.json");
  REQUIRE(document);
  problems found;
  auto p = read_plan(*document, "p.json", {}, found);
  check_plan(p, language{}, found);
  REQUIRE(found.size() == 2);
  CHECK_THAT(found[0].message,
             Catch::Contains("the handler id 'x' is used twice"));
  CHECK_THAT(found[1].message, Catch::Contains("did you mean 'inside'?"));
}

TEST_CASE_METHOD(handler_stage, "a block among handlers runs with its rescue",
                 "[actors][handlers][M019]") {
  script["a"] = {{.changed = true}};
  script["b"] = {{.failed = true}};
  load(R"({"tasks": [{"id": "a", "stage": {"key": "a"}, "notify": "all"}],
    "handlers": [{"listen": "all", "vars": {"k": "d"}, "block": [
       {"id": "b", "stage": {"key": "b"}}, {"id": "c", "stage": {"key": "c"}}],
     "rescue": [{"id": "d", "stage": {"key": "{{ k }}"}}]},
     {"id": "e", "stage": {"key": "e"}}]})");
  play_out();
  CHECK(calls == keys{"a", "b", "d"});
  CHECK(result("handler:b").handler);
  CHECK(result("handler:d").handler);
  CHECK_FALSE(outcome().counts.failed);
}
