#include "config/value/line_breaks.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("lines are broken between words on a narrow terminal",
          "[config][text][M080]") {
  const std::string words = "three words here";
  CHECK(in_columns(words, 16) == words);
  CHECK(in_columns(words, 15) == "three words\n  here");
  CHECK(in_columns(words, 10) == "three\n  words\n  here");
  CHECK(in_columns(words + "\n\n" + words + "\n", 15)
        == "three words\n  here\n\nthree words\n  here\n");
  // No word is broken, however narrow it is.
  CHECK(in_columns("a /path/with/no/end b", 8)
        == "a\n  /path/with/no/end\n  b");
  CHECK(in_columns(words, 0) == "three\n  words\n  here");
  CHECK(in_columns("", 0).empty());
  CHECK(in_columns("\n\n", 0) == "\n\n");
  // Columns are counted, not bytes.
  CHECK(in_columns("\xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4", 5)
        == "\xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4");
}

TEST_CASE("the second column of a table goes below the first",
          "[config][text][M080]") {
  CHECK(in_columns("  run     Run a plan on this host", 20)
        == "  run\n      Run a plan on\n      this host");
  CHECK(in_columns("  run     Run", 20) == "  run     Run");
  // What was broken for a wide terminal goes on where that stands.
  CHECK(in_columns("              and what follows it", 20)
        == "      and what\n      follows it");
}

TEST_CASE("lines are broken on terminals of every width",
          "[config][text][M080]") {
  const std::string word(39, 'x');
  CHECK(in_columns(word + " " + word, 79) == word + " " + word);
  CHECK(in_columns(word + " " + word + "y", 79) == word + "\n  " + word + "y");
  CHECK(in_columns(word + " " + word + "y", 80) == word + " " + word + "y");
  std::string text;
  for (int i = 0; i < 50; ++i)
    text += "word ";
  CHECK(in_columns(text, 200) != text);
  CHECK(in_columns(text, any_columns) == text);
}

TEST_CASE("of messages only what is no excerpt is broken",
          "[config][text][M080]") {
  CHECK(sentences_in_columns("a.yml:1:2: two words\n    two  words here\n"
                             "       ^\n",
                             15)
        == "a.yml:1:2: two\n  words\n    two  words here\n       ^\n");
  CHECK(sentences_in_columns("Is this right? [y/N] ", 10)
        == "Is this right? [y/N] ");
}
