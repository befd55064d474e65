#include "actors/state/rollback.hpp"
#include "tests/actors/state/undo_scene.hpp"

#include <algorithm>

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

TEST_CASE("an undo goes on where another one was killed",
          "[actors][undo][M009]") {
  careful_scene s;
  auto file = s.path("file");
  write_file(file, "old");
  REQUIRE(s.real.set_mode(file, 0640));
  REQUIRE(s.files.set_mode(file, 0600));
  REQUIRE(s.files.replace(file, "one", {.mode = 0600}));
  REQUIRE(s.files.replace(file, "two", {.mode = 0755}));
  REQUIRE(s.files.remove(file));
  REQUIRE(s.files.make_symlink("elsewhere", file));
  auto all = (*run_past::look_at(s.dir / "journal"))->changes();
  // The changes that the killed one has come past.
  auto undone = GENERATE(1, 2, 3, 4, 5);
  INFO(undone);
  undo_changes({all.end() - undone, all.end()}, *s.machine,
               {.folder = s.store.folder});
  CHECK(failures_in(s.undo()) == 0);
  CHECK(read_file(file) == "old");
  CHECK(s.status(file).mode == 0640);
  CHECK(failures_in(s.undo()) == 0);
  CHECK(read_file(file) == "old");
}

TEST_CASE("a change that was noted and did not happen is none",
          "[actors][undo][M009]") {
  careful_scene s;
  auto file = s.path("file");
  write_file(file, "old");
  undo_entry noted;
  {
    REQUIRE(s.files.set_mode(file, 0600));
    REQUIRE(s.files.replace(file, "new", {.mode = 0600}));
    auto all = (*run_past::look_at(s.dir / "journal"))->changes();
    noted = all.back();
    // As it was before the second one, whose place another one takes.
    undo_changes({all.end() - 1, all.end()}, *s.machine,
                 {.folder = s.store.folder});
  }
  REQUIRE(s.store.log->changing(noted));
  REQUIRE(s.files.remove(file));
  auto force = GENERATE(false, true);
  CHECK(failures_in(s.undo({.force = force})) == 0);
  CHECK(read_file(file) == "old");
  CHECK(s.status(file).mode == 0644);
  CHECK_FALSE(s.exists(file + ".undone-0~"));
}

TEST_CASE("a change that was noted twice gives the file itself back",
          "[actors][undo][M009]") {
  careful_scene s;
  auto file = s.path("file");
  write_file(file, "old");
  auto old = s.status(file);
  undo_entry noted{.task = "t", .path = file, .kind = "file"};
  noted.mode = old.mode;
  noted.uid = old.uid;
  noted.gid = old.gid;
  noted.modified = old.modified_at;
  noted.was = {old.inode, old.device, old.born_at};
  noted.kept = {.name = "first", .itself = true};
  noted.whole = true;
  noted.after.kind = "absent";
  REQUIRE(s.real.make_hard_link(file, s.store.folder + "/first"));
  REQUIRE(s.store.log->changing(noted));
  REQUIRE(s.files.remove(file));
  CHECK(failures_in(s.undo()) == 0);
  CHECK(s.status(file).inode == old.inode);
}

TEST_CASE("what was edited looks in nothing like what an undo has put back",
          "[actors][undo][M009]") {
  careful_scene s;
  auto file = s.path("file");
  write_file(file, "old");
  REQUIRE(s.real.set_mode(file, 0640));
  REQUIRE(s.files.set_mode(file, 0600));
  file_attributes in_place{.in_place_if_needed = true};
  REQUIRE(s.files.replace(file, "new", in_place));
  write_file(file, "edited");
  REQUIRE(s.real.set_mode(file, 0640));
  CHECK(failures_in(s.undo()) == 2);
  CHECK(read_file(file) == "edited");
}

TEST_CASE("what a killed undo has put back is not somebody else's",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("file"), "old");
  REQUIRE(s.real.set_mode(s.path("file"), 0640));
  REQUIRE(s.real.make_directory(s.path("folder"), 0755));
  REQUIRE(s.real.make_symlink("file", s.path("link")));
  file_attributes in_place{.in_place_if_needed = true};
  // Not every file system has flags.
  auto flags = s.real.flags(s.path("file"));
  bool flagged = flags && s.real.set_flags(s.path("file"), *flags + "d")
                 && s.real.set_flags(s.path("folder"), "d");
  auto time = s.status(s.path("file")).modified_at;
  REQUIRE(s.files.replace(s.path("file"), "new", in_place));
  REQUIRE(s.files.remove(s.path("folder")));
  REQUIRE(s.files.remove(s.path("link")));
  // As it is before the flags follow, and the time of the link.
  REQUIRE(s.real.replace(s.path("file"), "old", {.mode = 0640}));
  REQUIRE(s.real.set_times(s.path("file"), {}, time, false));
  REQUIRE(s.real.make_directory(s.path("folder"), 0755));
  REQUIRE(s.real.make_symlink("file", s.path("link")));
  CHECK(failures_in(s.undo()) == 0);
  CHECK(read_file(s.path("file")) == "old");
  CHECK(s.status(s.path("file")).mode == 0640);
  CHECK(s.status(s.path("folder")).mode == 0755);
  for (auto* name : {"file", "folder"}) {
    auto now = s.real.flags(s.path(name));
    CHECK((now && now->find('d') != std::string::npos) == flagged);
  }
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

TEST_CASE("what a run that died had kept and not noted is removed",
          "[actors][undo][M009]") {
  careful_scene s;
  auto file = s.path("file");
  write_file(file, "old");
  write_file(s.path("other"), "old");
  REQUIRE(s.files.remove(s.path("other")));
  REQUIRE(s.real.make_hard_link(file, s.store.folder + "/1"));
  write_file(s.store.folder + "/.troupe-1-a", "half of it");
  auto noted = (*run_past::look_at(s.dir / "journal"))->changes();
  s.store.go_on_after(noted, s.real);
  CHECK(*s.real.list(s.store.folder) == std::vector<std::string>{"0"});
  auto inode = s.status(file).inode;
  REQUIRE(s.files.remove(file));
  CHECK(failures_in(s.undo()) == 0);
  CHECK(s.status(file).inode == inode);
}

TEST_CASE("an undo that is done again makes and removes nothing",
          "[actors][undo][M009][M021]") {
  careful_scene s;
  write_file(s.path("old/x"), "old");
  auto file = s.path("old/x");
  auto inode = s.status(file).inode;
  REQUIRE(s.files.make_directory(s.path("for a while"), 0755));
  REQUIRE(s.files.remove(s.path("for a while")));
  REQUIRE(s.files.remove_all(s.path("old")));
  REQUIRE(s.files.make_directory(s.path("old"), 0755));
  REQUIRE(s.real.make_symlink("x", s.path("link")));
  REQUIRE(s.files.remove(s.path("link")));
  REQUIRE(s.files.make_symlink("x", s.path("link")));
  CHECK(failures_in(s.undo()) == 0);
  CHECK(s.status(file).inode == inode);
  auto folder = s.status(s.path("old"));
  auto link = s.status(s.path("link")).inode;
  auto terms = GENERATE(undo_terms{}, undo_terms{.check_mode = true},
                        undo_terms{.force = true});
  for (auto& each : s.undo(terms)) {
    INFO(each.path << ": " << each.what);
    CHECK(each.unchanged);
    CHECK(each.what == "as before");
    CHECK(each.diff.empty());
  }
  CHECK(s.status(s.path("old")).inode == folder.inode);
  CHECK(s.status(s.path("old")).changed == folder.changed);
  CHECK(s.status(s.path("link")).inode == link);
  CHECK(s.status(file).inode == inode);
  CHECK_FALSE(s.exists(s.path("for a while")));
}

TEST_CASE("a folder that has lost its access list is not as before",
          "[actors][undo][M009]") {
  careful_scene s;
  REQUIRE(s.real.make_directory(s.path("folder"), 0755));
  auto before = s.status(s.path("folder"));
  extended_attribute mark{"user.troupe.example", "kept"};
  // Not every file system has them.
  if (!s.real.dress(s.path("folder"), before,
                    {.mode = before.mode,
                     .uid = before.uid,
                     .gid = before.gid,
                     .attributes = std::vector{mark}}))
    return;
  REQUIRE(s.files.remove(s.path("folder")));
  REQUIRE(s.files.make_directory(s.path("folder"), 0755));
  CHECK(failures_in(s.undo()) == 0);
  auto now = s.real.extended_attributes(s.path("folder"));
  REQUIRE(now);
  CHECK(std::find(now->begin(), now->end(), mark) != now->end());
}

TEST_CASE("what is kept gets no number that a run which died has given away",
          "[actors][undo][M009][M016]") {
  careful_scene s;
  // The one that took the number 0 was killed before its record was there.
  write_file(s.store.folder + "/0", "half of it");
  s.store.next = 1;
  write_file(s.path("noted"), "old");
  REQUIRE(s.files.remove(s.path("noted")));
  // This one could not be removed, or is of nobody that is known.
  auto stays = GENERATE(false, true);
  auto past = (*run_past::look_at(s.dir / "journal"))->changes();
  REQUIRE(past.size() == 1);
  REQUIRE(past.front().kept.name == "1");
  undo_store again;
  again.log = s.store.log;
  again.folder = s.store.folder;
  again.go_on_after(past, s.real);
  CHECK(*s.real.list(s.store.folder) == std::vector<std::string>{"1"});
  if (stays)
    write_file(s.store.folder + "/2", "another's");
  recording_host recorded{*s.machine, again, "u", ""};
  // One with two names is kept as a copy.
  write_file(s.path("other"), "other");
  REQUIRE(s.real.make_hard_link(s.path("other"), s.path("name")));
  REQUIRE(recorded.files().remove(s.path("other")));
  auto all = (*run_past::look_at(s.dir / "journal"))->changes();
  REQUIRE(all.size() == 2);
  CHECK(all.back().kept.name == (stays ? "3" : "2"));
  CHECK(read_file(s.store.folder + "/1") == "old");
  if (stays)
    CHECK(read_file(s.store.folder + "/2") == "another's");
  s.undo({.again = true});
  CHECK(read_file(s.path("noted")) == "old");
  CHECK(read_file(s.path("other")) == "other");
}

namespace {

/// What the task of a rollback comes to that undoes the one of the scene.
module_result rolled_back_in(careful_scene& s, bool again,
                             std::stop_token stop = {}) {
  auto undo = make_undo_module(s.dir.path(), again);
  auto args = check_arguments(undo->spec(), {{"task", "t"}});
  REQUIRE(args);
  return undo->run(*args, module_context{.machine = *s.machine, .stop = stop});
}

} // namespace

TEST_CASE("a rollback that somebody insists to end leaves the older changes",
          "[actors][undo][M009][M020]") {
  careful_scene s;
  for (auto* name : {"first", "second", "third"}) {
    write_file(s.path(name), "old");
    REQUIRE(s.files.replace(s.path(name), "new", {}));
  }
  std::stop_source insists;
  insists.request_stop();
  auto out = rolled_back_in(s, false, insists.get_token());
  CHECK(out.failed);
  CHECK(out.why == errc::cancelled);
  CHECK_FALSE(out.changed);
  CHECK_THAT(out.msg, Catch::Contains("3 of 3 changes are left"));
  CHECK(read_file(s.path("first")) == "new");
  // Who comes later undoes the rest.
  CHECK_FALSE(rolled_back_in(s, true).failed);
  CHECK(read_file(s.path("first")) == "old");
}

TEST_CASE("a rollback that is gone on with does not bring back the run's own",
          "[actors][undo][M009][M016]") {
  careful_scene s;
  auto file = s.path("file");
  write_file(file, "old");
  REQUIRE(s.files.replace(file, "of the run", {}));
  // The first one was killed when it had exchanged the two.
  REQUIRE(s.real.exchange(s.store.folder + "/0", file));
  REQUIRE(read_file(file) == "old");
  write_file(file, "edited");
  auto out = rolled_back_in(s, true);
  CHECK_FALSE(out.failed);
  CHECK_FALSE(out.changed);
  CHECK(read_file(file) == "edited");
  CHECK_FALSE(s.exists(file + ".undone-0~"));
}

TEST_CASE("a rollback has changed something where something was put back",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("file"), "old");
  REQUIRE(s.files.replace(s.path("file"), "new", {}));
  auto out = rolled_back_in(s, false);
  CHECK(out.changed);
  CHECK_FALSE(out.failed);
  out = rolled_back_in(s, true);
  CHECK_FALSE(out.changed);
  CHECK_FALSE(out.failed);
}

TEST_CASE("what a run that was killed has kept serves the one that goes on",
          "[actors][undo][M009][M016][M021]") {
  careful_scene s;
  s.store.copy_limit = 2;
  auto path = s.path("x");
  std::string kind = GENERATE("file", "pipe");
  CAPTURE(kind);
  if (kind == "pipe")
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  else
    write_file(path, "large");
  auto old = s.status(path);
  REQUIRE(s.files.remove(path));
  auto first = (*run_past::look_at(s.dir / "journal"))->changes();
  REQUIRE(first.size() == 1);
  // As it was before the change, with the second name that it has by then.
  REQUIRE(s.real.make_hard_link(s.store.folder + "/0", path));
  auto recorded = GENERATE(true, false);
  CAPTURE(recorded);
  if (recorded) {
    REQUIRE(s.files.remove(path));
  } else {
    // As a version recorded it that would have made a copy.
    auto second = first.front();
    second.names = 2;
    second.kept = {.lost = "it was too large"};
    REQUIRE(s.store.log->changing(second));
    REQUIRE(s.real.remove(path));
  }
  CHECK(failures_in(s.undo({.check_mode = true})) == 0);
  CHECK(failures_in(s.undo()) == 0);
  CHECK(s.status(path).inode == old.inode);
  auto again = s.undo({.again = true});
  CHECK(failures_in(again) == 0);
  for (auto& each : again)
    CHECK(each.unchanged);
}

TEST_CASE("what was kept of another file does not serve",
          "[actors][undo][M009]") {
  careful_scene s;
  s.store.copy_limit = 2;
  auto path = s.path("x");
  write_file(path, "large");
  REQUIRE(s.files.remove(path));
  auto second = (*run_past::look_at(s.dir / "journal"))->changes().front();
  write_file(path, "another one");
  auto now = s.status(path);
  second.was = {now.inode, now.device, now.born_at};
  second.modified = now.modified_at;
  second.kept = {.lost = "it was too large"};
  REQUIRE(s.store.log->changing(second));
  REQUIRE(s.real.remove(path));
  auto steps = s.undo();
  CHECK(failures_in(steps) == 2);
  CHECK(steps[0].what == "it was too large");
  CHECK_FALSE(s.exists(path));
}

TEST_CASE("one of several names of a file too large for a copy comes back",
          "[actors][undo][M009][M021]") {
  careful_scene s;
  s.store.copy_limit = 2;
  write_file(s.path("a"), "large");
  REQUIRE(s.real.make_hard_link(s.path("a"), s.path("b")));
  REQUIRE(s.files.replace(s.path("a"), "new", {}));
  auto written = GENERATE(false, true);
  if (written)
    write_file(s.path("b"), "large, and more");
  CHECK(failures_in(s.undo({.check_mode = true})) == 0);
  auto steps = s.undo();
  REQUIRE(steps.size() == 1);
  CHECK(
    steps[0].what
    == (written ? "restored, with what was written to it since" : "restored"));
  CHECK(s.status(s.path("a")).inode == s.status(s.path("b")).inode);
}
