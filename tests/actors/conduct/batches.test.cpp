#include "actors/conduct/batches.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>

using namespace troupe;

namespace {

using names = std::vector<std::string>;

names in_order(names hosts, host_order order, std::string_view turn = "run") {
  put_in_order(hosts, order, turn);
  return hosts;
}

} // namespace

TEST_CASE("hosts of a play come in the order that was asked for",
          "[actors][conduct][M143]") {
  names given{"b", "c", "a"};
  CHECK(in_order(given, host_order::inventory) == given);
  CHECK(in_order(given, host_order::reverse_inventory) == names{"a", "c", "b"});
  CHECK(in_order(given, host_order::sorted) == names{"a", "b", "c"});
  CHECK(in_order(given, host_order::reverse_sorted) == names{"c", "b", "a"});
}

// Gone on with, a run has the batches that it had.
TEST_CASE("shuffled hosts come in one order a run and play",
          "[actors][conduct][M143][M016]") {
  names given;
  for (int i = 0; i < 50; ++i)
    given.push_back(fmt::format("web{:02}", i));
  auto shuffled = in_order(given, host_order::shuffle, "run site.yml:1");
  CHECK(shuffled != given);
  CHECK(in_order(given, host_order::shuffle, "run site.yml:1") == shuffled);
  CHECK(in_order(given, host_order::shuffle, "run site.yml:9") != shuffled);
  std::sort(shuffled.begin(), shuffled.end());
  CHECK(shuffled == given);
}
