#include "tests/actors/staged_run.hpp"

using namespace std::literals;
using namespace troupe;

namespace {

struct loop_parallel_stage : test::staged_run {};

} // namespace

TEST_CASE_METHOD(loop_parallel_stage,
                 "a parallel loop has so many items at once",
                 "[actors][task_runner][M020]") {
  script["x"] = {{.changed = true, .takes = 10s}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "x", "value": "{{ item }}"},
     "loop": [1, 2, 3, 4, 5], "loop_parallel": 2, "register": "r",
     "loop_control": {"index_var": "i", "label": "item {{ item }}"}},
    {"id": "b", "debug": {"msg": "{{ r.results | map(attribute='item') }}"}}]})");
  start();
  for (int i = 0; i < 29; ++i)
    advance(1s);
  CHECK_FALSE(ended());
  for (int i = 0; i < 2; ++i)
    advance(1s);
  REQUIRE(ended());
  CHECK(busiest == 2);
  auto& a = result("a");
  CHECK(a.changed);
  CHECK(a.attempts.size() == 5);
  auto& results = a.output.find("results")->as_list();
  REQUIRE(results.size() == 5);
  for (int64_t i = 0; i < 5; ++i) {
    auto& each = results.items[static_cast<size_t>(i)];
    CHECK(*each.find("item") == value{i + 1});
    CHECK(*each.find("i") == value{i});
    CHECK(each.find("_ansible_item_label")->as_string()
          == "item " + std::to_string(i + 1));
  }
  CHECK(result("b").msg == "[1, 2, 3, 4, 5]");
}

TEST_CASE_METHOD(loop_parallel_stage,
                 "items of a parallel loop skip, fail and repeat alone",
                 "[actors][task_runner][M020]") {
  script["x"] = {{.failed = true, .takes = 1s},
                 {.failed = true, .takes = 1s},
                 {.changed = true, .takes = 1s}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "x"}, "loop": [1, 2, 3, 4],
     "loop_parallel": 3, "when": "item != 2", "retries": 1, "delay": 5,
     "ignore_errors": true}]})");
  play_out();
  auto& results = result("a").output.find("results")->as_list();
  REQUIRE(results.size() == 4);
  CHECK(*results.items[1].find("skipped") == value{true});
  for (auto i : {0U, 2U, 3U})
    CHECK(*results.items[i].find("failed") == value{false});
  CHECK(*results.items[0].find("attempts") == value{2});
  CHECK(*results.items[3].find("attempts") == value{1});
  CHECK(status("a") == "success");
  std::vector<uint64_t> items;
  for (auto& each : result("a").attempts)
    items.push_back(each.item.value_or(99));
  CHECK(items == std::vector<uint64_t>{0, 0, 2, 2, 3});
}

TEST_CASE_METHOD(loop_parallel_stage,
                 "a parallel loop that is cancelled says what it did",
                 "[actors][task_runner][M012]") {
  script["x"] = {{.changed = true, .takes = 1s}, {.takes = 600s}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "x"}, "loop": [1, 2, 3, 4, 5],
     "loop_parallel": 2}]})");
  start();
  advance(2s);
  cancel(cancel_reason::interrupted);
  REQUIRE(ended());
  auto& results = result("a").output.find("results")->as_list();
  CHECK(results.size() == 3);
  CHECK(status("a") == "cancelled");
}

TEST_CASE_METHOD(loop_parallel_stage,
                 "a module that throws costs a parallel loop one item",
                 "[actors][task_runner][M013]") {
  script["x"] = {{.throws = true}, {.changed = true}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "x"}, "loop": [1, 2, 3],
     "loop_parallel": 2}]})");
  play_out();
  CHECK(status("a") == "failed");
  auto& results = result("a").output.find("results")->as_list();
  REQUIRE(results.size() == 3);
  int failed = 0;
  for (auto& each : results)
    failed += each.find("failed")->as_bool() ? 1 : 0;
  CHECK(failed == 1);
}
