#include "actors/fleet/fleet_plan.hpp"

#include "tests/support/fleet_keys.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

std::vector<std::string> names(size_t count) {
  std::vector<std::string> out;
  for (size_t i = 0; i < count; ++i)
    out.push_back("web" + std::to_string(i));
  return out;
}

fleet_terms terms(const std::string& json) {
  return must(read_terms(json));
}

} // namespace

TEST_CASE("hosts go in batches, the last one repeats",
          "[actors][fleet_plan][M111]") {
  auto [serial, sizes] = GENERATE(table<std::string, std::vector<size_t>>({
    {"[]", {20}},
    {R"(["1","10%","100%"])", {1, 2, 17}},
    {R"(["6"])", {6, 6, 6, 2}},
    {R"(["1%"])", std::vector<size_t>(20, 1)},
    {R"(["30"])", {20}},
  }));
  auto hosts = batched(names(20), terms("{\"serial\":" + serial + "}"));
  std::vector<size_t> found;
  for (auto& each : hosts) {
    found.resize(std::max<size_t>(found.size(), each.batch + 1));
    ++found[each.batch];
  }
  CHECK(found == sizes);
}

TEST_CASE("a batch begins when the one before has ended",
          "[actors][fleet_plan][M111]") {
  auto how = terms(R"({"serial":["2"]})");
  auto hosts = batched(names(4), how);
  CHECK(next_step(hosts, how).begin == std::vector<size_t>{0, 1});
  hosts[0].status = fleet_status::ok;
  hosts[1].status = fleet_status::running;
  CHECK(next_step(hosts, how).begin.empty());
  hosts[1].status = fleet_status::ok;
  CHECK(next_step(hosts, how).begin == std::vector<size_t>{2, 3});
  hosts[2].status = hosts[3].status = fleet_status::ok;
  CHECK(next_step(hosts, how).over);
  CHECK(outcome_of(hosts, false) == fleet_status::ok);
  CHECK(outcome_of(hosts, true) == fleet_status::cancelled);
}

TEST_CASE("no more hosts begin once too many have failed",
          "[actors][fleet_plan][M111]") {
  auto [json, failed, stops] = GENERATE(table<std::string, size_t, bool>({
    {R"({"serial":["1"]})", 1, true},
    {R"({})", 9, false},
    {R"({"max_fail":"2"})", 2, false},
    {R"({"max_fail":"2"})", 3, true},
    {R"({"max_fail":"30%"})", 3, false},
    {R"({"max_fail":"30%"})", 4, true},
  }));
  auto how = terms(json);
  auto hosts = batched(names(10), how);
  fleet_status ways[] = {fleet_status::failed, fleet_status::declined,
                         fleet_status::absent, fleet_status::lost};
  for (size_t i = 0; i < failed; ++i)
    hosts[i].status = ways[i % 4];
  auto step = next_step(hosts, how);
  CHECK(step.stop == stops);
  CHECK(step.begin.empty() == stops);
  CHECK(outcome_of(hosts, false) == fleet_status::failed);
}

TEST_CASE("no more hosts run at once than may", "[actors][fleet_plan][M111]") {
  auto how = terms(R"({"parallel":3})");
  auto hosts = batched(names(10), how);
  CHECK(next_step(hosts, how).begin.size() == 3);
  hosts[0].status = fleet_status::offered;
  hosts[1].status = fleet_status::running;
  CHECK(next_step(hosts, how).begin == std::vector<size_t>{2});
}

TEST_CASE("options of a run that cannot be are refused",
          "[actors][fleet_plan]") {
  auto* json = GENERATE(
    "", "[", R"({"serial":["0"]})", R"({"serial":["x"]})", R"({"serial":"1"})",
    R"({"max_fail":"101%"})", R"({"max_fail":-1})", R"({"parallel":-1})",
    R"({"wait":86401})", R"({"where":1})", R"({"host_timeout":0})",
    R"({"host_timeout":"1"})", R"({"host_timeout":2592001})");
  INFO(json);
  CHECK_FALSE(read_terms(json));
  auto how = terms(
    R"({"where":"a","serial":["1","5%"],"max_fail":"3","parallel":2,"wait":7})");
  CHECK(how.host_timeout == std::chrono::hours{24});
  CHECK(terms(R"({"host_timeout":2592000})").host_timeout
        == std::chrono::hours{720});
  CHECK(write_terms(must(read_terms(write_terms(how)))) == write_terms(how));
}

TEST_CASE("each status has a word of its own, by which it is known again",
          "[actors][fleet_plan]") {
  auto open = fleet_statuses(false);
  auto settled = fleet_statuses(true);
  CHECK(open.size() + settled.size() == 12);
  for (auto* all : {&open, &settled})
    for (auto each : *all) {
      CHECK(fleet_status_named(to_string(each)) == each);
      CHECK(is_settled(each) == (all == &settled));
      CHECK(is_settled_word(to_string(each)) == (all == &settled));
    }
  CHECK_FALSE(fleet_status_named("no status"));
  CHECK_FALSE(is_settled_word(""));
}
