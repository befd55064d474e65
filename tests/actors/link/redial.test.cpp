#include "actors/link/redial.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;

TEST_CASE("a link is dialled again after up to a second, then after up to a "
          "minute",
          "[actors][link][redial][M083]") {
  for (unsigned attempt = 0; attempt < 12; ++attempt) {
    auto bound = std::min<std::chrono::milliseconds>(60s, 1s * (1 << attempt));
    std::chrono::milliseconds longest{0};
    std::chrono::milliseconds sum{0};
    for (uint64_t seed = 0; seed < 1000; ++seed) {
      auto delay = redial_delay(seed, attempt, 0s);
      CHECK(delay == redial_delay(seed, attempt, 0s));
      CHECK(delay >= 0s);
      CHECK(delay <= bound);
      longest = std::max(longest, delay);
      sum += delay;
    }
    CHECK(longest > bound * 9 / 10);
    CHECK(sum / 1000 > bound * 4 / 10);
    CHECK(sum / 1000 < bound * 6 / 10);
  }
  CHECK(redial_delay(1, ~0U, 0s) <= 60s);
}

TEST_CASE("hosts that lose their controller together come back one after "
          "another",
          "[actors][link][redial][M083]") {
  // As a controller with so many sessions asks: 80 a second on the average.
  constexpr uint64_t hosts = 10'000;
  auto spread = std::chrono::milliseconds{hosts * 1000 / 80};
  std::map<int64_t, int> each_second;
  for (uint64_t host = 0; host < hosts; ++host)
    ++each_second[redial_delay(host * 7919, 0, spread) / 1s];
  std::vector<int> counts;
  counts.reserve(each_second.size());
  for (auto& [second, count] : each_second)
    counts.push_back(count);
  std::sort(counts.begin(), counts.end());
  CHECK(each_second.rbegin()->first <= 126);
  CHECK(counts[counts.size() * 9 / 10] <= 100);
  CHECK(counts.back() <= 125);
}
