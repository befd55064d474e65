#include "config/plan/plan_check.hpp"

#include "config/language/language.hpp"
#include "config/plan/plan_reader.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <chrono>

using namespace troupe;

namespace {

problems check(const std::string& text) {
  auto document = parse_plan(text, "plan.json");
  REQUIRE(document);
  problems found;
  auto p = read_plan(*document, "plan.json", {}, found);
  check_plan(p, language{}, found);
  return found;
}

std::string chain(size_t from, size_t to, const std::string& before) {
  std::string text;
  for (size_t i = from; i < to; ++i)
    text += fmt::format(R"({{"id":"t{}","module":"m","dependencies":["{}"]}},)",
                        i, i == from ? before : fmt::format("t{}", i - 1));
  return text;
}

} // namespace

TEST_CASE("a sound plan has no problems", "[config][plan_check][M005]") {
  CHECK(check(R"({"tasks":[{"id":"a","module":"m"},
    {"id":"b","module":"m","dependencies":["a"]}]})")
          .empty());
}

TEST_CASE("a task that depends on itself is a cycle of one",
          "[config][plan_check][M005]") {
  auto found
    = check(R"({"tasks":[{"id":"a","module":"m","dependencies":["a"]}]})");
  REQUIRE(found.size() == 1);
  CHECK(found[0].message == "dependency cycle: a -> a");
}

TEST_CASE("a cycle of two among a thousand good tasks is named exactly",
          "[config][plan_check][M005]") {
  auto found = check("{\"tasks\":[{\"id\":\"root\",\"module\":\"m\"},"
                     + chain(0, 1000, "root")
                     + R"({"id":"x","module":"m","dependencies":["y"]},
                          {"id":"y","module":"m","dependencies":["x","t9"]},
                          {"id":"z","module":"m","dependencies":["x"]}]})");
  REQUIRE(found.size() == 1);
  CHECK(found[0].message == "dependency cycle: x -> y -> x");
}

TEST_CASE("a ring of ten thousand tasks is found quickly and whole",
          "[config][plan_check][M005]") {
  auto text = "{\"tasks\":[{\"id\":\"first\",\"module\":\"m\","
              "\"dependencies\":[\"t9998\"]},"
              + chain(0, 9999, "first");
  text.back() = ']';
  auto begin = std::chrono::steady_clock::now();
  auto found = check(text + "}");
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{30});
  REQUIRE(found.size() == 1);
  size_t arrows = 0;
  for (auto at = found[0].message.find(" -> "); at != std::string::npos;
       at = found[0].message.find(" -> ", at + 1))
    ++arrows;
  CHECK(arrows == 10000);
}

TEST_CASE("a task cannot wait for a later batch",
          "[config][plan_check][M005][M003]") {
  auto found = check(R"({"plays":[{"batches":[
    {"batch_id":"one","tasks":[
      {"task_id":"a","module":"m","dependencies":["b"]}]},
    {"batch_id":"two","tasks":[{"task_id":"b","module":"m"}]}]}]})");
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0].message, Catch::StartsWith("dependency cycle: a -> b"));
  CHECK_THAT(found[0].message, Catch::Contains("batch"));
}

TEST_CASE("unknown and repeated names are found with the nearest right one",
          "[config][plan_check][M005]") {
  auto found = check(R"({"tasks":[
    {"id":"install","module":"m"}, {"id":"install","module":"m"},
    {"id":"b","module":"m","dependencies":["instal"],"notify":"restrat"}],
    "handlers":[{"name":"restart","module":"m"}]})");
  REQUIRE(found.size() == 3);
  CHECK_THAT(found[0].message, Catch::Contains("'install' is used twice"));
  CHECK_THAT(found[1].message, Catch::Contains("did you mean 'install'?"));
  CHECK(to_string(found[1].place) == "plan.json:3:44");
  CHECK_THAT(found[2].message, Catch::Contains("did you mean 'restart'?"));
}

TEST_CASE("expressions are checked before anything runs",
          "[config][plan_check][M022][M061]") {
  auto found = check(R"({"tasks":[
    {"id":"a","module":"m","when":"x =="},
    {"id":"b","module":"m","args":{"msg":"{{ nofilter | upperr }}"}}]})");
  REQUIRE(found.size() == 2);
  CHECK(to_string(found[0].place) == "plan.json:2:35");
  CHECK_THAT(found[0].message, Catch::Contains("task 'a'"));
  CHECK(to_string(found[1].place) == "plan.json:3:42");
  CHECK_THAT(found[1].message, Catch::Contains("upper"));
}

TEST_CASE("keywords that do not work yet are refused, not ignored",
          "[config][plan_check][M020]") {
  auto [key, text] = GENERATE(table<std::string, std::string>({
    {"delegate_to", R"("delegate_to":"other")"},
  }));
  auto found = check(R"({"tasks":[{"id":"a","module":"m",)" + text + "}]}");
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0].message, Catch::Contains(key));
  CHECK_THAT(found[0].message, Catch::Contains("not supported yet"));
}

TEST_CASE("a graph is sorted by need, then by execution order",
          "[config][plan_order][M003]") {
  auto document = parse_plan(R"({"tasks":[
    {"id":"c","module":"m","dependencies":["a"]},
    {"id":"b","module":"m","execution_order":2},
    {"id":"a","module":"m","execution_order":1}]})",
                             "plan.json");
  REQUIRE(document);
  problems found;
  auto p = read_plan(*document, "plan.json", {}, found);
  order_plan(p);
  std::string ids;
  for_each_task(p.plays[0].body, [&](const task& t) { ids += t.id; });
  CHECK(ids == "acb");
}
