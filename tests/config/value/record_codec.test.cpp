#include "config/value/record_codec.hpp"

#include "config/value/big_integer.hpp"
#include "config/value/json.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace troupe;

namespace {

value through(const value& x) {
  record_writer to;
  to.put(x);
  record_reader from{to.bytes()};
  auto out = from.any();
  CHECK(from.sound());
  return out;
}

} // namespace

TEST_CASE("values survive a record exactly", "[config][M016]") {
  auto big = integer_value(big_integer{-9} * big_integer{2}.power(80));
  value samples[]{
    nullptr,
    true,
    false,
    0,
    -1,
    std::numeric_limits<int64_t>::max(),
    std::numeric_limits<int64_t>::min(),
    0.1,
    -0.0,
    std::numeric_limits<double>::infinity(),
    "",
    std::string{"a\0b\xff", 4},
    big,
    list{1, "two", list{}, dict{}},
    dict{{"k", 1}, {"list", list{nullptr, dict{{"deep", 2.5}}}}},
  };
  for (auto& x : samples) {
    auto y = through(x);
    INFO(to_json(x));
    CHECK(std::string{type_name(x)} == type_name(y));
    CHECK(x == y);
  }
  CHECK(std::signbit(through(-0.0).as_real()));
  CHECK(std::isnan(through(std::nan("")).as_real()));
}

TEST_CASE("a record keeps marks, kinds and keys of any type",
          "[config][M016]") {
  auto unsafe = through(value::from_host("{{ x }}"));
  CHECK(unsafe.as_text().unsafe);
  CHECK_FALSE(unsafe.as_text().verbatim);
  auto tuple = through(value{list{{1, 2}, list::form::tuple}});
  CHECK(tuple.as_list().kind == list::form::tuple);
  dict odd;
  odd.set(value{3}, value{"three"});
  auto table = through(value{odd});
  CHECK(table.as_dict().at_index(0).first == value{3});
}

TEST_CASE("fields of a record come back in their order", "[config][M016]") {
  using namespace std::chrono_literals;
  auto now = std::chrono::system_clock::now();
  record_writer to;
  to.put(true);
  to.put(uint64_t{1} << 63);
  to.put("text");
  to.put(std::vector<std::string>{"a", ""});
  to.put(-3ns);
  to.put(now);
  record_reader from{to.bytes()};
  CHECK(from.flag());
  CHECK(from.number() == uint64_t{1} << 63);
  CHECK(from.text() == "text");
  CHECK(from.texts() == std::vector<std::string>{"a", ""});
  CHECK(from.duration() == -3ns);
  CHECK(from.time() == now);
  CHECK(from.sound());
  CHECK_FALSE(from.flag());
  CHECK_FALSE(from.sound());
}

TEST_CASE("a record that is cut or altered is never read past its end",
          "[config][M122]") {
  record_writer to;
  to.put(value{dict{{"a", list{1, 2.5, "three"}},
                    {"b", integer_value(big_integer{2}.power(70))}}});
  auto& bytes = to.bytes();
  for (size_t length = 0; length < bytes.size(); ++length) {
    record_reader from{std::string_view{bytes}.substr(0, length)};
    from.any();
    INFO(length);
    CHECK_FALSE(from.sound());
  }
  for (size_t at = 0; at < bytes.size(); ++at)
    for (int flip = 1; flip < 256; flip *= 2) {
      auto bad = bytes;
      bad[at] = static_cast<char>(bad[at] ^ flip);
      record_reader from{bad};
      // Whatever it is taken for, reading it ends.
      static_cast<void>(from.any());
    }
  std::string deep(100'000, '\7');
  record_reader from{deep};
  from.any();
  CHECK_FALSE(from.sound());
}
