#include "actors/state/undo_swap.hpp"

#include "tests/actors/state/undo_scene.hpp"

using namespace troupe;
using test::careful_scene;
using test::read_file;
using test::write_file;

namespace {

/// What an undo has compared before somebody came between.
struct compared_file : careful_scene {
  compared_file() {
    write_file(path("a"), "of the run");
    write_file(path("old"), "old");
    seen = status(path("a"));
  }

  size_t names() {
    return real.list(dir / "root")->size();
  }

  file_status seen;
};

} // namespace

TEST_CASE("a file goes only as long as it is what was compared",
          "[actors][undo][M009]") {
  compared_file s;
  SECTION("nobody came between") {
    CHECK(take_away(s.real, s.path("a"), s.seen));
    CHECK_FALSE(s.exists(s.path("a")));
    CHECK(s.names() == 1);
  }
  SECTION("a line was appended") {
    write_file(s.path("a"), "of the run and mine");
    CHECK_FALSE(take_away(s.real, s.path("a"), s.seen));
    CHECK(read_file(s.path("a")) == "of the run and mine");
    CHECK(s.names() == 2);
  }
  SECTION("another file was put there") {
    write_file(s.path("b"), "of the run");
    REQUIRE(s.real.rename(s.path("b"), s.path("a")));
    auto theirs = s.status(s.path("a")).inode;
    CHECK_FALSE(take_away(s.real, s.path("a"), s.seen));
    CHECK(s.status(s.path("a")).inode == theirs);
    CHECK(s.names() == 2);
  }
}

TEST_CASE("a file is replaced only as long as it is what was compared",
          "[actors][undo][M009]") {
  compared_file s;
  SECTION("nobody came between") {
    CHECK(put_in(s.real, s.path("old"), s.path("a"), s.seen));
    CHECK(read_file(s.path("a")) == "old");
    CHECK(s.names() == 1);
  }
  SECTION("a line was appended") {
    write_file(s.path("a"), "of the run and mine");
    CHECK_FALSE(put_in(s.real, s.path("old"), s.path("a"), s.seen));
    CHECK(read_file(s.path("a")) == "of the run and mine");
    CHECK(read_file(s.path("old")) == "old");
  }
  SECTION("it has become a folder") {
    REQUIRE(s.real.remove(s.path("a")));
    REQUIRE(s.real.make_directory(s.path("a"), 0755));
    CHECK_FALSE(put_in(s.real, s.path("old"), s.path("a"), s.seen));
    CHECK(s.status(s.path("a")).kind == file_kind::directory);
    CHECK(read_file(s.path("old")) == "old");
  }
}

TEST_CASE("nothing is overwritten where nothing was", "[actors][undo][M009]") {
  compared_file s;
  CHECK_FALSE(put_in(s.real, s.path("old"), s.path("a"), {}));
  CHECK(read_file(s.path("a")) == "of the run");
  CHECK(put_in(s.real, s.path("old"), s.path("b"), {}));
  CHECK(read_file(s.path("b")) == "old");
}

TEST_CASE("a folder goes only when it is empty", "[actors][undo][M009]") {
  compared_file s;
  REQUIRE(s.real.make_directory(s.path("d"), 0755));
  auto seen = s.status(s.path("d"));
  write_file(s.path("d/mine"), "");
  CHECK_FALSE(take_away(s.real, s.path("d"), seen));
  CHECK(s.exists(s.path("d/mine")));
  REQUIRE(s.real.remove(s.path("d/mine")));
  CHECK(take_away(s.real, s.path("d"), seen));
  CHECK_FALSE(s.exists(s.path("d")));
}
