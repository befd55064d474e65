#include "tests/actors/state/undo_scene.hpp"

// What an undo must not destroy.

using namespace troupe;
using namespace troupe::test;

TEST_CASE("what was changed since the run is left alone",
          "[actors][undo][M009]") {
  careful_scene s;
  for (auto* name : {"edited", "removed", "dressed", "linked", "folder/x"})
    write_file(s.path(name), "old");
  write_file(s.path("gone"), "old");
  REQUIRE(s.real.set_mode(s.path("dressed"), 0755));
  REQUIRE(s.files.replace(s.path("edited"), "by the run", {}));
  REQUIRE(s.files.replace(s.path("made"), "by the run", {}));
  REQUIRE(s.files.remove(s.path("removed")));
  REQUIRE(s.files.set_mode(s.path("dressed"), 0700));
  REQUIRE(s.files.replace(s.path("linked"), "by the run", {}));
  REQUIRE(s.files.remove_all(s.path("folder")));
  REQUIRE(s.files.replace(s.path("gone"), "by the run", {}));
  // Other people work too.
  write_file(s.path("edited"), "by somebody");
  write_file(s.path("made"), "by somebody");
  write_file(s.path("removed"), "by somebody");
  REQUIRE(s.real.set_mode(s.path("dressed"), 0750));
  REQUIRE(s.real.remove(s.path("linked")));
  REQUIRE(s.real.make_symlink("edited", s.path("linked")));
  write_file(s.path("folder"), "a file by somebody");
  REQUIRE(s.real.remove(s.path("gone")));

  auto check = s.undo({.check_mode = true});
  auto steps = s.undo();
  REQUIRE(steps.size() == 8);
  CHECK(failures_in(check) == failures_in(steps));
  for (auto& step : steps) {
    INFO(step.path << ": " << step.what);
    CHECK(step.failed);
  }
  CHECK_THAT(steps[7].what, Catch::Contains("changed since the run")
                              && Catch::Contains("content")
                              && Catch::Contains("--force"));
  for (auto* name : {"edited", "made", "removed"})
    CHECK(read_file(s.path(name)) == "by somebody");
  CHECK(s.status(s.path("dressed")).mode == 0750);
  CHECK(s.status(s.path("linked")).kind == file_kind::symlink);
  CHECK(read_file(s.path("folder")) == "a file by somebody");
  CHECK_FALSE(s.exists(s.path("gone")));
}

TEST_CASE("forced, an undo keeps what is there beside it",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("edited"), "old");
  write_file(s.path("removed"), "old");
  REQUIRE(s.files.replace(s.path("edited"), "by the run", {}));
  REQUIRE(s.files.replace(s.path("made"), "by the run", {}));
  REQUIRE(s.files.remove(s.path("removed")));
  write_file(s.path("edited"), "by somebody");
  REQUIRE(s.real.set_mode(s.path("edited"), 0600));
  write_file(s.path("made"), "by somebody");
  write_file(s.path("removed"), "by somebody");
  write_file(s.path("made.undone-0~"), "an older one");

  auto told = s.undo({.check_mode = true, .force = true});
  CHECK(failures_in(told) == 0);
  CHECK(read_file(s.path("edited")) == "by somebody");
  auto steps = s.undo({.force = true});
  CHECK(failures_in(steps) == 0);
  CHECK_THAT(steps[2].what, Catch::Contains("restored")
                              && Catch::Contains("edited.undone-0~"));
  CHECK(read_file(s.path("edited")) == "old");
  CHECK(read_file(s.path("edited.undone-0~")) == "by somebody");
  CHECK(s.status(s.path("edited.undone-0~")).mode == 0600);
  CHECK_FALSE(s.exists(s.path("made")));
  CHECK(read_file(s.path("made.undone-0~")) == "an older one");
  CHECK(read_file(s.path("made.undone-1~")) == "by somebody");
  CHECK(read_file(s.path("removed")) == "old");
  CHECK(read_file(s.path("removed.undone-0~")) == "by somebody");
  // What is as it was is no more to be undone.
  CHECK(failures_in(s.undo()) == 0);
  CHECK(read_file(s.path("edited")) == "old");
}

TEST_CASE("an older change stays when a newer one of its path does",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("a"), "old");
  REQUIRE(s.real.set_mode(s.path("a"), 0644));
  REQUIRE(s.files.replace(s.path("a"), "new", {}));
  REQUIRE(s.files.set_mode(s.path("a"), 0600));
  REQUIRE(s.real.set_mode(s.path("a"), 0640));
  auto steps = s.undo();
  CHECK(failures_in(steps) == 2);
  CHECK(read_file(s.path("a")) == "new");
  CHECK(s.status(s.path("a")).mode == 0640);
}

TEST_CASE("undo never goes through a link that came later",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.dir / "theirs/file", "theirs");
  REQUIRE(s.real.set_mode(s.dir / "theirs/file", 0600));
  write_file(s.path("in/file"), "old");
  write_file(s.path("top"), "old");
  REQUIRE(s.real.set_mode(s.path("in/file"), 04711));
  REQUIRE(s.real.set_mode(s.path("top"), 04711));
  REQUIRE(s.files.set_mode(s.path("in/file"), 0755));
  REQUIRE(s.files.set_mode(s.path("top"), 0755));
  REQUIRE(s.files.replace(s.path("in/new"), "x", {}));
  SECTION("of a folder on the way") {
    REQUIRE(s.real.rename(s.path("in"), s.path("away")));
    REQUIRE(s.real.make_symlink("../theirs", s.path("in")));
    REQUIRE(s.real.rename(s.path("top"), s.path("top2")));
    write_file(s.dir / "theirs/new", "x");
  }
  SECTION("in place of the file") {
    REQUIRE(s.real.rename(s.path("in/file"), s.path("away")));
    REQUIRE(s.real.make_symlink("../../theirs/file", s.path("in/file")));
    REQUIRE(s.real.remove(s.path("top")));
    REQUIRE(s.real.make_symlink("../theirs/file", s.path("top")));
    write_file(s.dir / "theirs/new", "x");
  }
  SECTION("another file, even with the mode that the run gave it") {
    REQUIRE(s.real.rename(s.path("in/file"), s.path("away")));
    REQUIRE(s.real.rename(s.dir / "theirs/file", s.path("in/file")));
    REQUIRE(s.real.set_mode(s.path("in/file"), 0755));
    write_file(s.dir / "theirs/file", "theirs");
    REQUIRE(s.real.set_mode(s.dir / "theirs/file", 0600));
    write_file(s.dir / "theirs/new", "x");
    REQUIRE(s.real.rename(s.path("top"), s.path("top2")));
    for (bool force : {false, true})
      static_cast<void>(s.undo({.force = force}));
    CHECK(s.status(s.path("in/file")).mode == 0755);
  }
  for (bool force : {false, true}) {
    auto steps = s.undo({.force = force});
    CHECK(steps[1].failed);
    CHECK(steps[2].failed);
  }
  CHECK(s.status(s.dir / "theirs/file").mode == 0600);
  CHECK(read_file(s.dir / "theirs/new") == "x");
}

TEST_CASE("a change that failed leaves no trace of what was kept",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("a"), "old");
  auto refuse = [](const std::string&) -> result<void> {
    return error{errc::command_failed, "no"};
  };
  CHECK_FALSE(s.files.replace(s.path("a"), "bad", {}, refuse));
  file_attributes in_place{.in_place_if_needed = true};
  CHECK_FALSE(s.files.replace(s.path("a"), "bad", in_place, refuse));
  CHECK_FALSE(s.files.make_directory(s.path("a"), 0755));
  CHECK_FALSE(s.files.rename(s.path("a"), s.path("no/folder")));
  REQUIRE(s.real.make_directory(s.path("full"), 0755));
  write_file(s.path("full/x"), "x");
  CHECK_FALSE(s.files.remove(s.path("full")));
  CHECK(s.status(s.path("a")).links == 1);
  CHECK(s.real.list(s.dir / "undo")->empty());
  CHECK(failures_in(s.undo()) == 0);
  CHECK(read_file(s.path("a")) == "old");
}

TEST_CASE("a change that failed half-way can be undone",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("a"), "old");
  file_attributes in_place{.in_place_if_needed = true};
  auto half = [&](const std::string&) -> result<void> {
    write_file(s.path("a"), "ne");
    return error{errc::system, "no room"};
  };
  CHECK_FALSE(s.files.replace(s.path("a"), "new", in_place, half));
  REQUIRE(read_file(s.dir / "undo/0") == "old");
  // It is not what the run wanted to make of it.
  CHECK(failures_in(s.undo()) == 1);
  CHECK(failures_in(s.undo({.force = true})) == 0);
  CHECK(read_file(s.path("a")) == "old");
}

TEST_CASE("what a failed change has written back is not told from the old by "
          "its size",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("a"), "old");
  auto before = s.status(s.path("a"));
  auto other = [&](const std::string&) -> result<void> {
    write_file(s.path("a"), "new");
    REQUIRE(s.real.set_times(s.path("a"), {}, before.modified_at, false));
    return error{errc::system, "no"};
  };
  file_attributes in_place{.in_place_if_needed = true};
  CHECK_FALSE(s.files.replace(s.path("a"), "new", in_place, other));
  CHECK(read_file(s.dir / "undo/0") == "old");
}

TEST_CASE("an undo knows what may have been written where it was",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("a"), "old");
  file_attributes in_place{.in_place_if_needed = true};
  REQUIRE(s.files.replace(s.path("a"), "new", in_place));
  auto changes = [&] {
    auto past = run_past::look_at(s.dir / "journal");
    REQUIRE(past);
    return (*past)->changes();
  }();
  REQUIRE(changes.size() == 1);
  CHECK(changes.front().in_place);
  CHECK(failures_in(s.undo()) == 0);
  CHECK(read_file(s.path("a")) == "old");
  CHECK(s.real.list(s.dir / "root")->size() == 1);
}

TEST_CASE("what is kept is no more readable than it was",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("a"), "secret");
  REQUIRE(s.real.set_mode(s.path("a"), 0640));
  REQUIRE(s.files.replace(s.path("a"), "x", {.in_place_if_needed = true}));
  REQUIRE(s.files.remove(s.path("a")));
  CHECK(s.status(s.dir / "undo").mode == 0700);
  auto names = s.real.list(s.dir / "undo");
  REQUIRE(names->size() == 2);
  for (auto& name : *names)
    CHECK((s.status(s.dir / ("undo/" + name)).mode & ~0640U) == 0);
}

TEST_CASE("a check of an undo shows what would be different",
          "[actors][undo][M009][M021]") {
  careful_scene s;
  write_file(s.path("a"), "one\ntwo\n");
  write_file(s.path("gone"), "was\n");
  REQUIRE(s.files.replace(s.path("a"), "one\n", {}));
  REQUIRE(s.files.replace(s.path("a"), "three\n", {}));
  REQUIRE(s.files.replace(s.path("new"), "n\n", {}));
  REQUIRE(s.files.remove(s.path("gone")));
  auto steps = s.undo({.check_mode = true});
  REQUIRE(steps.size() == 4);
  CHECK_THAT(steps[0].diff, Catch::Contains("\n+was\n"));
  CHECK_THAT(steps[1].diff, Catch::Contains("\n-n\n"));
  CHECK(steps[2].diff.empty());
  CHECK_THAT(steps[3].diff, Catch::Contains("\n-three\n+one\n+two\n"));
  auto hidden
    = s.undo({.check_mode = true, .shows = [](auto&) { return false; }});
  for (auto& step : hidden)
    CHECK_THAT(step.diff, !Catch::Contains("was") && !Catch::Contains("one"));
  CHECK(read_file(s.path("a")) == "three\n");
}

TEST_CASE("an undo log of an older version is not trusted blindly",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("a"), "now");
  write_file(s.dir / "undo/0", "then");
  record_writer old;
  for (auto* text : {"t", "", "file"})
    old.put(text == std::string{""} ? s.path("a") : std::string{text});
  for (auto number : {0644U, 0U, 0U})
    old.put(number);
  old.put(value{5.5});
  for (auto* text : {"", "0", ""})
    old.put(text);
  old.put(true);
  record_reader from{old.bytes()};
  auto entry = read_undo(from);
  REQUIRE(from.sound());
  CHECK(entry.modified == file_time{5, 500'000'000});
  auto steps = undo_changes({entry}, *s.machine, {s.store.folder});
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].failed);
  CHECK_THAT(steps[0].what, Catch::Contains("older version"));
  CHECK(read_file(s.path("a")) == "now");
  CHECK_FALSE(
    undo_changes({entry}, *s.machine, {s.store.folder, false, true})[0].failed);
  CHECK(read_file(s.path("a")) == "then");
  CHECK(read_file(s.path("a.undone-0~")) == "now");
}

TEST_CASE("a link that replaces a file is undone without a trace",
          "[actors][undo][M009]") {
  test::careful_scene s;
  auto hard = GENERATE(true, false);
  REQUIRE(s.real.replace(s.path("source"), "new", {}));
  REQUIRE(s.real.replace(s.path("live"), "old", {}));
  // As the module `file` does it, so that there is never no file.
  auto beside = s.files.unused_beside(s.path("live"));
  REQUIRE((hard ? s.files.make_hard_link(s.path("source"), beside)
                : s.files.make_symlink(s.path("source"), beside)));
  REQUIRE(s.files.rename(beside, s.path("live")));
  CHECK(test::read_file(s.path("live")) == "new");
  auto steps = s.undo();
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].path == s.path("live"));
  CHECK(steps[0].what == "restored");
  CHECK(test::read_file(s.path("live")) == "old");
  CHECK_FALSE(s.exists(beside));
}

TEST_CASE("a link that did not get to its place is taken away",
          "[actors][undo][M009]") {
  test::careful_scene s;
  REQUIRE(s.real.replace(s.path("source"), "new", {}));
  auto beside = s.files.unused_beside(s.path("live"));
  REQUIRE(s.files.make_hard_link(s.path("source"), beside));
  CHECK(s.undo().empty());
  CHECK_FALSE(s.exists(beside));
}
