#include "actors/state/undo_names.hpp"

#include "tests/actors/state/undo_scene.hpp"

#include <fmt/format.h>

#include <algorithm>

// Files with several names.

using namespace troupe;
using namespace troupe::test;

namespace {

void write_names(careful_scene& s, const std::vector<std::string>& names) {
  write_file(s.path(names.front()), "shared");
  REQUIRE(s.real.set_mode(s.path(names.front()), 0640));
  for (auto& each : names)
    if (each != names.front())
      REQUIRE(s.real.make_hard_link(s.path(names.front()), s.path(each)));
}

} // namespace

TEST_CASE("names of a file that a run has replaced are names of one again",
          "[actors][undo][M009][M021]") {
  careful_scene s;
  write_names(s, {"folder/a", "folder/b", "folder/c"});
  auto inode = s.status(s.path("folder/a")).inode;
  bool itself = true;
  SECTION("one after the other") {
    for (auto* name : {"folder/a", "folder/b", "folder/c"})
      REQUIRE(s.files.replace(s.path(name), "new", {.mode = 0600}));
  }
  SECTION("removed, and one with another mode in between") {
    REQUIRE(s.files.remove(s.path("folder/a")));
    REQUIRE(s.files.set_mode(s.path("folder/b"), 0600));
    REQUIRE(s.files.remove(s.path("folder/b")));
    REQUIRE(s.files.set_mode(s.path("folder/c"), 0644));
  }
  SECTION("with their folder") {
    itself = false;
    REQUIRE(s.files.remove_all(s.path("folder")));
  }
  for (auto& each : s.undo({.check_mode = true})) {
    INFO(each.path << ": " << each.what);
    CHECK_FALSE(each.failed);
  }
  for (auto& each : s.undo()) {
    INFO(each.path << ": " << each.what);
    CHECK_FALSE(each.failed);
  }
  auto now = s.status(s.path("folder/a"));
  CHECK(now.links == 3);
  CHECK(now.mode == 0640);
  if (itself)
    CHECK(now.inode == inode);
  for (auto* name : {"folder/a", "folder/b", "folder/c"}) {
    CHECK(read_file(s.path(name)) == "shared");
    CHECK(s.status(s.path(name)).inode == now.inode);
  }
  CHECK(s.real.list(s.path("folder"))->size() == 3);
  s.undo();
  CHECK(s.status(s.path("folder/a")).links == 3);
}

TEST_CASE("names come back together and are told from one that was left alone",
          "[actors][undo][M009][M021]") {
  careful_scene s;
  write_names(s, {"a", "b", "left"});
  REQUIRE(s.files.remove(s.path("a")));
  REQUIRE(s.files.remove(s.path("b")));
  auto told = s.undo({.check_mode = true});
  auto steps = s.undo();
  REQUIRE(steps.size() == 2);
  CHECK(failures_in(told) == 2);
  CHECK(failures_in(steps) == 2);
  CHECK_THAT(told[1].what,
             Catch::Contains("to be restored, but without all other names"));
  CHECK_THAT(steps[0].what, Catch::Contains("as a file of its own"));
  CHECK_THAT(steps[1].what,
             Catch::Contains("restored, but without all other names of its "
                             "file, which had 3"));
  CHECK(s.status(s.path("a")).inode == s.status(s.path("b")).inode);
  CHECK(s.status(s.path("left")).links == 1);
}

TEST_CASE("a name is not joined with a file that somebody has put there",
          "[actors][undo][M009]") {
  careful_scene s;
  write_names(s, {"a", "b"});
  REQUIRE(s.files.remove(s.path("a")));
  REQUIRE(s.files.remove(s.path("b")));
  write_file(s.path("b"), "theirs");
  auto steps = s.undo();
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].failed);
  CHECK(steps[1].failed);
  CHECK(read_file(s.path("b")) == "theirs");
  CHECK(read_file(s.path("a")) == "shared");
  CHECK(s.status(s.path("a")).links == 1);
}

TEST_CASE("names whose content differed in between are files of their own",
          "[actors][undo][M009]") {
  careful_scene s;
  write_names(s, {"a", "b"});
  REQUIRE(s.files.remove(s.path("a")));
  write_file(s.path("b"), "written by a program");
  REQUIRE(s.files.remove(s.path("b")));
  auto steps = s.undo();
  REQUIRE(steps.size() == 2);
  CHECK(steps[1].failed);
  CHECK_THAT(steps[1].what, Catch::Contains("as a file of its own"));
  CHECK(read_file(s.path("b")) == "written by a program");
  CHECK(read_file(s.path("a")) == "shared");
}

TEST_CASE("a name joins the file again of which the run changed only the mode",
          "[actors][undo][M009][M021]") {
  careful_scene s;
  write_names(s, {"a", "b"});
  auto inode = s.status(s.path("a")).inode;
  SECTION("before") {
    REQUIRE(s.files.set_mode(s.path("a"), 0444));
    REQUIRE(s.files.replace(s.path("b"), "k", {}));
  }
  SECTION("before and after") {
    REQUIRE(s.files.set_mode(s.path("a"), 0600));
    REQUIRE(s.files.replace(s.path("b"), "k", {}));
    REQUIRE(s.files.set_mode(s.path("a"), 0444));
  }
  SECTION("by both names") {
    REQUIRE(s.files.set_mode(s.path("a"), 0444));
    REQUIRE(s.files.set_mode(s.path("b"), 0600));
    REQUIRE(s.files.replace(s.path("b"), "k", {}));
  }
  SECTION("after, by the other name") {
    REQUIRE(s.files.set_mode(s.path("b"), 0600));
    REQUIRE(s.files.replace(s.path("b"), "k", {}));
    REQUIRE(s.files.set_mode(s.path("a"), 0444));
  }
  for (bool check : {true, false})
    for (auto& each : s.undo({.check_mode = check})) {
      INFO(each.path << ": " << each.what);
      CHECK_FALSE(each.failed);
    }
  for (auto& terms : {undo_terms{}, undo_terms{.check_mode = true},
                      undo_terms{.force = true}})
    for (auto& each : s.undo(terms)) {
      INFO(each.path << ": " << each.what);
      CHECK(each.what == "as before");
    }
  for (auto* name : {"a", "b"}) {
    auto now = s.status(s.path(name));
    CHECK(now.inode == inode);
    CHECK(now.links == 2);
    CHECK(now.mode == 0640);
    CHECK(read_file(s.path(name)) == "shared");
  }
  CHECK(s.real.list(s.path("."))->size() == 2);
}

TEST_CASE("a name that cannot join the file that was only dressed is told",
          "[actors][undo][M009][M021]") {
  careful_scene s;
  write_names(s, {"a", "b"});
  REQUIRE(s.files.set_mode(s.path("a"), 0444));
  REQUIRE(s.files.replace(s.path("b"), "k", {}));
  SECTION("it has another mode since") {
    REQUIRE(s.real.set_mode(s.path("a"), 0600));
  }
  SECTION("it has another content since") {
    write_file(s.path("a"), "mine");
  }
  auto told = s.undo({.check_mode = true});
  auto steps = s.undo();
  REQUIRE(steps.size() == 2);
  CHECK(failures_in(told) == failures_in(steps));
  CHECK(steps[0].failed);
  CHECK_THAT(steps[0].what, Catch::Contains("as a file of its own"));
  CHECK(read_file(s.path("b")) == "shared");
  CHECK(s.status(s.path("a")).links == 1);
}

TEST_CASE("an undo says which names keep the mode that the run has given them",
          "[actors][undo][M009][M021]") {
  careful_scene s;
  write_names(s, {"a", "b"});
  REQUIRE(s.files.set_mode(s.path("b"), 0600));
  REQUIRE(s.files.replace(s.path("b"), "k", {}));
  auto check = GENERATE(true, false);
  auto steps = s.undo({.check_mode = check});
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].failed);
  CHECK_THAT(steps[1].what,
             Catch::Contains("but not those of the other names of the file"));
  CHECK(s.status(s.path("a")).mode == 0600);
  if (!check)
    CHECK(s.status(s.path("b")).mode == 0640);
}

TEST_CASE("of the names of a file that are back only some are looked at",
          "[actors][undo][M009]") {
  auto others = GENERATE(size_t{15}, size_t{16}, size_t{17}, size_t{5000});
  auto dressed = GENERATE(true, false);
  std::vector<undo_entry> changes(others + 1);
  for (size_t i = 0; i < changes.size(); ++i) {
    changes[i].path = fmt::format("/example/{}", i);
    changes[i].kind = "file";
    changes[i].was.inode = 7;
    changes[i].whole = !dressed;
  }
  undo_names names;
  for (auto& each : changes)
    names.add(each, changes.size(), dressed);
  auto& last = changes.back();
  CHECK(names.only_dressed(last).size()
        == (dressed ? std::min(others, size_t{16}) : 0));
  CHECK(names.of(last).empty());
  CHECK(names.has_all(last) != dressed);
  CHECK(names.first(last) == &changes.front());
  for (auto& each : changes)
    names.put_back({&each, each.path, true});
  CHECK(names.of(last).size() == std::min(others, size_t{16}));
  CHECK(names.only_dressed(last).empty());
  CHECK(names.is_original(last));
  // One that is something else by now is no name of it any more.
  auto older = changes.front();
  older.was.inode = 8;
  older.whole = true;
  names.put_back({&older, older.path, true});
  CHECK(names.of(last).size() == std::min(others - 1, size_t{16}));
  CHECK(names.of(older).empty());
}

TEST_CASE("names that are back as they were are that when it is done again",
          "[actors][undo][M009][M021]") {
  careful_scene s;
  write_names(s, {"a", "b"});
  REQUIRE(s.files.set_mode(s.path("b"), 0711));
  REQUIRE(s.files.replace(s.path("a"), "new", {}));
  REQUIRE(s.files.set_mode(s.path("a"), 0600));
  CHECK(failures_in(s.undo()) == 0);
  CHECK(s.status(s.path("a")).links == 2);
  for (auto& terms : {undo_terms{}, undo_terms{.check_mode = true},
                      undo_terms{.force = true}})
    for (auto& each : s.undo(terms)) {
      INFO(each.path << ": " << each.what);
      CHECK(each.what == "as before");
    }
  CHECK(s.status(s.path("a")).mode == 0640);
  // One that was edited since is not as it was.
  write_file(s.path("a"), "edited");
  CHECK(failures_in(s.undo()) > 0);
  CHECK(read_file(s.path("a")) == "edited");
}

TEST_CASE(
  "a name that is a file of its own is told again when it is done again",
  "[actors][undo][M009][M021]") {
  careful_scene s;
  write_names(s, {"a", "b"});
  REQUIRE(s.files.replace(s.path("a"), "new", {}));
  auto dressed = GENERATE(false, true);
  if (dressed)
    REQUIRE(s.files.set_mode(s.path("a"), 0600));
  CHECK(failures_in(s.undo()) == 1);
  auto terms = GENERATE(undo_terms{}, undo_terms{.check_mode = true},
                        undo_terms{.force = true});
  auto again = s.undo(terms);
  CHECK(failures_in(again) == 1);
  CHECK(again.back().failed);
  CHECK(again.back().what
        == "as before, but as a file of its own: it was one of 2 names of a "
           "file");
  CHECK_FALSE(again.back().touched);
  // Somebody has made it that again.
  REQUIRE(s.real.remove(s.path("b")));
  REQUIRE(s.real.make_hard_link(s.path("a"), s.path("b")));
  CHECK(failures_in(s.undo(terms)) == 0);
}
