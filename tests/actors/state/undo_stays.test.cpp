#include "actors/state/undo_swap.hpp"
#include "tests/actors/state/undo_scene.hpp"

#include <unistd.h>

#include <fstream>

// What stays as it is while other things are undone, and what is said of it.

using namespace troupe;
using namespace troupe::test;

namespace {

undo_step step_of(const std::vector<undo_step>& steps, size_t at) {
  REQUIRE(at < steps.size());
  return steps[at];
}

/// As a run that was killed before the change notes it.
void note_unhappened(careful_scene& s, const std::string& file,
                     const std::string& kept) {
  auto old = s.status(file);
  undo_entry noted{.task = "t", .path = file, .kind = "file"};
  noted.mode = old.mode;
  noted.uid = old.uid;
  noted.gid = old.gid;
  noted.modified = old.modified_at;
  noted.was = {old.inode, old.device, old.born_at};
  noted.kept = {.name = kept, .itself = true};
  noted.whole = true;
  noted.after.kind = "absent";
  REQUIRE(s.real.make_hard_link(file, s.store.folder + "/" + kept));
  REQUIRE(s.store.log->changing(noted));
}

} // namespace

TEST_CASE("a folder that has to stay keeps the mode that the run gave it",
          "[actors][undo][M009][M021]") {
  careful_scene s;
  auto folder = s.path("private");
  REQUIRE(s.files.make_directory(folder, 0755));
  REQUIRE(s.files.replace(folder + "/made", "by the run", {}));
  REQUIRE(s.files.set_mode(folder, 0750));
  REQUIRE(s.files.set_mode(folder, 0700));
  write_file(folder + "/key", "secret");
  auto terms = GENERATE(undo_terms{}, undo_terms{.check_mode = true},
                        undo_terms{.force = true});
  auto steps = s.undo(terms);
  REQUIRE(steps.size() == 4);
  CHECK(failures_in(steps) == 1);
  CHECK(steps[3].failed);
  CHECK_THAT(steps[0].what, Catch::Contains("stay until it goes"));
  CHECK_THAT(steps[1].what, Catch::Contains("stay until it goes"));
  CHECK(s.status(folder).mode == 0700);
  CHECK(s.exists(folder + "/made") == terms.check_mode);
  CHECK(read_file(folder + "/key") == "secret");
  if (terms.check_mode)
    return;
  // Done again it is no different, and without what was in the way it goes.
  CHECK(failures_in(s.undo(terms)) == 1);
  CHECK(s.status(folder).mode == 0700);
  REQUIRE(s.real.remove(folder + "/key"));
  CHECK(failures_in(s.undo(terms)) == 0);
  CHECK_FALSE(s.exists(folder));
}

TEST_CASE("a folder that its owner could not work in is opened to it alone",
          "[actors][undo][M009]") {
  careful_scene s;
  auto folder = s.path("closed");
  REQUIRE(s.files.make_directory(folder, 0755));
  REQUIRE(s.files.replace(folder + "/made", "by the run", {}));
  REQUIRE(s.files.set_mode(folder, 0500));
  auto stays = GENERATE(false, true);
  if (stays)
    write_file(folder + "/key", "secret");
  CHECK(failures_in(s.undo()) == (stays ? 1 : 0));
  CHECK(s.exists(folder) == stays);
  CHECK_FALSE(s.exists(folder + "/made"));
  if (stays)
    CHECK(s.status(folder).mode == 0500);
}

TEST_CASE("the mode of a folder that somebody has changed since is not undone",
          "[actors][undo][M009]") {
  careful_scene s;
  auto folder = s.path("private");
  REQUIRE(s.files.make_directory(folder, 0755));
  REQUIRE(s.files.set_mode(folder, 0750));
  REQUIRE(s.files.set_mode(folder, 0700));
  REQUIRE(s.real.set_mode(folder, 0711));
  auto steps = s.undo();
  CHECK(failures_in(steps) == 3);
  CHECK_THAT(step_of(steps, 0).what, Catch::Contains("its mode is 0711"));
  CHECK(s.status(folder).mode == 0711);
}

TEST_CASE("a file that the run made is as closed as it made it until it goes",
          "[actors][undo][M009]") {
  careful_scene s;
  auto file = s.path("made");
  REQUIRE(s.files.replace(file, "one", {.mode = 0644}));
  REQUIRE(s.files.set_mode(file, 0640));
  REQUIRE(s.files.set_mode(file, 0600));
  std::vector<uint32_t> modes;
  undo_terms terms;
  terms.tells = [&](const undo_step&) {
    if (s.exists(file))
      modes.push_back(s.status(file).mode);
  };
  CHECK(failures_in(s.undo(terms)) == 0);
  CHECK_FALSE(s.exists(file));
  CHECK(modes == std::vector<uint32_t>{0600, 0600});
}

TEST_CASE("what the run did not come to change is not called restored",
          "[actors][undo][M009][M016]") {
  careful_scene s;
  auto file = s.path("file");
  write_file(file, "hello");
  REQUIRE(s.real.set_mode(file, 0640));
  auto dressed = GENERATE(false, true);
  if (dressed)
    REQUIRE(s.files.set_mode(file, 0600));
  note_unhappened(s, file, "first");
  // Into the file itself.
  write_file(file, "hello, user");
  auto terms = GENERATE(undo_terms{}, undo_terms{.check_mode = true},
                        undo_terms{.force = true}, undo_terms{.again = true});
  auto steps = s.undo(terms);
  CHECK(failures_in(steps) == 0);
  CHECK_THAT(step_of(steps, 0).what,
             Catch::Contains("the run did not change it"));
  CHECK(step_of(steps, 0).unchanged);
  CHECK(step_of(steps, 0).diff.empty());
  CHECK(read_file(file) == "hello, user");
  CHECK_FALSE(s.exists(file + ".undone-0~"));
  if (dressed && !terms.check_mode)
    CHECK(s.status(file).mode == 0640);
}

TEST_CASE("an edit of what an undo has put back is left alone",
          "[actors][undo][M009]") {
  careful_scene s;
  auto file = s.path("file");
  write_file(file, "old");
  REQUIRE(s.files.replace(file, "new", {}));
  CHECK(failures_in(s.undo()) == 0);
  write_file(file, "old, edited");
  auto steps = s.undo({.force = GENERATE(false, true), .again = true});
  CHECK(failures_in(steps) == 0);
  CHECK_THAT(step_of(steps, 0).what, Catch::Contains("is back already"));
  CHECK(read_file(file) == "old, edited");
}

TEST_CASE("what was written to a file that had made way is told",
          "[actors][undo][M009]") {
  careful_scene s;
  auto file = s.path("log");
  write_file(file, "old\n");
  std::ofstream open{file, std::ios::app};
  REQUIRE(s.files.replace(file, "new", {}));
  open << "later\n" << std::flush;
  REQUIRE(open);
  auto steps = s.undo();
  CHECK(failures_in(steps) == 0);
  CHECK(step_of(steps, 0).what
        == "restored, with what was written to it since");
  CHECK(read_file(file) == "old\nlater\n");
}

TEST_CASE("a file that was replaced since is forced back, mode and all",
          "[actors][undo][M009][M021]") {
  careful_scene s;
  auto file = s.path("file");
  write_file(file, "old");
  REQUIRE(s.real.set_mode(file, 0640));
  REQUIRE(s.files.replace(file, "new", {.mode = 0644}));
  REQUIRE(s.files.set_mode(file, 0600));
  REQUIRE(s.real.remove(file));
  auto aside = true;
  SECTION("by a folder") {
    write_file(file + "/theirs", "theirs");
  }
  SECTION("by another file") {
    write_file(file, "theirs");
  }
  SECTION("by another file with that content") {
    write_file(file, "new");
    REQUIRE(s.real.set_mode(file, 0600));
  }
  SECTION("by nothing") {
    aside = false;
  }
  auto refused = s.undo();
  CHECK(failures_in(refused) == 2);
  CHECK_THAT(step_of(refused, 0).what,
             Catch::Contains(aside ? "--force keeps it beside its path"
                                   : "--force restores it"));
  auto told = s.undo({.check_mode = true, .force = true});
  auto steps = s.undo({.force = true});
  CHECK(failures_in(told) == 0);
  CHECK(failures_in(steps) == 0);
  CHECK(read_file(file) == "old");
  CHECK(s.status(file).mode == 0640);
  CHECK(s.exists(file + ".undone-0~") == aside);
  for (auto* all : {&told, &steps})
    CHECK((step_of(*all, 1).what.find("undone-0~") != std::string::npos)
          == aside);
}

TEST_CASE("a long name is cut short to be kept beside its path",
          "[actors][undo][M009][M021]") {
  careful_scene s;
  auto length = GENERATE(size_t{245}, size_t{246}, size_t{255});
  auto file = s.path(std::string(length, 'x'));
  write_file(file, "old");
  REQUIRE(s.files.replace(file, "new", {}));
  write_file(file, "theirs");
  auto told = s.undo({.check_mode = true, .force = true});
  auto steps = s.undo({.force = true});
  CHECK(failures_in(told) == 0);
  CHECK(failures_in(steps) == 0);
  auto aside = s.path(std::string(245, 'x') + ".undone-0~");
  CHECK_THAT(step_of(told, 0).what, Catch::EndsWith("kept as " + aside));
  CHECK_THAT(step_of(steps, 0).what, Catch::EndsWith("kept as " + aside));
  CHECK(read_file(aside) == "theirs");
  CHECK(read_file(file) == "old");
}

TEST_CASE("a name is cut between two characters", "[actors][undo][M009]") {
  CHECK(with_suffix("/a/b", ".c") == "/a/b.c");
  std::string umlauts;
  for (auto i = 0; i < 127; ++i)
    umlauts += "ö";
  auto cut = with_suffix("/a/" + umlauts, ".undone-0~");
  CHECK(cut == "/a/" + umlauts.substr(0, 244) + ".undone-0~");
}

TEST_CASE("an undo stops between two changes and tells each step in time",
          "[actors][undo][M009]") {
  careful_scene s;
  for (auto* name : {"a", "b", "c"})
    REQUIRE(s.files.replace(s.path(name), "x", {}));
  std::vector<std::string> heard;
  undo_terms terms;
  terms.stops = [&] { return heard.size() == 2; };
  terms.tells = [&](const undo_step& step) {
    // It is done already.
    CHECK_FALSE(s.exists(step.path));
    heard.push_back(step.path);
  };
  CHECK(s.undo(terms).size() == 2);
  CHECK(heard == std::vector{s.path("c"), s.path("b")});
  CHECK(s.exists(s.path("a")));
}

TEST_CASE("the owner of a file comes back by whatever name the run changed it",
          "[actors][undo][M009]") {
  careful_scene s;
  auto file = s.path("file");
  auto other = s.path("other");
  write_file(file, "old");
  REQUIRE(s.real.set_mode(file, 0600));
  REQUIRE(s.files.make_hard_link(file, other));
  REQUIRE(s.files.set_mode(other, 0644));
  if (::geteuid() == 0)
    REQUIRE(s.files.set_owner(other, 1, 1, false));
  CHECK(failures_in(s.undo()) == 0);
  CHECK_FALSE(s.exists(other));
  CHECK(s.status(file).mode == 0600);
  CHECK(s.status(file).uid == ::geteuid());
}

TEST_CASE(
  "a file that has lost its set-id bits with its content gets both back",
  "[actors][undo][M009]") {
  careful_scene s;
  auto file = s.path("tool");
  write_file(file, "old");
  REQUIRE(s.real.set_mode(file, 04755));
  bool in_place = GENERATE(false, true);
  REQUIRE(s.files.replace(file, "new", {.in_place_if_needed = in_place}));
  CHECK(s.status(file).mode == 0755);
  if (::geteuid() == 0)
    REQUIRE(s.files.set_owner(file, 1, {}, false));
  CHECK(failures_in(s.undo()) == 0);
  CHECK(read_file(file) == "old");
  CHECK(s.status(file).mode == 04755);
  CHECK(s.status(file).uid == ::geteuid());
}
