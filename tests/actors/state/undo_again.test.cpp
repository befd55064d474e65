#include "tests/actors/state/undo_scene.hpp"

// An undo that comes upon what another one, or the run itself, has left.

using namespace troupe;
using namespace troupe::test;

namespace {

void changed_often(careful_scene& s) {
  write_file(s.path("twice"), "old");
  write_file(s.path("linked"), "old");
  write_file(s.path("gone"), "old");
  write_file(s.path("folder/x"), "old");
  REQUIRE(s.files.replace(s.path("twice"), "one", {}));
  REQUIRE(s.files.replace(s.path("twice"), "two", {.mode = 0755}));
  REQUIRE(s.files.replace(s.path("linked"), "one", {}));
  REQUIRE(s.files.remove(s.path("linked")));
  REQUIRE(s.files.make_symlink("twice", s.path("linked")));
  REQUIRE(s.files.replace(s.path("made"), "one", {}));
  REQUIRE(s.files.remove(s.path("made")));
  REQUIRE(s.files.make_directory(s.path("made"), 0755));
  REQUIRE(s.files.set_mode(s.path("gone"), 0600));
  REQUIRE(s.files.remove(s.path("gone")));
  REQUIRE(s.files.remove_all(s.path("folder")));
}

} // namespace

TEST_CASE("an undo that is done again finds all as it was",
          "[actors][undo][M009]") {
  careful_scene s;
  changed_often(s);
  auto force = GENERATE(false, true);
  CHECK(failures_in(s.undo()) == 0);
  CHECK(failures_in(s.undo({.force = force})) == 0);
  for (auto* name : {"twice", "linked", "gone", "folder/x"}) {
    INFO(name);
    CHECK(read_file(s.path(name)) == "old");
    CHECK(s.status(s.path(name)).kind == file_kind::regular);
    CHECK_FALSE(s.exists(s.path(name) + ".undone-0~"));
  }
  CHECK_FALSE(s.exists(s.path("made")));
}

TEST_CASE("what a killed undo has put back is not somebody else's",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("file"), "old");
  REQUIRE(s.real.set_mode(s.path("file"), 0640));
  REQUIRE(s.real.make_directory(s.path("folder"), 0755));
  REQUIRE(s.real.make_symlink("file", s.path("link")));
  file_attributes in_place{.in_place_if_needed = true};
  REQUIRE(s.files.replace(s.path("file"), "new", in_place));
  REQUIRE(s.files.remove(s.path("folder")));
  REQUIRE(s.files.remove(s.path("link")));
  // As it is before owner, mode and times follow.
  REQUIRE(s.real.replace(s.path("file"), "old", {.mode = 0600}));
  REQUIRE(s.real.make_directory(s.path("folder"), 0700));
  REQUIRE(s.real.make_symlink("file", s.path("link")));
  CHECK(failures_in(s.undo()) == 0);
  CHECK(read_file(s.path("file")) == "old");
  CHECK(s.status(s.path("file")).mode == 0640);
  CHECK(s.status(s.path("folder")).mode == 0755);
}

TEST_CASE(
  "a name that became a link of a file, then something else, comes back",
  "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("source"), "shared");
  REQUIRE(s.files.make_hard_link(s.path("source"), s.path("name")));
  SECTION("another file") {
    REQUIRE(s.files.replace(s.path("name"), "own", {}));
  }
  SECTION("nothing") {
    REQUIRE(s.files.remove(s.path("name")));
  }
  SECTION("a symbolic link") {
    REQUIRE(s.files.remove(s.path("name")));
    REQUIRE(s.files.make_symlink("source", s.path("name")));
  }
  s.undo();
  CHECK_FALSE(s.exists(s.path("name")));
  CHECK(read_file(s.path("source")) == "shared");
}

TEST_CASE("a second name of whatever it is goes", "[actors][undo][M009]") {
  careful_scene s;
  REQUIRE(::mkfifo(s.path("pipe").c_str(), 0600) == 0);
  REQUIRE(s.real.make_symlink("pipe", s.path("link")));
  for (auto* name : {"pipe", "link"})
    REQUIRE(s.files.make_hard_link(s.path(name), s.path(name) + "2"));
  CHECK(failures_in(s.undo()) == 0);
  for (auto* name : {"pipe", "link"}) {
    CHECK(s.exists(s.path(name)));
    CHECK_FALSE(s.exists(s.path(name) + "2"));
  }
}

TEST_CASE("a name that comes back as a file of its own is told",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("one"), "shared");
  REQUIRE(s.real.make_hard_link(s.path("one"), s.path("two")));
  REQUIRE(s.files.set_mode(s.path("one"), 0600));
  REQUIRE(s.files.remove(s.path("one")));
  auto steps = s.undo();
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].failed);
  CHECK_FALSE(steps[1].failed);
  CHECK(s.status(s.path("one")).mode == 0644);
  CHECK_THAT(steps[0].what, Catch::Contains("it was one of 2 names of a file"));
  CHECK(read_file(s.path("one")) == "shared");
}
