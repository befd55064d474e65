#include "tests/actors/state/undo_scene.hpp"

#include <unistd.h>

// What somebody has put in the place of what the run left.

using namespace troupe;
using namespace troupe::test;

namespace {

/// A folder with files that the run has removed.
class removed_folder : public careful_scene {
public:
  removed_folder() {
    REQUIRE(real.make_directory(folder, 0755));
    REQUIRE(real.set_mode(folder, 0755));
    write_file(folder + "/z", "old");
    write_file(folder + "/sub/y", "old");
    REQUIRE(files.remove_all(folder));
  }

  /// By somebody.
  void made_again(uint32_t mode) {
    REQUIRE(real.make_directory(folder, mode));
    REQUIRE(real.set_mode(folder, mode));
  }

  /// All is refused, and is said to be so before.
  std::vector<undo_step> refused() {
    auto told = undo({.check_mode = true});
    auto steps = undo();
    REQUIRE(steps.size() == 4);
    REQUIRE(told.size() == 4);
    CHECK(failures_in(told) == 4);
    CHECK(failures_in(steps) == 4);
    for (size_t i = 0; i < 4; ++i)
      CHECK(told[i].what == steps[i].what);
    return steps;
  }

  std::string folder = path("D");
};

} // namespace

TEST_CASE("a folder that somebody has made where the run left none is theirs",
          "[actors][undo][M009]") {
  removed_folder s;
  auto mode = GENERATE(0700U, 0750U, 01755U);
  s.made_again(mode);
  auto before = s.status(s.folder);
  auto steps = s.refused();
  CHECK_THAT(steps[0].what, Catch::Contains("something else is there"));
  auto now = s.status(s.folder);
  CHECK(now.mode == mode);
  CHECK(now.inode == before.inode);
  CHECK(s.real.list(s.folder)->empty());
}

TEST_CASE("a folder that somebody else owns is theirs, whatever its mode",
          "[actors][undo][M009]") {
  if (::geteuid() != 0)
    return;
  removed_folder s;
  s.made_again(GENERATE(0700U, 0755U));
  auto owner = GENERATE(true, false);
  std::optional<uint32_t> one = 1;
  REQUIRE(s.real.set_owner(s.folder, owner ? one : std::nullopt,
                           owner ? std::nullopt : one, false));
  s.refused();
  auto now = s.status(s.folder);
  CHECK((owner ? now.uid : now.gid) == 1);
  CHECK(s.real.list(s.folder)->empty());
}

TEST_CASE("nothing is put into a folder that is refused",
          "[actors][undo][M009]") {
  removed_folder s;
  s.made_again(0700);
  write_file(s.folder + "/theirs", "theirs");
  auto steps = s.refused();
  for (size_t i = 1; i < 4; ++i) {
    INFO(steps[i].path << ": " << steps[i].what);
    CHECK_THAT(steps[i].what,
               Catch::Contains("its folder '" + s.folder + "' is not undone: "
                               + "something else is there"));
  }
  CHECK(*s.real.list(s.folder) == std::vector<std::string>{"theirs"});
  CHECK(s.status(s.folder).mode == 0700);
}

TEST_CASE("forced, a folder of somebody else is kept beside the old one",
          "[actors][undo][M009]") {
  removed_folder s;
  s.made_again(0700);
  write_file(s.folder + "/theirs", "theirs");
  CHECK(failures_in(s.undo({.check_mode = true, .force = true})) == 0);
  CHECK(failures_in(s.undo({.force = true})) == 0);
  CHECK(s.status(s.folder).mode == 0755);
  CHECK(read_file(s.folder + "/z") == "old");
  CHECK(read_file(s.folder + "/sub/y") == "old");
  CHECK_FALSE(s.exists(s.folder + "/theirs"));
  CHECK(read_file(s.folder + ".undone-0~/theirs") == "theirs");
  CHECK(s.status(s.folder + ".undone-0~").mode == 0700);
}

TEST_CASE("a folder that is there again as it was gets back what was in it",
          "[actors][undo][M009]") {
  removed_folder s;
  s.made_again(0755);
  auto inode = s.status(s.folder).inode;
  write_file(s.folder + "/theirs", "theirs");
  auto steps = s.undo();
  CHECK(failures_in(steps) == 0);
  CHECK(s.status(s.folder).inode == inode);
  CHECK(read_file(s.folder + "/z") == "old");
  CHECK(read_file(s.folder + "/theirs") == "theirs");
}

TEST_CASE("a folder that only looks different still gets what was in it",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("D/z"), "old");
  REQUIRE(s.real.set_mode(s.path("D"), 0755));
  REQUIRE(s.files.remove(s.path("D/z")));
  REQUIRE(s.files.set_mode(s.path("D"), 0700));
  REQUIRE(s.real.set_mode(s.path("D"), 0711));
  auto steps = s.undo();
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].failed);
  CHECK(read_file(s.path("D/z")) == "old");
  CHECK(s.status(s.path("D")).mode == 0711);
}

TEST_CASE("a file with the old content that others may not read stays so",
          "[actors][undo][M009]") {
  careful_scene s;
  auto file = s.path("file");
  write_file(file, "old");
  REQUIRE(s.real.set_mode(file, 0644));
  REQUIRE(s.files.replace(file, "new", {.in_place_if_needed = true}));
  REQUIRE(s.real.replace(file, "old", {.mode = 0600}));
  CHECK(failures_in(s.undo()) == 1);
  CHECK(s.status(file).mode == 0600);
}

TEST_CASE("forced, owner and mode of the same file are put back",
          "[actors][undo][M009]") {
  careful_scene s;
  auto file = s.path("m");
  write_file(file, "x");
  REQUIRE(s.real.set_mode(file, 0644));
  REQUIRE(s.files.set_mode(file, 0600));
  REQUIRE(s.real.set_mode(file, 0640));
  auto inode = s.status(file).inode;
  auto refused = s.undo();
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].failed);
  CHECK_THAT(refused[0].what, Catch::Contains("--force puts back mode and"));
  CHECK(s.status(file).mode == 0640);

  auto told = s.undo({.check_mode = true, .force = true});
  CHECK(told[0].what == "mode and owner to be restored");
  CHECK(s.status(file).mode == 0640);
  auto steps = s.undo({.force = true});
  REQUIRE(steps.size() == 1);
  CHECK_FALSE(steps[0].failed);
  CHECK(steps[0].what == "mode and owner restored");
  CHECK(s.status(file).mode == 0644);
  CHECK(s.status(file).inode == inode);
  CHECK_FALSE(s.exists(file + ".undone-0~"));
}

TEST_CASE("force is only offered where it helps", "[actors][undo][M009]") {
  careful_scene s;
  auto file = s.path("m");
  write_file(file, "0123456789");
  REQUIRE(s.real.set_mode(file, 0644));
  bool helps = false;
  SECTION("another file by now, of which only the mode is known") {
    REQUIRE(s.files.set_mode(file, 0600));
    REQUIRE(s.real.replace(file, "theirs", {.mode = 0640}));
  }
  SECTION("gone, and only the mode is known") {
    REQUIRE(s.files.set_mode(file, 0600));
    REQUIRE(s.real.remove(file));
  }
  SECTION("a content that was too large to keep") {
    s.store.copy_limit = 4;
    REQUIRE(s.files.replace(file, "new", {.in_place_if_needed = true}));
    write_file(file, "theirs");
  }
  SECTION("gone, and kept") {
    REQUIRE(s.files.replace(file, "new", {}));
    REQUIRE(s.real.remove(file));
    helps = true;
  }
  auto refused = s.undo();
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].failed);
  INFO(refused[0].what);
  CHECK((refused[0].what.find("--force") != std::string::npos) == helps);
  CHECK(failures_in(s.undo({.check_mode = true, .force = true})) == !helps);
  CHECK(failures_in(s.undo({.force = true})) == !helps);
  CHECK_FALSE(s.exists(file + ".undone-0~"));
}

TEST_CASE("a check says that a name will come back as a file of its own",
          "[actors][undo][M009][M021]") {
  careful_scene s;
  write_file(s.path("one"), "shared");
  REQUIRE(s.real.make_hard_link(s.path("one"), s.path("two")));
  REQUIRE(s.files.remove(s.path("one")));
  auto force = GENERATE(false, true);
  if (force)
    write_file(s.path("one"), "theirs");
  auto told = s.undo({.check_mode = true, .force = force});
  REQUIRE(told.size() == 1);
  CHECK(told[0].failed);
  CHECK_THAT(told[0].what,
             Catch::StartsWith("to be restored, but as a file of its own: it "
                               "was one of 2 names of a file"));
  CHECK_THAT(told[0].diff, Catch::Contains("+shared"));
  auto steps = s.undo({.force = force});
  CHECK(steps[0].failed);
  CHECK_THAT(steps[0].what, Catch::StartsWith("restored, but as a file of"));
  CHECK(read_file(s.path("one")) == "shared");
  if (force)
    CHECK(read_file(s.path("one.undone-0~")) == "theirs");
}

TEST_CASE("a check says truly why it does not show a difference",
          "[actors][undo][M009][M021]") {
  careful_scene s;
  write_file(s.path("a"), "hush");
  REQUIRE(s.files.replace(s.path("a"), "new", {}));
  auto reason = GENERATE(as<std::string>{}, "", "its task never ended");
  undo_terms terms{.check_mode = true};
  terms.shows = [](auto&) { return false; };
  terms.why_hidden = [&](auto&) { return reason; };
  auto steps = s.undo(terms);
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].diff
        == (reason.empty() ? "(hidden by no_log)\n"
                           : "(hidden: its task never ended)\n"));
}
