#include "config/redactor.hpp"

#include "config/value/json.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace troupe;

TEST_CASE("secrets become stars wherever they are", "[config][M092]") {
  redactor secrets{{"s3cret\"value", "s3cret", "abc"}};
  std::string text = "a s3cret\"value, \"s3cret\\\"value\", s3cret, abc";
  secrets.hide_in(text);
  CHECK(text == "a ********, \"********\", ********, abc");
  value x{dict{{"s3cret", list{"x s3cret y", 1, dict{{"k", "plain"}}}},
               {"b", "czNjcmV0InZhbHVl"}}};
  auto before = x;
  secrets.hide_in(x);
  CHECK(to_json(x)
        == R"({"********":["x ******** y",1,{"k":"plain"}],"b":"********"})");
  // What others hold is not changed.
  CHECK(to_json(before).find("s3cret") != std::string::npos);
}

TEST_CASE("nothing to hide changes nothing", "[config][M092]") {
  redactor secrets{{"", "abc"}};
  std::string text = "abc";
  secrets.hide_in(text);
  CHECK(text == "abc");
  CHECK_FALSE(secrets.finds(value{"abc"}));
}
