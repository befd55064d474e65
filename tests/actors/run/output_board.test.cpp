#include "actors/run/output_board.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("only lines that have ended are shown", "[actors][output_board]") {
  output_board board{nullptr};
  CHECK(board.last_lines({"web1", "a"}, 3).empty());
  board.add({"web1", "a"}, "one");
  CHECK(board.last_lines({"web1", "a"}, 3).empty());
  board.add({"web1", "a"}, "\ntwo\r\n\n50 %\rthr");
  CHECK(board.last_lines({"web1", "a"}, 9) == lines{"one", "two", "50 %"});
  CHECK(board.last_lines({"web1", "a"}, 1) == lines{"50 %"});
  CHECK(board.last_lines({"web1", "a"}, 0).empty());
  CHECK(board.last_lines({"web1", "b"}, 1).empty());
  CHECK(board.last_lines({"web2", "a"}, 1).empty());
  board.clear({"web1", "a"});
  CHECK(board.last_lines({"web1", "a"}, 1).empty());
}

TEST_CASE("a line without its beginning is not shown, and memory is bounded",
          "[actors][output_board]") {
  output_board board{nullptr};
  std::string longest(output_board::most_kept - 1, 'x');
  board.add({"web1", "a"}, longest + "\n");
  CHECK(board.last_lines({"web1", "a"}, 1) == lines{longest});
  // What is forgotten takes the rest of its line along.
  board.add({"web1", "a"}, std::string(output_board::most_kept + 1, 'y'));
  CHECK(board.last_lines({"web1", "a"}, 1).empty());
  board.add({"web1", "a"}, "\nlast\n");
  CHECK(board.last_lines({"web1", "a"}, 2) == lines{"last"});
}

TEST_CASE("a board hides secrets, also where they came in pieces",
          "[actors][output_board][M092]") {
  auto secrets = std::make_shared<const redactor>(
    std::vector<std::string>{"hush-hush-42"});
  output_board board{secrets};
  board.add({"web1", "a"}, "it is hush-");
  CHECK(board.last_lines({"web1", "a"}, 1).empty());
  board.add({"web1", "a"}, "hush-42\nnext\n");
  auto shown = board.last_lines({"web1", "a"}, 2);
  REQUIRE(shown.size() == 2);
  CHECK(shown[0].find("hush") == std::string::npos);
  CHECK(shown[1] == "next");
}

TEST_CASE("a board knows how far loops are until they have ended",
          "[actors][output_board]") {
  output_board board{nullptr};
  board.note_progress({"web1", "a"}, {2, 7});
  board.clear({"web1", "a"});
  CHECK(board.progress_of({"web1", "a"}).ended == 2);
  CHECK(board.progress_of({"web1", "a"}).items == 7);
  board.forget({"web1", "a"});
  CHECK(board.progress_of({"web1", "a"}).items == 0);
}
