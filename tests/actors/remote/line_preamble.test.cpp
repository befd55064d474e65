#include "actors/remote/line_preamble.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

using word = line_preamble::word;

namespace {

/// The word that came of this, byte by byte.
word of(line_preamble& with, std::string_view text, std::string& rest) {
  auto out = word::none;
  for (auto c : text)
    if (auto got = with.take({&c, 1}, rest); got != word::none)
      out = got;
  return out;
}

} // namespace

TEST_CASE("what comes before the first message is understood in any pieces",
          "[actors][remote][M144]") {
  line_preamble one;
  std::string rest;
  CHECK(of(one, "Welcome!\nTROUPE-SENDS\n", rest) == word::engine);
  CHECK(of(one, "TROUPE-NEEDS aarch64\n", rest) == word::none);
  CHECK(one.other_machine() == "aarch64");
  CHECK(of(one, "TROUPE-FAILS\n", rest) == word::none);
  CHECK(one.cannot_keep_engine());
  CHECK(one.take("TROUPE-CALLS-1\nabc", rest) == word::opened);
  CHECK(rest == "abc");
}

TEST_CASE("what a login prints need not end its line",
          "[actors][remote][M144]") {
  constexpr auto* title = "\033]0;web1\007";
  auto behind = [&](const char* word) { return std::string{title} + word; };
  std::string rest;
  line_preamble one;
  CHECK(of(one, behind("TROUPE-NEEDS aarch64\n"), rest) == word::none);
  CHECK(one.other_machine() == "aarch64");
  CHECK(of(one, behind("TROUPE-FAILS\n"), rest) == word::none);
  CHECK(one.cannot_keep_engine());
  CHECK(of(one, behind("TROUPE-SENDS\n"), rest) == word::engine);
  // A command that a shell repeats before it does it is no word of it.
  CHECK(of(one, "echo TROUPE-SENDS && head\n", rest) == word::none);
  CHECK(one.take(behind("TROUPE-CALLS-1\nabc"), rest) == word::opened);
  CHECK(rest == "abc");
}

TEST_CASE("a login may print 64 KiB", "[actors][remote][M144]") {
  std::string rest;
  constexpr size_t most = size_t{64} << 10U;
  for (auto* end : {"", "\n"}) {
    line_preamble one;
    std::string lines;
    while (lines.size() + 2 <= most)
      lines += "x\n";
    CHECK(one.take(lines, rest) == word::none);
    CHECK(one.take(std::string{"y"} + end, rest) == word::noise);
  }
}

TEST_CASE("a password is asked for once", "[actors][remote][M144]") {
  line_preamble one;
  CHECK(one.complain("sudo: hm\nTROUPE-PASS") == word::none);
  CHECK(one.complain("WORD:") == word::password);
  CHECK(one.complain("\nSorry, try again.\nTROUPE-PASSWORD:") == word::refusal);
  CHECK(one.complaints() == "sudo: hm\n\nSorry, try again.");
}
