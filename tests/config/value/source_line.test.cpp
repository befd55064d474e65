#include "config/value/source_line.hpp"

#include <catch2/catch.hpp>

#include <tuple>

using namespace troupe;

namespace {

std::string place_of(std::string_view source, text_position begin,
                     const error_detail& part) {
  auto at = place_in_source(source, begin, part);
  return at ? std::to_string(at->line) + ":" + std::to_string(at->column)
            : std::string{"nowhere"};
}

error_detail part(std::string text, uint32_t line, uint32_t column) {
  error_detail out;
  out.line = line;
  out.column = column;
  out.text = std::move(text);
  return out;
}

} // namespace

TEST_CASE("a place is shown with its line and a caret under the character",
          "[config][source_line]") {
  auto [text, at, shown]
    = GENERATE(table<std::string, text_position, std::string>({
      {"a\nbc\nd", {2, 2}, "\n    bc\n     ^"},
      {"a\r\nbc\r\n", {2, 1}, "\n    bc\n    ^"},
      {"\tx: y", {1, 5}, "\n    \tx: y\n    \t   ^"},
      // Columns count characters; a caret stands under what is shown.
      {"\xc3\xa4 = 1", {1, 3}, "\n    \xc3\xa4 = 1\n      ^"},
      {"\xe6\x97\xa5\xe6\x9c\xac = 1",
       {1, 4},
       "\n    \xe6\x97\xa5\xe6\x9c\xac "
       "= 1\n         ^"},
      // Behind the end of a line, and of the text.
      {"ab", {1, 3}, "\n    ab\n      ^"},
      {"ab\n \n", {2, 1}, ""},
      {"ab", {}, ""},
      {"ab", {1, 0}, ""},
    }));
  CHECK(shown_line(text, at) == shown);
}

TEST_CASE("of a long line what is around the place is shown",
          "[config][source_line]") {
  auto text = std::string(500, 'a') + "=" + std::string(500, 'b');
  CHECK(shown_line(text, {1, 501})
        == "\n    ..." + std::string(60, 'a') + "=" + std::string(39, 'b')
             + "...\n    " + std::string(63, ' ') + "^");
  CHECK(shown_line(text, {1, 80}).find("...a") == std::string::npos);
}

TEST_CASE("the place of an error in a value's text is found in the file",
          "[config][source_line]") {
  // In the line of the key, whatever quotes there are.
  CHECK(place_of("when: x = 1", {1, 7}, part("x = 1", 1, 3)) == "1:9");
  CHECK(place_of("when: \"x = 1\"", {1, 7}, part("x = 1", 1, 3)) == "1:10");
  // Below the key.
  CHECK(place_of("msg: |\n    one\n    {{ a b }}\n", {1, 6},
                 part("{{ a b }}", 2, 6))
        == "3:10");
  // Lines that were joined.
  CHECK(place_of("msg: >-\n  one\n  {{ a b }}\n", {1, 6},
                 part("one {{ a b }}", 1, 10))
        == "nowhere");
  // With escapes that make it look otherwise: around the place there are none.
  CHECK(place_of("{\"msg\": \"say \\\"x\\\" {{ a b }}\"}", {1, 9},
                 part("say \"x\" {{ a b }}", 1, 14))
        == "1:25");
  // Not before the value.
  CHECK(place_of("x = 1: x = 1", {1, 8}, part("x = 1", 1, 3)) == "1:10");
  CHECK(place_of("when: x", {}, part("x", 1, 1)) == "nowhere");
  CHECK(place_of("when: y", {1, 7}, part("x", 1, 1)) == "nowhere");
}
