#include "actors/state/undo_swap.hpp"
#include "tests/actors/state/undo_scene.hpp"

#include <fstream>

// What stays as it is while other things are undone, and what is said of it.

using namespace troupe;
using namespace troupe::test;

namespace {

undo_step step_of(const std::vector<undo_step>& steps, size_t at) {
  REQUIRE(at < steps.size());
  return steps[at];
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
