#include "actors/run/facts_cache.hpp"
#include "actors/run/task_evaluation.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace std::literals;
using namespace troupe;

TEST_CASE("backoff grows as its kind says and never past the cap",
          "[actors][task_evaluation][M010]") {
  auto [kind, next, wanted]
    = GENERATE(table<backoff_kind, unsigned, std::chrono::nanoseconds>({
      {backoff_kind::fixed, 2, 10s},
      {backoff_kind::fixed, 9, 10s},
      {backoff_kind::linear, 2, 10s},
      {backoff_kind::linear, 4, 30s},
      {backoff_kind::exponential, 2, 10s},
      {backoff_kind::exponential, 5, 80s},
      {backoff_kind::exponential, 64, 100s},
      {backoff_kind::exponential, std::numeric_limits<unsigned>::max(), 100s},
    }));
  retry_policy policy;
  policy.delay = 10s;
  policy.backoff = kind;
  policy.max_delay = 100s;
  CHECK(backoff_pause(policy, next, 0.5) == wanted);
  policy.jitter = true;
  CHECK(backoff_pause(policy, next, 0.0) == 0ns);
  CHECK(backoff_pause(policy, next, 0.5) == wanted / 2);
}

TEST_CASE("facts age and are forgotten", "[actors][facts_cache][M072]") {
  facts_cache uut{60s};
  auto t0 = facts_cache::clock::time_point{} + 1000h;
  uut.set("a", 1, t0);
  uut.set("b", 2, t0, 10s);
  CHECK(uut.find("a", t0 + 59s)->as_int() == 1);
  CHECK(uut.find("a", t0 + 60s) == nullptr);
  CHECK(uut.find("b", t0 + 10s) == nullptr);
  CHECK(uut.fresh(t0 + 20s).size() == 1);
  CHECK(uut.collected("b") == t0);
  // A clock that was set back does not keep old facts alive.
  CHECK(uut.find("a", t0 - 1s) == nullptr);
  uut.clear_expired(t0 + 20s);
  CHECK(uut.size() == 1);
  uut.invalidate("a");
  CHECK(uut.size() == 0);
}

TEST_CASE("facts survive on disk with their age",
          "[actors][facts_cache][M072]") {
  facts_cache uut{60s};
  auto t0 = facts_cache::clock::time_point{} + 1000h;
  uut.set("a", value{dict{{"x", "{{ y }}"}}}, t0);
  facts_cache other{60s};
  other.load(uut.save());
  auto* fact = other.find("a", t0 + 30s);
  REQUIRE(fact);
  CHECK(fact->find("x")->as_text().unsafe);
  CHECK(other.find("a", t0 + 61s) == nullptr);
}

TEST_CASE("results sum up by how they ended", "[actors][task_result][M014]") {
  run_counts counts;
  task_result r;
  r.status = task_status::success;
  r.changed = true;
  counts.add(r);
  r.changed = false;
  r.status = task_status::timeout;
  counts.add(r);
  r.status = task_status::failed;
  r.ignored = true;
  counts.add(r);
  r.ignored = false;
  r.status = task_status::skipped;
  counts.add(r);
  CHECK(counts.ok == 2);
  CHECK(counts.changed == 1);
  CHECK(counts.timeout == 1);
  CHECK(counts.ignored == 1);
  CHECK(counts.skipped == 1);
  CHECK(counts.ended() == 4);
}
