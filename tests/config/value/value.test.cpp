#include "config/value/value.hpp"

#include "config/value/big_integer.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <thread>
#include <vector>

using namespace troupe;

TEST_CASE("numbers compare as in Python", "[config][value][M060]") {
  CHECK(value{1} == value{1.0});
  CHECK(value{1} == value{true});
  CHECK_FALSE(value{1} == value{"1"});
  auto big = integer_value(big_integer{2}.power(70));
  CHECK(big.is_big());
  CHECK(big == integer_value(big_integer{2}.power(70)));
  CHECK_FALSE(big == value{1});
}

TEST_CASE("a dict keeps the order of insertion", "[config][value]") {
  dict d;
  for (int i = 0; i < 20; ++i)
    d.set("key" + std::to_string(i), i);
  d.set("key3", "new");
  REQUIRE(d.size() == 20);
  CHECK(d.at_index(3).second == value{"new"});
  CHECK(d.erase("key0"));
  CHECK_FALSE(d.erase("key0"));
  CHECK(d.find("key19")->as_int() == 19);
  CHECK(d.at_index(0).first == value{"key1"});
}

TEST_CASE("a large dict finds its keys after every change", "[config][value]") {
  dict d;
  d.set(value{7}, "a number");
  auto key = [](int i) { return "key" + std::to_string(i); };
  for (int i = 0; i < 5000; ++i)
    d.set(key(i), i);
  for (int i = 0; i < 5000; i += 250)
    CHECK(d.erase(key(i)));
  for (int i = 0; i < 5000; ++i) {
    auto* found = d.find(key(i));
    if (i % 250 == 0 ? found != nullptr : !found || found->as_int() != i)
      FAIL_CHECK(key(i));
  }
  CHECK_FALSE(d.contains("key5000"));
  CHECK(d.find(value{7}));
}

TEST_CASE("dict keys of any type are found", "[config][value]") {
  dict d;
  for (int i = 0; i < 12; ++i)
    d.set(value{i}, value{i * 2});
  d.set("text", 1);
  CHECK(d.find(value{7})->as_int() == 14);
  CHECK(d.find("text")->as_int() == 1);
  CHECK(d.find(value{99}) == nullptr);
}

TEST_CASE("marking as unsafe reaches every text", "[config][value][M060]") {
  value x{dict{{"a", list{"x", dict{{"b", "y"}}}}}};
  auto marked = x.marked_unsafe();
  auto& items = marked.find("a")->as_list().items;
  CHECK(items[0].as_text().unsafe);
  CHECK(items[1].find("b")->as_text().unsafe);
  CHECK_FALSE(x.find("a")->as_list().items[0].as_text().unsafe);
}

TEST_CASE("copies of a value share, and the last one frees",
          "[config][value]") {
  value x{list{1, "two"}};
  CHECK(x.owners() == 1);
  {
    auto y = x;
    CHECK(&y.as_list() == &x.as_list());
    CHECK(x.owners() == 2);
  }
  CHECK(x.owners() == 1);
  auto taken = std::move(x);
  // NOLINTNEXTLINE(bugprone-use-after-move): that is what is tested.
  CHECK(x.is_null());
  CHECK(taken.owners() == 1);
  CHECK(value{1}.owners() == 1);
}

TEST_CASE("a value can become what it holds", "[config][value]") {
  value x{list{list{1, 2}, "rest"}};
  x = x.as_list().items[0];
  CHECK(x == value{list{1, 2}});
  x = std::move(x.as_list().items[1]);
  CHECK(x == value{2});
  auto& same = x;
  x = same;
  CHECK(x == value{2});
}

TEST_CASE("a missing value is undefined, but no other is missing",
          "[config][value]") {
  auto missing = value::missing();
  auto undefined = value::undefined("'x' is undefined");
  CHECK(missing.is_undefined());
  CHECK(missing.is_missing());
  CHECK_FALSE(undefined.is_missing());
  CHECK(missing == undefined);
  CHECK_FALSE(missing.as_undefined().words().empty());
  CHECK(undefined.as_undefined().words() == "'x' is undefined");
}

TEST_CASE("names of every length are told apart", "[config][value]") {
  dict x;
  std::string name;
  for (int length = 0; length < 140; ++length, name += 'a')
    x.set(name, length);
  name.clear();
  for (int length = 0; length < 140; ++length, name += 'a') {
    auto* found = x.find(name);
    REQUIRE(found);
    CHECK(*found == value{length});
    for (size_t i = 0; i < name.size(); ++i) {
      auto other = name;
      other[i] = 'b';
      CHECK_FALSE(x.contains(other));
    }
  }
}

TEST_CASE("a name is found wherever it was found before", "[config][value]") {
  place_hint place;
  name_key key{"wanted", name_key::hash_of("wanted"), &place};
  auto with = [](int before, bool there) {
    dict x;
    // As long as the wanted one.
    for (int i = 0; i < before; ++i)
      x.set("name" + std::to_string(10 + i), i);
    if (there)
      x.set("wanted", before);
    x.set("last", -1);
    return x;
  };
  // Small dicts have no index.
  for (int before : {0, 3, 3, 40, 12, 0, 60, 1}) {
    auto has = with(before, true);
    auto* found = std::as_const(has).find(key);
    REQUIRE(found);
    CHECK(*found == value{before});
    CHECK(place.get() == static_cast<uint32_t>(before));
    CHECK_FALSE(with(before, false).contains(key));
    CHECK(has.erase(key));
    CHECK_FALSE(has.contains(key));
    CHECK_FALSE(dict{}.contains(key));
  }
}

TEST_CASE("threads may copy one value at the same time", "[config][value]") {
  value x{list{1, "two"}};
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([x] {
      for (int i = 0; i < 20'000; ++i) {
        auto copy = x;
        auto taken = std::move(copy);
        if (taken.as_list().size() != 2)
          std::abort();
      }
    });
  for (auto& each : threads)
    each.join();
  threads.clear();
  CHECK(x.owners() == 1);
}
