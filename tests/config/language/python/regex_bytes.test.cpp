#include "config/language/python/regex.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

std::shared_ptr<const regex> pattern(std::string_view text,
                                     regex::options how) {
  auto made = regex::get(text, how);
  REQUIRE(made);
  return *made;
}

} // namespace

TEST_CASE("a pattern of bytes knows no letters but ASCII's",
          "[config][regex_bytes]") {
  auto found = [](std::string_view text, std::string_view in) {
    auto out = pattern(text, {.bytes = true})->find(in);
    REQUIRE(out);
    return out->has_value();
  };
  CHECK(found("^..$", "\xc3\xa4"));
  CHECK_FALSE(found("\\w", "\xc3\xa4"));
  CHECK(found("b", "\xff\xfe"
                   "b"));
  CHECK(found("\xff", "a\xff"));
  CHECK(found("\\xfe", "\xff\xfe"));
  CHECK_FALSE(found("(?i)\xc3\xa4", "\xc3\x84"));
  // Far into a text that is looked through in parts.
  CHECK(found("b\xff", std::string(200'000, '\x80') + "b\xff"));
}

TEST_CASE("a match is put into a replacement", "[config][regex_bytes]") {
  auto made = pattern("(?P<a>.)(b)?", {.bytes = true});
  auto found = made->find("\xff"
                          "c");
  REQUIRE((found && *found));
  CHECK(*made->expand(**found, "\\g<a>-\\2-\\377") == "\xff--\xff");
  CHECK_FALSE(made->expand(**found, "\\3"));
}

TEST_CASE("replacing counts, and stops where it is told to",
          "[config][regex_bytes]") {
  auto made = pattern("a", {});
  regex::replacing how{.longest = 6};
  CHECK(*made->replace("aba", "xx", &how) == "xxbxx");
  CHECK(how.count == 2);
  regex::replacing most{.longest = 6};
  CHECK(made->replace("aaa", "xx", &most));
  auto more = made->replace("aaaa", "xx", &most);
  REQUIRE_FALSE(more);
  CHECK(more.why().code == errc::exhausted);
  regex::replacing asked;
  asked.go_on = [] { return result<void>{error{errc::timeout, "over"}}; };
  CHECK(made->replace(std::string(1023, 'a'), "b", &asked));
  regex::replacing again{.go_on = asked.go_on};
  CHECK_FALSE(made->replace(std::string(1024, 'a'), "b", &again));
}

TEST_CASE("a dot stands for line ends only when asked",
          "[config][regex_bytes]") {
  CHECK_FALSE(*pattern("a.b", {})->find("a\nb"));
  CHECK(*pattern("a.b", {.dot_all = true})->find("a\nb"));
}
