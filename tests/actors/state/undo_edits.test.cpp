#include "tests/actors/state/undo_scene.hpp"

#include <unistd.h>

// What somebody has written into what the run left, when the run has changed
// owner or mode after the content.

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr const char* ways_to_change[]
  = {"replaced",      "in place",          "twice",  "new",
     "removed first", "with an owner too", "touched"};

/// A file whose content the run has changed, then its mode to 0600.
class dressed_file : public careful_scene {
public:
  explicit dressed_file(const std::string& how) {
    was_there = how != "new" && how != "touched";
    if (was_there)
      write_file(at, "old");
    if (was_there)
      REQUIRE(real.set_mode(at, 0640));
    if (how == "removed first")
      REQUIRE(files.remove(at));
    if (how == "twice")
      REQUIRE(files.replace(at, "first", {.mode = 0644}));
    if (how == "touched")
      REQUIRE(files.touch(at, 0644));
    else
      REQUIRE(files.replace(
        at, "new", {.mode = 0644, .in_place_if_needed = how == "in place"}));
    if (how == "with an owner too")
      REQUIRE(files.set_owner(at, ::geteuid(), ::getegid(), false));
    REQUIRE(files.set_mode(at, 0600));
  }

  std::string at = path("p");
  bool was_there = false;
};

} // namespace

TEST_CASE("an edit since is left alone, though the mode changed last",
          "[actors][undo][M009][M021]") {
  auto* how = GENERATE(
    from_range(std::begin(ways_to_change), std::end(ways_to_change)));
  INFO(how);
  dressed_file s{how};
  write_file(s.at, "mine");
  // The second time nothing is different.
  for (bool check : {true, false, false}) {
    auto steps = s.undo({.check_mode = check});
    std::string told;
    for (auto& each : steps)
      told += each.what + "\n";
    INFO(told);
    CHECK(failures_in(steps) == steps.size());
    CHECK_THAT(steps[0].what, Catch::Contains("its content is another one")
                                && Catch::Contains("--force keeps it"));
    CHECK(read_file(s.at) == "mine");
    CHECK(s.status(s.at).mode == 0600);
  }
  CHECK(failures_in(s.undo({.check_mode = true, .force = true})) == 0);
  CHECK(read_file(s.at) == "mine");
  CHECK(failures_in(s.undo({.force = true})) == 0);
  CHECK(s.exists(s.at) == s.was_there);
  if (s.was_there) {
    CHECK(read_file(s.at) == "old");
    CHECK(s.status(s.at).mode == 0640);
  }
  CHECK(read_file(s.at + ".undone-0~") == "mine");
  CHECK(s.status(s.at + ".undone-0~").mode == 0600);
}

TEST_CASE("what nobody has edited comes back, though the mode changed last",
          "[actors][undo][M009]") {
  auto* how = GENERATE(
    from_range(std::begin(ways_to_change), std::end(ways_to_change)));
  INFO(how);
  dressed_file s{how};
  auto refuse = [](const std::string&) -> result<void> {
    return error{errc::command_failed, "no"};
  };
  // One that did not happen has left no content.
  CHECK_FALSE(s.files.replace(s.at, "bad", {}, refuse));
  REQUIRE(s.files.set_mode(s.at, 0400));
  for (bool check : {true, false, false}) {
    for (auto& each : s.undo({.check_mode = check})) {
      INFO(each.what);
      CHECK_FALSE(each.failed);
    }
  }
  CHECK(s.exists(s.at) == s.was_there);
  if (s.was_there) {
    CHECK(read_file(s.at) == "old");
    CHECK(s.status(s.at).mode == 0640);
  }
}

TEST_CASE("an edit is left alone where the mode is as before already",
          "[actors][undo][M009]") {
  dressed_file s{"replaced"};
  write_file(s.at, "mine");
  REQUIRE(s.real.set_mode(s.at, 0644));
  for (bool check : {true, false}) {
    auto steps = s.undo({.check_mode = check});
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].what == "as before");
    CHECK(steps[1].failed);
    CHECK_THAT(steps[1].what, Catch::Contains("its content is another one"));
    CHECK(read_file(s.at) == "mine");
  }
}

TEST_CASE("only the mode of a file goes back, whatever is in it",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("p"), "old");
  REQUIRE(s.real.set_mode(s.path("p"), 0640));
  REQUIRE(s.files.set_mode(s.path("p"), 0600));
  write_file(s.path("p"), "mine");
  CHECK(failures_in(s.undo()) == 0);
  CHECK(read_file(s.path("p")) == "mine");
  CHECK(s.status(s.path("p")).mode == 0640);
}
