#include "tests/actors/state/undo_scene.hpp"

// Paths that were several things in one run, and an undo that is done twice.

using namespace troupe;
using namespace troupe::test;

TEST_CASE("what was a folder in between comes back with its own time",
          "[actors][undo][M009]") {
  careful_scene s;
  auto path = s.path("conf");
  auto link = GENERATE(false, true);
  CAPTURE(link);
  if (link)
    REQUIRE(s.real.make_symlink("elsewhere", path));
  else
    write_file(path, "old");
  REQUIRE(s.real.set_times(path, {}, file_time{978'307'200, 123}, false));
  REQUIRE(s.files.remove(path));
  REQUIRE(s.files.make_directory(path, 0755));
  REQUIRE(s.files.remove(path));
  auto last = GENERATE(0, 1, 2);
  CAPTURE(last);
  if (last == 1)
    REQUIRE(s.files.replace(path, "new", {.mode = 0666}));
  if (last == 2) {
    REQUIRE(s.files.touch(path, 0600));
    REQUIRE(s.files.set_mode(path, 0666));
  }
  CHECK(failures_in(s.undo()) == 0);
  auto back = s.status(path);
  CHECK(back.modified_at == file_time{978'307'200, 123});
  CHECK(back.kind == (link ? file_kind::symlink : file_kind::regular));
  auto again = s.undo();
  CHECK(failures_in(again) == 0);
  for (auto& step : again)
    CHECK(step.unchanged);
  CHECK(s.status(path).inode == back.inode);
}

TEST_CASE("a folder that came back keeps the time that it had",
          "[actors][undo][M009]") {
  careful_scene s;
  auto path = s.path("d");
  write_file(path + "/a", "old");
  REQUIRE(s.real.set_times(path, {}, file_time{978'307'200, 123}, false));
  REQUIRE(s.files.remove_all(path));
  REQUIRE(s.files.replace(path, "new", {}));
  REQUIRE(s.files.remove(path));
  REQUIRE(s.files.make_directory(path, 0755));
  REQUIRE(s.files.remove(path));
  CHECK(failures_in(s.undo()) == 0);
  CHECK(read_file(path + "/a") == "old");
  CHECK(s.status(path).modified_at == file_time{978'307'200, 123});
  CHECK(failures_in(s.undo()) == 0);
  CHECK(s.status(path).modified_at == file_time{978'307'200, 123});
}

TEST_CASE("what was in a folder is gone where there is a link again",
          "[actors][undo][M009]") {
  careful_scene s;
  REQUIRE(s.real.make_directory(s.path("d"), 0755));
  REQUIRE(s.real.make_symlink("d", s.path("ld")));
  REQUIRE(s.files.remove(s.path("ld")));
  REQUIRE(s.files.make_directory(s.path("ld"), 0755));
  REQUIRE(s.files.make_directory(s.path("ld/sub"), 0755));
  REQUIRE(s.files.replace(s.path("ld/sub/a"), "new", {}));
  REQUIRE(s.files.set_mode(s.path("ld/sub/a"), 0600));
  CHECK(failures_in(s.undo()) == 0);
  auto again = s.undo();
  CHECK(failures_in(again) == 0);
  for (auto& step : again)
    CHECK(step.unchanged);
  // One that leads elsewhere is somebody's.
  REQUIRE(s.real.make_directory(s.path("e"), 0755));
  REQUIRE(s.real.remove(s.path("ld")));
  REQUIRE(s.real.make_symlink("e", s.path("ld")));
  CHECK(failures_in(s.undo()) > 0);
  CHECK(s.real.list(s.path("e"))->empty());
}

TEST_CASE("kept content that is missing is said to be that",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("a"), "old");
  file_attributes in_place{.in_place_if_needed = true};
  // The file itself is kept, or a copy.
  auto copied = GENERATE(false, true);
  CAPTURE(copied);
  REQUIRE(
    s.files.replace(s.path("a"), "new", copied ? in_place : file_attributes{}));
  REQUIRE(s.real.set_mode(s.path("a"), 0600));
  auto kept = s.real.list(s.store.folder);
  for (auto& name : *kept)
    REQUIRE(s.real.remove(s.store.folder + "/" + name));
  auto check = GENERATE(false, true);
  auto again = GENERATE(false, true);
  auto steps = s.undo({.check_mode = check, .again = again});
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].failed);
  auto known = again && !copied;
  CHECK_THAT(steps[0].what,
             Catch::Contains(known ? "no longer in the state folder"
                                   : "missing from the state folder"));
  CHECK((steps[0].what.find("put it back before") != std::string::npos)
        == known);
  CHECK(read_file(s.path("a")) == "new");
}

TEST_CASE("what the run has made twice is not made again by an undo",
          "[actors][undo][M009]") {
  careful_scene s;
  auto path = s.path("a");
  REQUIRE(s.files.replace(path, "one", {}));
  REQUIRE(s.files.remove(path));
  REQUIRE(s.files.replace(path, "two", {}));
  CHECK(failures_in(s.undo()) == 0);
  CHECK_FALSE(s.exists(path));
  for (auto& step : s.undo())
    CHECK(step.unchanged);
}

TEST_CASE("a copy of the old file is as good as that", "[actors][undo][M009]") {
  careful_scene s;
  auto path = s.path("a");
  write_file(path, "old");
  REQUIRE(s.real.set_times(path, {}, file_time{978'307'200, 123}, false));
  REQUIRE(s.files.replace(path, "new", {}));
  // As an undo leaves it that cannot move the file across mounts.
  auto kept = s.real.list(s.store.folder);
  REQUIRE(kept->size() == 1);
  REQUIRE(s.real.replace_from(path, s.store.folder + "/" + kept->front(), {}));
  auto late = GENERATE(false, true);
  if (!late)
    REQUIRE(s.real.set_times(path, {}, file_time{978'307'200, 123}, false));
  auto steps = s.undo();
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].unchanged == !late);
  CHECK(steps[0].failed == late);
}
