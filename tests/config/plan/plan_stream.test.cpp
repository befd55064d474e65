#include "config/plan/plan_stream.hpp"

#include "config/plan/plan_check.hpp"
#include "config/plan/streamed_order.hpp"
#include "config/value/id_set.hpp"
#include "platform/files.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <random>

using namespace troupe;

namespace {

/// A plan in a file, streamed and read as a whole.
struct streamed_file {
  explicit streamed_file(const std::string& text, plan_limits limits = {})
      : text{text} {
    test::write_file(dir / "p.json", text);
    auto got = stream_plan(dir / "p.json", limits);
    if (got)
      plan = std::move(*got);
  }

  test::temp_dir dir;
  std::string text;
  std::optional<streamed_plan> plan;
};

std::vector<std::string> ids_of(const task_source& tasks) {
  std::vector<std::string> out;
  for (size_t i = 0; i < tasks.size(); ++i) {
    auto t = tasks.at(i);
    REQUIRE(t);
    out.push_back(t->id);
  }
  return out;
}

} // namespace

TEST_CASE("tasks of a plan are found without reading the plan as a whole",
          "[config][plan][M031]") {
  streamed_file file{R"( {"name": "a \"tasks\": [{}]", "vars": {"tasks": [1]},
    "tasks": [{"id": "one", "debug": {"msg": "]}, {\"\\"}},
      {"debug": {"msg": [{"deep": []}]}}
      ,{"id": "three", "module": "debug", "args": {}, "when": "a"}],
    "handlers": [{"id": "h", "module": "debug", "args": {}}]} )"};
  REQUIRE(file.plan);
  auto& got = *file.plan;
  CHECK(got.digest == *digest_of(file.text, "sha256"));
  CHECK(got.root.find("tasks")->as_list().empty());
  CHECK(got.root.find("name")->as_string() == "a \"tasks\": [{}]");
  CHECK(got.root.find("handlers")->as_list().size() == 1);
  CHECK(got.root.find("vars")->find("tasks")->as_list().size() == 1);
  CHECK(ids_of(*got.tasks)
        == std::vector<std::string>{"one", "task-2", "three"});
  auto second = got.tasks->at(1);
  CHECK(to_string(second->place) == (file.dir / "p.json") + ":3:7");
  CHECK(second->module == "debug");
  CHECK(got.tasks->at(0)->args->find("msg")->as_string() == "]}, {\"\\");
}

TEST_CASE("what cannot be streamed is left to the usual reader",
          "[config][plan][M031][M061]") {
  auto text
    = GENERATE(as<std::string>{}, "", "[]", "tasks:\n- {id: a, debug: {}}\n",
               R"({"name": "none"})", R"({"tasks": {}})", R"({"tasks": 1})",
               R"({"tasks": [{"id": "a"},]})", R"({"tasks": [,{"id": "a"}]})",
               R"({"tasks": [{"id": "a"} {"id": "b"}]})", R"({"tasks": ["a"]})",
               R"({"tasks": [[]]})", R"({"tasks": [{"id": "a"}], "tasks": []})",
               R"({"tasks": [], "plays": []})", R"({"tasks": [{"id": "a"}])",
               R"({"tasks": [{"id": "a"}]}})", R"({"tasks": [{"id": "a)",
               R"({"tasks": [{"id": "a"}]} x)", R"({"tasks": [], "b": [1,]})");
  INFO(text);
  CHECK_FALSE(streamed_file{text}.plan);
}

TEST_CASE("the limits of a plan hold for one that is streamed",
          "[config][plan][M062]") {
  std::string text = R"({"tasks": [{"id": "a", "debug": {"msg": [[1]]}}]})";
  plan_limits limits;
  limits.bytes = text.size();
  CHECK(streamed_file(text, limits).plan);
  --limits.bytes;
  CHECK_FALSE(streamed_file(text, limits).plan);
  limits = {};
  limits.depth = 6;
  streamed_file deep{text, limits};
  REQUIRE(deep.plan);
  CHECK(deep.plan->tasks->at(0));
  CHECK(parse_plan(text, "p", limits));
  limits.depth = 5;
  streamed_file deeper{text, limits};
  REQUIRE(deeper.plan);
  CHECK_FALSE(deeper.plan->tasks->at(0));
  CHECK_FALSE(parse_plan(text, "p", limits));
}

TEST_CASE("a plan that is written to while it runs is noticed",
          "[config][plan][M031]") {
  streamed_file file{R"({"tasks": [{"id": "a", "debug": {}}]})"};
  REQUIRE(file.plan);
  CHECK(file.plan->tasks->at(0));
  // Another file under the same name is none of this run's business.
  auto other = file.dir / "other";
  test::write_file(other, "{}");
  REQUIRE(::rename(other.c_str(), (file.dir / "p.json").c_str()) == 0);
  CHECK(file.plan->tasks->at(0));

  streamed_file changed{R"({"tasks": [{"id": "a", "debug": {}}]})"};
  REQUIRE(changed.plan);
  test::write_file(changed.dir / "p.json",
                   R"({"tasks": [{"id": "other", "debug": {}}]})");
  auto got = changed.plan->tasks->at(0);
  REQUIRE_FALSE(got);
  CHECK_THAT(got.why().message, Catch::Contains("was changed"));
}

namespace {

/// Numbers of the tasks of a plan in the order in which they run, by both.
void compare_orders(const std::vector<task>& tasks) {
  plan p;
  p.plays.emplace_back();
  auto& body = p.plays.front().body;
  streamed_order order{tasks.size()};
  for (auto& t : tasks) {
    order.add(t);
    body.body.push_back(node{t});
    if (!t.dependencies.empty())
      body.order = block_order::graph;
  }
  order_plan(p);
  auto sorted = order.finish();
  REQUIRE(sorted);
  if (sorted->empty())
    for (uint32_t i = 0; i < tasks.size(); ++i)
      sorted->push_back(i);
  std::vector<std::string> mine;
  std::vector<std::string> usual;
  for (auto i : *sorted)
    mine.push_back(tasks[i].id);
  for (auto& n : body.body)
    usual.push_back(std::get<task>(n.what).id);
  CHECK(mine == usual);
}

task named(std::string id, std::vector<std::string> after = {}) {
  task t;
  t.id = std::move(id);
  t.dependencies = std::move(after);
  return t;
}

} // namespace

TEST_CASE("streamed tasks are put in the same order as others",
          "[config][plan][M031][M010]") {
  std::mt19937 random{7};
  for (int round = 0; round < 200; ++round) {
    auto count = 1 + random() % 30;
    std::vector<task> tasks;
    for (size_t i = 0; i < count; ++i) {
      auto t = named(fmt::format("t{}", i));
      for (auto n = random() % 3; n > 0 && i > 0 && round % 5 != 0; --n)
        t.dependencies.push_back(fmt::format("t{}", random() % i));
      if (random() % 4 == 0)
        t.execution_order = static_cast<int64_t>(random() % 3) - 1;
      tasks.push_back(std::move(t));
    }
    std::shuffle(tasks.begin(), tasks.end(), random);
    compare_orders(tasks);
  }
}

TEST_CASE("ids and circles that are wrong have no order",
          "[config][plan][M031][M010]") {
  auto order_of = [](const std::vector<task>& tasks) {
    streamed_order order{tasks.size()};
    for (auto& t : tasks)
      order.add(t);
    return order.finish();
  };
  CHECK_FALSE(order_of({named("a"), named("b"), named("a")}));
  CHECK_FALSE(order_of({named("a"), named("b", {"c"})}));
  CHECK_FALSE(order_of({named("a", {"b"}), named("b", {"a"}), named("c")}));
  CHECK_FALSE(order_of({named("a", {"a"})}));
  auto fine = order_of({named("b", {"a"}), named("a")});
  REQUIRE(fine);
  CHECK(*fine == std::vector<uint32_t>{1, 0});
}

TEST_CASE("a set of ids grows and knows its own", "[config][M031]") {
  id_set ids;
  CHECK_FALSE(ids.contains("a"));
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < 10'000; ++i)
      ids.insert(fmt::format("id{}", i));
  CHECK(ids.size() == 10'000);
  for (int i = 0; i < 10'000; ++i)
    CHECK(ids.contains(fmt::format("id{}", i)));
  CHECK_FALSE(ids.contains("id10000"));
}
