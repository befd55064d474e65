#include "config/value/utf8.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("a line is cut where the terminal ends", "[config][value][M120]") {
  auto [text, columns, shown]
    = GENERATE(table<std::string, size_t, std::string>({
      {"abc", 3, "abc"},
      {"abc", 2, "ab"},
      {"abc", 0, ""},
      {"a\nb", 9, "a"},
      {"\u65e5\u672c\u8a9e", 6, "\u65e5\u672c\u8a9e"},
      {"\u65e5\u672c\u8a9e", 5, "\u65e5\u672c"},
      {"\U0001f600x", 2, "\U0001f600"},
      // A mark takes no column of its own.
      {"e\u0301x", 1, "e\u0301"},
      {"\xff\xfe", 1, "\xff"},
    }));
  INFO(text);
  CHECK(fitting(text, columns) == shown);
}

TEST_CASE("what could change a terminal is replaced, and nothing else",
          "[config][value][M120]") {
  auto [text, safe] = GENERATE(table<std::string, std::string>({
    {"plain \t\n text", "plain \t\n text"},
    {"\x1b[31m", "\ufffd[31m"},
    {"\x7f\r", "\ufffd\ufffd"},
    {"\u009b", "\ufffd"},
    {"\u202e\u2066\u061c\u2028\ufeff", "\ufffd\ufffd\ufffd\ufffd\ufffd"},
    {"\xff", "\ufffd"},
    // Families and scripts are joined by marks without a width.
    {"\u200d\u00e4\u65e5\U0001f600", "\u200d\u00e4\u65e5\U0001f600"},
  }));
  CHECK(terminal_safe(text) == safe);
}
