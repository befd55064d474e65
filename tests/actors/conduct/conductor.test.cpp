#include "actors/run/stage.hpp"
#include "tests/actors/staged_run.hpp"
#include "tests/support/temp_dir.hpp"

#include <caf/send.hpp>
#include <fmt/format.h>

#include <algorithm>

using namespace std::literals;
using namespace troupe;

namespace {

using keys = std::vector<std::string>;

/// Each task says which host it is on: `stage: {key: "{{ inventory_hostname
/// }}-1"}`.
struct many_hosts : test::staged_run {
  many_hosts() {
    hosts = {"a", "b", "c"};
  }

  size_t position(const std::string& key) const {
    auto at = std::find(calls.begin(), calls.end(), key);
    INFO(key);
    REQUIRE(at != calls.end());
    return static_cast<size_t>(at - calls.begin());
  }

  /// All hosts include these tasks for each item of a loop.
  void load_loop(const char* items, std::string_view tasks) {
    test::write_file(dir / "v.yml", tasks);
    load(fmt::format(R"([{{"hosts": "all", "gather_facts": false, "tasks": [
      {{"include_tasks": "{}", "loop": {}}}]}}])",
                     dir / "v.yml", items));
  }

  test::temp_dir dir;

  bool called(const std::string& key) const {
    return std::find(calls.begin(), calls.end(), key) != calls.end();
  }
};

constexpr auto two_tasks = R"([{"hosts": "all", "gather_facts": false,
  "tasks": [{"stage": {"key": "{{ inventory_hostname }}1"}},
            {"stage": {"key": "{{ inventory_hostname }}2"}}]}])";

/// The same with a play's keywords.
std::string with(std::string_view said) {
  std::string out{two_tasks};
  out.insert(out.find("\"gather"), std::string{said} + ", ");
  return out;
}

} // namespace

TEST_CASE_METHOD(many_hosts, "a task begins when all hosts have come to it",
                 "[actors][conductor][M143]") {
  script["a1"] = {{.takes = 10s}};
  load(two_tasks);
  play_out();
  CHECK(calls.size() == 6);
  CHECK(position("b2") > position("c1"));
  CHECK(outcome().well());
  CHECK(outcome().duration >= 0s);
}

TEST_CASE_METHOD(many_hosts, "free hosts do not wait for each other",
                 "[actors][conductor][M143]") {
  script["a1"] = {{.takes = 10s}};
  load(with(R"("strategy": "free")"));
  play_out();
  CHECK(position("c2") < position("a2"));
}

TEST_CASE_METHOD(many_hosts,
                 "a host that is pinned ends before the next begins",
                 "[actors][conductor][M143]") {
  forks = 1;
  load(with(R"("strategy": "host_pinned")"));
  play_out();
  CHECK(calls == keys{"a1", "a2", "b1", "b2", "c1", "c2"});
}

TEST_CASE_METHOD(many_hosts, "no more hosts work at once than forks say",
                 "[actors][conductor][M143]") {
  for (auto* each : {"a1", "b1", "c1"})
    script[each] = {{.takes = 1s}};
  auto most = GENERATE(1U, 2U, 3U, 5U);
  forks = most;
  load(two_tasks);
  play_out();
  CHECK(busiest == std::min(most, 3U));
}

TEST_CASE_METHOD(many_hosts, "batches play one after another",
                 "[actors][conductor][M143]") {
  load(with(R"("serial": [1, 2])"));
  play_out();
  CHECK(position("b1") > position("a2"));
  CHECK(position("b2") > position("c1"));
}

TEST_CASE_METHOD(many_hosts, "a host that fails leaves, and the others go on",
                 "[actors][conductor][M143]") {
  script["b1"] = {{.failed = true}};
  load(two_tasks);
  play_out();
  CHECK_FALSE(called("b2"));
  CHECK(called("a2"));
  CHECK(called("c2"));
  CHECK_FALSE(outcome().well());
  CHECK(outcome().failed_tasks.size() == 1);
}

TEST_CASE_METHOD(many_hosts, "with any_errors_fatal one failure ends all",
                 "[actors][conductor][M143]") {
  script["b1"] = {{.failed = true}};
  load(with(R"("any_errors_fatal": true)"));
  play_out();
  CHECK(calls.size() == 3);
}

TEST_CASE_METHOD(many_hosts,
                 "of all tasks that other hosts have ended the same is said",
                 "[actors][conductor][M143]") {
  script["b1"] = {{.failed = true}};
  load(R"([{"hosts": "all", "gather_facts": false, "any_errors_fatal": true,
    "tasks": [{"stage": {"key": "{{ inventory_hostname }}1"}},
              {"stage": {"key": "{{ inventory_hostname }}2"}},
              {"stage": {"key": "{{ inventory_hostname }}3"}},
              {"block": [{"stage": {"key": "{{ inventory_hostname }}4"}}]}]}])");
  play_out();
  std::map<std::string, size_t> reasons;
  for (auto& each : events)
    if (auto* ended = each.template as<task_ended>())
      if (ended->result->status == task_status::cancelled)
        ++reasons[ended->result->reason];
  // Three on each of the two, and those of the host that failed.
  CHECK(reasons["not run: other hosts have ended the play"] == 6);
  CHECK(reasons.size() == 2);
}

TEST_CASE_METHOD(many_hosts, "max_fail_percentage ends a play that is past it",
                 "[actors][conductor][M143]") {
  script["b1"] = {{.failed = true}};
  auto [most, goes_on] = GENERATE(table<int, bool>({{33, false}, {34, true}}));
  load(with("\"max_fail_percentage\": " + std::to_string(most)));
  play_out();
  CHECK(called("a2") == goes_on);
}

TEST_CASE_METHOD(many_hosts, "run_once gives its result to all",
                 "[actors][conductor][M143]") {
  script["once"] = {{.data = {{"x", 7}}}};
  load(R"([{"hosts": "all", "gather_facts": false, "tasks": [
      {"stage": {"key": "once"}, "run_once": true, "register": "r"},
      {"stage": {"key": "{{ inventory_hostname }}{{ r.x }}"}}]}])");
  play_out();
  CHECK(calls == keys{"once", "a7", "b7", "c7"});
}

TEST_CASE_METHOD(many_hosts, "hosts see what others have registered",
                 "[actors][conductor][M143]") {
  script["a1"] = {{.data = {{"x", 7}}}};
  load(R"([{"hosts": "all", "gather_facts": false, "tasks": [
      {"stage": {"key": "{{ inventory_hostname }}1"}, "register": "r"},
      {"stage": {"key": "{{ inventory_hostname }} {{ hostvars.a.r.x }}"}}]}])");
  play_out();
  CHECK(called("b 7"));
  CHECK(called("c 7"));
}

TEST_CASE_METHOD(many_hosts, "any number of plays may have nothing to do",
                 "[actors][conductor][M143]") {
  // As many as would overflow a stack if one called the next.
  constexpr size_t most = 20'000;
  script["b"] = {{.failed = true}};
  auto play = [](const char* host, const char* key) {
    return fmt::format(R"({{"hosts": "{}", "gather_facts": false,
      "tasks": [{{"stage": {{"key": "{}"}}}}]}})",
                       host, key);
  };
  auto text = "[" + play("b", "b");
  for (size_t i = 0; i < most; ++i)
    text += "," + play("b", "never");
  load(text + "]");
  play_out();
  CHECK(calls == keys{"b"});
  CHECK(outcome().counts.total == most + 1);
}

TEST_CASE_METHOD(many_hosts, "an interrupt ends the runs of all hosts",
                 "[actors][conductor][M143]") {
  script["a1"] = {{.takes = 1h}};
  load(two_tasks);
  start();
  advance(1s);
  cancel(cancel_reason::interrupted);
  advance(1s);
  REQUIRE(ended());
  CHECK(outcome().ended<run_cancelled>());
  CHECK_FALSE(called("b2"));
}

TEST_CASE_METHOD(many_hosts, "the time of a run is that of all its hosts",
                 "[actors][conductor][M143][M042]") {
  for (auto* key : {"a1", "b1", "c1", "a2", "b2", "c2"})
    script[key] = {{.takes = 4s}};
  settings.set("execution_timeout", "6s");
  load(two_tasks);
  play_out();
  CHECK(outcome().duration <= 7s);
  REQUIRE(outcome().ended<run_cancelled>());
  CHECK(outcome().ended<run_cancelled>()->why == cancel_reason::timeout);
}

TEST_CASE_METHOD(many_hosts, "an interrupt ends jobs in the background",
                 "[actors][conductor][M143][M052]") {
  script["j"] = {{.takes = 1h}};
  load(R"([{"hosts": "all", "gather_facts": false,
    "tasks": [{"stage": {"key": "j"}, "async": 7200, "poll": 0}]}])");
  start();
  advance(10s);
  REQUIRE_FALSE(ended());
  cancel(cancel_reason::terminated);
  advance(10s);
  REQUIRE(ended());
  CHECK(outcome().ended<run_cancelled>());
}

TEST_CASE_METHOD(many_hosts,
                 "what an item includes runs on all hosts before the next item",
                 "[actors][conductor][M143]") {
  script["c x"] = {{.takes = 10s}};
  load_loop("[\"x\", \"y\"]",
            "- stage: {key: '{{ inventory_hostname }} {{ item }}'}\n");
  play_out();
  CHECK(outcome().well());
  std::string order;
  for (auto& each : calls)
    order += each.back();
  CHECK(order == "xxxyyy");
  // All of them are told before the first of their tasks.
  size_t told = 0;
  for (auto& each : events) {
    if (each.as<tasks_included>())
      ++told;
    auto* end = each.as<task_ended>();
    if (end && end->result->module == "stage")
      CHECK(told == 2 * hosts.size());
  }
}

TEST_CASE_METHOD(many_hosts, "items that look the same are two nevertheless",
                 "[actors][conductor][M143]") {
  script["c2"] = {{.takes = 10s}};
  load_loop("[\"x\", \"x\"]", "- stage: {key: '{{ inventory_hostname }}1'}\n"
                              "- stage: {key: '{{ inventory_hostname }}2'}\n");
  play_out();
  CHECK(outcome().well());
  std::string steps;
  for (auto& each : calls)
    steps += each.back();
  CHECK(steps == "111222111222");
}

TEST_CASE_METHOD(many_hosts, "hosts may include for different items",
                 "[actors][conductor][M143]") {
  auto only = GENERATE(as<std::string>{}, "x", "y", "z");
  script["c x"] = script["b y"] = {{.takes = 10s}};
  test::write_file(dir / "v.yml",
                   "- stage: {key: '{{ inventory_hostname }} {{ item }}'}\n");
  load(fmt::format(R"([{{"hosts": "all", "gather_facts": false, "tasks": [
      {{"include_tasks": "{}", "loop": ["x", "y", "z"],
        "when": "inventory_hostname != 'a' or item == '{}'"}},
      {{"stage": {{"key": "end"}}}}]}}])",
                   dir / "v.yml", only));
  play_out();
  CHECK(outcome().well());
  REQUIRE(calls.size() == 10);
  CHECK(position("end") == 7);
  // In the middle of the others that do the same.
  std::string order;
  for (auto& each : calls)
    order += each.back();
  std::string want{"xxyyzzddd"};
  want.insert(want.find(only), only);
  CHECK(order == want);
}

TEST_CASE_METHOD(many_hosts, "an interrupt ends what waits between two items",
                 "[actors][conductor][M143]") {
  script["c x"] = {{.takes = 1h}};
  load_loop("[\"x\", \"y\"]",
            "- stage: {key: '{{ inventory_hostname }} {{ item }}'}\n");
  start();
  advance(1s);
  REQUIRE_FALSE(ended());
  cancel(cancel_reason::interrupted);
  advance(1s);
  REQUIRE(ended());
  CHECK(outcome().ended<run_cancelled>());
  CHECK(calls.size() == 3);
}

TEST_CASE_METHOD(many_hosts, "what is included for all needs no other host",
                 "[actors][conductor][M143]") {
  test::write_file(dir / "v.yml",
                   "- stage: {key: '{{ inventory_hostname }}1'}\n"
                   "- stage: {key: '{{ inventory_hostname }}2'}\n"
                   "  run_once: true\n"
                   "- stage: {key: '{{ inventory_hostname }}3'}\n");
  load(fmt::format(R"([{{"hosts": "all", "gather_facts": false, "tasks": [
      {{"include_tasks": "{}", "run_once": true}},
      {{"stage": {{"key": "{{{{ inventory_hostname }}}}4"}}}}]}}])",
                   dir / "v.yml"));
  play_out();
  CHECK(outcome().well());
  CHECK(calls == keys{"a1", "a2", "a3", "a4", "b4", "c4"});
}

TEST_CASE_METHOD(many_hosts,
                 "when an inclusion for all fails the other hosts go on",
                 "[actors][conductor][M143]") {
  script["a1"] = {{.failed = true}};
  test::write_file(dir / "v.yml",
                   "- stage: {key: '{{ inventory_hostname }}1'}\n"
                   "- stage: {key: '{{ inventory_hostname }}2'}\n");
  load(fmt::format(R"([{{"hosts": "all", "gather_facts": false, "tasks": [
      {{"include_tasks": "{}", "run_once": true}},
      {{"stage": {{"key": "{{{{ inventory_hostname }}}}3"}}}}]}}])",
                   dir / "v.yml"));
  play_out();
  CHECK(calls == keys{"a1", "b3", "c3"});
}

TEST_CASE_METHOD(many_hosts, "a host that ends the play ends no rollback",
                 "[actors][conductor][M009][M143]") {
  for (auto* host : {"a", "b", "c"})
    script[fmt::format("{}1", host)] = {{.changed = true}};
  script["boom"] = {{.failed = true}};
  script["back a"] = {{.takes = 10s}};
  script["wait"] = {{.takes = 5s}};
  load(R"([{"hosts": "all", "gather_facts": false, "strategy": "free",
    "failure_policy": "rollback", "tasks": [
      {"stage": {"key": "{{ inventory_hostname }}1"}, "rollback": [
        {"stage": {"key": "back {{ inventory_hostname }}"}},
        {"stage": {"key": "more {{ inventory_hostname }}"}}]},
      {"stage": {"key": "boom"}, "when": "inventory_hostname == 'a'"},
      {"stage": {"key": "wait"}},
      {"meta": "end_play"}]}])");
  play_out();
  CHECK(called("back a"));
  CHECK(called("more a"));
}

TEST_CASE_METHOD(many_hosts, "the end of a play is heard at any time",
                 "[actors][conductor][M143]") {
  // Between any two messages, until the first task is there.
  for (size_t n = 1;; ++n) {
    many_hosts s;
    std::string tasks;
    for (int i = 0; i < 6; ++i)
      tasks += fmt::format(
        R"({}{{"stage": {{"key": "{{{{ inventory_hostname }}}}"}}}})",
        i == 0 ? "" : ", ");
    s.load(fmt::format(R"([{{"hosts": "all", "gather_facts": false,
      "strategy": "free", "tasks": [{}]}}])",
                       tasks));
    s.begin();
    for (size_t i = 0; i < n; ++i)
      s.sched.try_run_once();
    if (!s.calls.empty())
      break;
    caf::anon_send(caf::actor_cast<stage_actor>(s.actor), meta_atom_v,
                   std::string{"a"}, std::string{"end_play"});
    s.settle();
    INFO("after " << n << " messages");
    CHECK(s.calls.size() < size_t{3} * 6);
    for (auto* host : {"a", "b", "c"})
      CHECK(std::count(s.calls.begin(), s.calls.end(), host) < 6);
    REQUIRE(s.ended());
    REQUIRE(n < 2000);
  }
}
