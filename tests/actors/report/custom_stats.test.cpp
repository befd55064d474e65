#include "actors/report/custom_stats.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

using texts = std::vector<std::string>;

task_result telling(dict data, bool per_host = false, bool aggregate = true) {
  task_result out;
  out.module = "set_stats";
  out.output = dict{{"ansible_stats", dict{{"data", std::move(data)},
                                           {"per_host", per_host},
                                           {"aggregate", aggregate}}}};
  return out;
}

} // namespace

TEST_CASE("figures of one name add up by their kind",
          "[actors][report][M140]") {
  auto [before, more, sum]
    = GENERATE(table<troupe::value, troupe::value, std::string>({
      {1, 2, "3"},
      {0.5, 1.25, "1.75"},
      {"a", "b", "\"ab\""},
      {list{1}, list{2}, "[  1,  2 ]"},
      {dict{{"x", 1}}, dict{{"y", 2}}, "{  \"x\": 1,  \"y\": 2 }"},
      {1, "b", "1"},
    }));
  custom_stats uut;
  uut.take(telling({{"n", before}}), "h");
  uut.take(telling({{"n", more}}), "h");
  CHECK(uut.lines() == texts{"RUN: { \"n\": " + sum + "}"});
}

TEST_CASE("figures are of a host or of the run", "[actors][report][M140]") {
  custom_stats uut;
  CHECK(uut.lines().empty());
  uut.take(telling({{"n", 1}}, true), "b");
  uut.take(telling({{"n", 1}}, true), "a");
  uut.take(telling({{"z", 1}, {"n", 1}}), "a");
  uut.take(telling({{"n", 7}}, false, false), "b");
  CHECK(
    uut.lines()
    == texts{"a: { \"n\": 1}", "b: { \"n\": 1}", "RUN: { \"n\": 7, \"z\": 1}"});
}

TEST_CASE("each item of a loop has its figures", "[actors][report][M140]") {
  auto one = telling({{"n", 1}}).output;
  one.as_dict().set("ansible_loop_var", "item");
  task_result all;
  all.output = dict{{"results", list{one, one}}};
  custom_stats uut;
  uut.take(all, "a");
  CHECK(uut.lines() == texts{"RUN: { \"n\": 2}"});
}

TEST_CASE("figures that no_log hides are listed nowhere",
          "[actors][report][M092]") {
  auto hidden = telling({{"token", "hidden"}});
  hidden.censored = true;
  custom_stats uut;
  uut.take(hidden, "a");
  CHECK(uut.lines().empty());
}
