#include "actors/state/undo.hpp"

#include "tests/actors/state/undo_scene.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>

using namespace troupe;

namespace {

/// A folder with a journal beside it, that can be compared with itself.
class scene : public test::careful_scene {
public:
  /// Kind, mode and content of everything below the folder.
  std::map<std::string, std::string> snapshot() const {
    std::map<std::string, std::string> out;
    look(path("."), out);
    return out;
  }

  std::vector<undo_entry> changes() const {
    auto past = run_past::look_at(dir / "journal");
    REQUIRE(past);
    return (*past)->changes();
  }

private:
  void look(const std::string& at,
            std::map<std::string, std::string>& out) const {
    auto status = real.status(at, false);
    REQUIRE(status);
    REQUIRE(*status);
    auto& s = **status;
    auto& entry = out[at];
    entry = std::to_string(static_cast<int>(s.kind)) + " "
            + (s.kind == file_kind::symlink ? "" : std::to_string(s.mode));
    if (s.kind == file_kind::regular)
      entry += fmt::format(" {}.{} {}", s.modified_at.seconds,
                           s.modified_at.nanoseconds, *real.read(at));
    if (s.kind == file_kind::symlink)
      entry += " " + *real.read_link(at);
    if (s.kind != file_kind::directory)
      return;
    auto names = real.list(at);
    REQUIRE(names);
    for (auto& name : *names)
      look(fmt::format("{}/{}", at, name), out);
  }
};

} // namespace

TEST_CASE("every kind of change to files is undone", "[actors][M009]") {
  scene s;
  auto& real = s.machine->files();
  for (auto* name : {"kept", "replaced", "removed", "moved", "target"})
    test::write_file(s.path(name), std::string{"old "} + name);
  REQUIRE(real.set_mode(s.path("kept"), 04751));
  REQUIRE(
    real.set_times(s.path("replaced"), {}, file_time{1'000'000'000}, false));
  REQUIRE(real.make_symlink("target", s.path("link")));
  REQUIRE(real.make_directory(s.path("tree"), 0750));
  REQUIRE(real.make_directory(s.path("tree/below"), 0711));
  test::write_file(s.path("tree/below/leaf"), "leaf");
  auto before = s.snapshot();

  REQUIRE(s.files.set_mode(s.path("kept"), 0600));
  REQUIRE(s.files.replace(s.path("replaced"), "new", {.mode = 0600}));
  REQUIRE(s.files.replace(s.path("replaced"), "newer", {}));
  REQUIRE(s.files.remove(s.path("removed")));
  REQUIRE(s.files.rename(s.path("moved"), s.path("target")));
  REQUIRE(s.files.remove(s.path("link")));
  REQUIRE(s.files.make_symlink("elsewhere", s.path("link")));
  REQUIRE(s.files.remove_all(s.path("tree")));
  REQUIRE(s.files.replace(s.path("tree"), "a file now", {}));
  REQUIRE(s.files.make_directory(s.path("new"), 0755));
  REQUIRE(s.files.replace(s.path("new/file"), "x", {}));
  REQUIRE(s.files.make_hard_link(s.path("kept"), s.path("hard")));
  REQUIRE(s.files.touch(s.path("touched"), 0644));
  REQUIRE(
    s.files.replace(s.path("kept"), "in place", {.in_place_if_needed = true}));
  CHECK(s.snapshot() != before);

  for (auto& step : s.undo()) {
    INFO(step.path << ": " << step.what);
    CHECK_FALSE(step.failed);
  }
  CHECK(s.snapshot() == before);
}

TEST_CASE("changes that go through a link are undone where they happened",
          "[actors][M009]") {
  scene s;
  auto& real = s.machine->files();
  test::write_file(s.path("target"), "x");
  REQUIRE(
    real.set_times(s.path("target"), {}, file_time{1'000'000'000}, false));
  REQUIRE(real.make_symlink("target", s.path("link")));
  auto before = s.snapshot();
  REQUIRE(s.files.set_owner(s.path("link"), ::geteuid(), ::getegid(), true));
  REQUIRE(s.files.set_times(s.path("link"), {}, file_time{5}, true));
  CHECK(s.snapshot() != before);
  for (auto& step : s.undo())
    CHECK_FALSE(step.failed);
  CHECK(s.snapshot() == before);
}

TEST_CASE("undo says what it cannot do and goes on", "[actors][M009]") {
  scene s;
  test::write_file(s.path("large"), "0123456789");
  s.store.copy_limit = 4;
  REQUIRE(
    s.files.replace(s.path("large"), "new", {.in_place_if_needed = true}));
  REQUIRE(s.files.make_directory(s.path("folder"), 0755));
  test::write_file(s.path("folder/of_someone_else"), "x");
  REQUIRE(s.files.replace(s.path("good"), "x", {}));
  auto steps = s.undo();
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].what == "removed");
  CHECK(steps[1].failed);
  CHECK_THAT(steps[1].what, Catch::Contains("not empty")
                              && Catch::Contains("'of_someone_else' is in it"));
  CHECK(steps[2].failed);
  CHECK_THAT(steps[2].what, Catch::Contains("10 bytes was too large"));
  CHECK(test::read_file(s.path("folder/of_someone_else")) == "x");
}

TEST_CASE("undo in check mode touches nothing", "[actors][M009][M021]") {
  scene s;
  test::write_file(s.path("a"), "old");
  REQUIRE(s.files.replace(s.path("a"), "new", {}));
  REQUIRE(s.files.replace(s.path("b"), "new", {}));
  auto before = s.snapshot();
  auto steps = s.undo({.check_mode = true});
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].what == "to be removed");
  CHECK(steps[1].what == "to be restored");
  CHECK(s.snapshot() == before);
}
