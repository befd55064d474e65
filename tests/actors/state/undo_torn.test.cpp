#include "actors/state/undo_torn.hpp"

#include "tests/actors/state/undo_scene.hpp"

using namespace troupe;
using test::careful_scene;
using test::failures_in;
using test::read_file;
using test::write_file;

namespace {

/// A file that was written where it is, twice: "oldest", "between", "newest".
struct torn_file : careful_scene {
  torn_file() {
    write_file(file, "oldest");
    was = status(file);
    change("between");
    change("newest");
  }

  /// As `recording_files` does where a file cannot be replaced.
  void change(const std::string& next) {
    auto now = status(file);
    undo_entry entry{.task = "t", .path = file, .kind = "file"};
    entry.mode = now.mode;
    entry.uid = now.uid;
    entry.gid = now.gid;
    entry.modified = now.modified_at;
    entry.was = {now.inode, now.device, now.born_at};
    entry.kept.name = store.unused_name(real);
    entry.whole = entry.in_place = true;
    entry.after = {.kind = "file", .digest = *digest_of(next, "sha256")};
    write_file(store.folder + "/" + entry.kept.name, read_file(file));
    REQUIRE(store.log->changing(entry));
    write_file(file, next);
    REQUIRE(status(file).inode == was.inode);
  }

  std::string kept(const char* number) const {
    return store.folder + "/" + number;
  }

  std::string file = path("file");
  file_status was;
};

} // namespace

TEST_CASE("what an undo was writing in place when it was killed is its own",
          "[actors][undo][M009]") {
  torn_file s;
  SECTION("the newest change of it") {
    REQUIRE(
      note_in_place(s.real, s.kept("1"), in_place_writer::undo, s.was, 7));
    write_file(s.file, "betest");
  }
  SECTION("an older one") {
    // All newer ones are undone.
    REQUIRE(
      note_in_place(s.real, s.kept("0"), in_place_writer::undo, s.was, 6));
    write_file(s.file, "oldeen");
  }
  CHECK(failures_in(s.undo({.check_mode = true})) == 0);
  auto force = GENERATE(false, true);
  CHECK(failures_in(s.undo({.force = force})) == 0);
  CHECK(read_file(s.file) == "oldest");
  CHECK_FALSE(s.exists(s.file + ".undone-0~"));
  CHECK(s.real.list(s.store.folder)->size() == 2);
}

TEST_CASE("what a run was writing in place when it was killed is its own",
          "[actors][undo][M009]") {
  torn_file s;
  SECTION("the last that it did") {
    REQUIRE(note_in_place(s.real, s.kept("1"), in_place_writer::run, s.was, 6));
    write_file(s.file, "newben");
    CHECK(failures_in(s.undo()) == 0);
    CHECK(read_file(s.file) == "oldest");
  }
  SECTION("it went on, and somebody has edited the file since") {
    REQUIRE(note_in_place(s.real, s.kept("0"), in_place_writer::run, s.was, 6));
    write_file(s.file, "edited");
    CHECK(failures_in(s.undo()) == 2);
    CHECK(read_file(s.file) == "edited");
  }
}

TEST_CASE("what cannot have been left half written is somebody's",
          "[actors][undo][M009]") {
  torn_file s;
  REQUIRE(note_in_place(s.real, s.kept("1"), in_place_writer::undo, s.was, 7));
  SECTION("it is too long") {
    write_file(s.file, "edited since");
  }
  SECTION("it is too short") {
    write_file(s.file, "mine");
  }
  SECTION("it is another file") {
    write_file(s.path("other"), "mine!!");
    REQUIRE(s.real.rename(s.path("other"), s.file));
  }
  auto mine = read_file(s.file);
  CHECK(failures_in(s.undo()) == 2);
  CHECK(read_file(s.file) == mine);
}

TEST_CASE("a note that means nothing is none", "[actors][undo][M009]") {
  torn_file s;
  auto text
    = GENERATE(as<std::string>{}, "", "undo", "undo 1 2 3 4", "undo 1 2 3 x\n",
               "run -1 2 3 4\n", "undo 1 2 3 99999999999999999999999\n");
  write_file(s.kept("1") + ".in-place", text);
  for (auto who : {in_place_writer::undo, in_place_writer::run})
    CHECK_FALSE(is_torn(s.real, s.kept("1"), who, s.was));
  CHECK(kept_name_of("1.in-place") == "1");
  CHECK(kept_name_of("1") == "1");
}

TEST_CASE("a write in place that has ended leaves no note",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("file"), "old");
  REQUIRE(s.files.replace(s.path("file"), "new", {.in_place_if_needed = true}));
  CHECK(*s.real.list(s.store.folder) == std::vector<std::string>{"0"});
  // One that was killed keeps it for the undo, also when the run goes on.
  write_file(s.store.folder + "/0.in-place", "run 1 2 3 4\n");
  write_file(s.store.folder + "/7.in-place", "run 1 2 3 4\n");
  s.store.go_on_after((*run_past::look_at(s.dir / "journal"))->changes(),
                      s.real);
  CHECK(*s.real.list(s.store.folder)
        == std::vector<std::string>{"0", "0.in-place"});
}
