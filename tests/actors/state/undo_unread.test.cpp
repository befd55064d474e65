#include "tests/actors/state/undo_scene.hpp"

#include <sys/xattr.h>

#include <cstring>

// Changes of paths that nobody may read.

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr const char* unread_word = "t0kenNoLog88";

/// A folder whose changes are recorded as those of a task under `no_log`, and
/// as those of a run with a secret.
class unread_scene : public careful_scene {
public:
  unread_scene() {
    REQUIRE(::mkdir((dir / "sealed").c_str(), 0700) == 0);
    auto log = record_log::create(dir / "sealed/journal");
    REQUIRE(log);
    store.log = std::make_shared<journal>(
      std::move(*log), false, machine->clock(),
      std::make_shared<run_key>(dir / "sealed/key"));
    REQUIRE(store.log->begin({.run = "r"}));
  }

  std::vector<undo_entry> changes(bool to_undo = true) const {
    auto past = to_undo ? run_past::look_to_undo(dir / "sealed/journal")
                        : run_past::look_at(dir / "sealed/journal");
    REQUIRE(past);
    return (*past)->changes();
  }

  std::vector<undo_step> undo_sealed(const undo_terms& terms = {}) {
    noted = changes();
    auto all = terms;
    all.folder = store.folder;
    return undo_changes(noted, *machine, all);
  }

  bool is_unread(const std::vector<undo_step>& steps) const {
    auto all = read_file(dir / "sealed/journal");
    for (auto& each : steps)
      all += each.path + each.what + each.diff;
    return all.find(unread_word) == std::string::npos;
  }

  std::string word = unread_word;
  recording_host hidden{*machine, store, "hid", "", true};
  std::vector<undo_entry> noted;
};

void change_unread(unread_scene& s, file_system& files) {
  write_file(s.path("old-" + s.word), "old");
  auto folder = s.path("d-" + s.word);
  REQUIRE(files.make_directory(folder, 0755));
  REQUIRE(files.replace(folder + "/a", "new", {}));
  REQUIRE(files.make_symlink("/x/" + s.word, s.path("link")));
  REQUIRE(files.make_hard_link(folder + "/a", s.path("hard-" + s.word)));
  REQUIRE(files.remove(s.path("old-" + s.word)));
}

} // namespace

TEST_CASE("paths that nobody may read are sealed and put back",
          "[actors][undo][M009][M092]") {
  unread_scene s;
  auto no_log = GENERATE(true, false);
  CAPTURE(no_log);
  if (!no_log)
    s.store.secrets
      = std::make_shared<redactor>(std::vector<std::string>{s.word});
  change_unread(s, no_log ? s.hidden.files() : s.files);
  REQUIRE(s.changes().size() == 5);
  for (auto& each : s.changes(false)) {
    CHECK(is_sealed(each));
    CHECK(each.path.empty());
  }
  // What is kept is nobody's waste, whoever can read what it is of.
  s.store.go_on_after(s.changes(false), s.real);
  CHECK(s.real.list(s.store.folder)->size() == 1);
  auto check = s.undo_sealed({.check_mode = true});
  CHECK(failures_in(check) == 0);
  CHECK(s.is_unread(check));
  auto steps = s.undo_sealed();
  CHECK(failures_in(steps) == 0);
  CHECK(s.is_unread(steps));
  CHECK(steps.front().path
        == (no_log ? "(hidden by no_log)" : s.path("old-********")));
  CHECK(s.real.list(s.dir / "root")->size() == 1);
  CHECK(read_file(s.path("old-" + s.word)) == "old");
  auto again = s.undo_sealed();
  for (auto& each : again)
    CHECK(each.unchanged);
  CHECK(s.is_unread(again));
}

TEST_CASE("attributes that nobody may read are sealed, old ones and new ones",
          "[actors][undo][M009][M092]") {
  unread_scene s;
  auto at = s.path("a");
  write_file(at, "old");
  auto old = GENERATE(false, true);
  auto& word = s.word;
  auto* before = old ? word.c_str() : "other";
  if (::setxattr(at.c_str(), "user.k", before, std::strlen(before), 0) != 0)
    return;
  s.store.secrets = std::make_shared<redactor>(std::vector<std::string>{word});
  auto look = s.status(at);
  REQUIRE(s.files.dress(at, look,
                        {.mode = look.mode,
                         .uid = look.uid,
                         .gid = look.gid,
                         .attributes = {{{"user.k", old ? "other" : word}}}}));
  REQUIRE(s.changes(false).size() == 1);
  CHECK(is_sealed(s.changes(false)[0]));
  auto steps = s.undo_sealed();
  CHECK(failures_in(steps) == 0);
  CHECK(s.is_unread(steps));
  CHECK(s.real.extended_attributes(at)->at(0).content == before);
}

TEST_CASE("an undo that fails names no path that nobody may read",
          "[actors][undo][M009][M092]") {
  unread_scene s;
  change_unread(s, s.hidden.files());
  write_file(s.path("d-" + s.word + "/" + s.word), "of another");
  write_file(s.path("d-" + s.word + "/a"), "edited");
  REQUIRE(s.real.remove(s.path("link")));
  write_file(s.path("link"), "edited");
  for (auto& terms : {undo_terms{.check_mode = true}, undo_terms{},
                      undo_terms{.force = true}}) {
    auto steps = s.undo_sealed(terms);
    CHECK(failures_in(steps) > 0);
    CHECK(s.is_unread(steps));
  }
}

TEST_CASE("what is sealed is left alone without its key",
          "[actors][undo][M009][M092]") {
  unread_scene s;
  change_unread(s, s.hidden.files());
  REQUIRE(s.real.remove(s.dir / "sealed/key"));
  auto steps = s.undo_sealed({.force = true});
  REQUIRE(steps.size() == 5);
  CHECK(failures_in(steps) == 5);
  CHECK(s.is_unread(steps));
  CHECK_THAT(steps[0].what, Catch::Contains("is sealed, and the key"));
  CHECK(s.exists(s.path("d-" + s.word + "/a")));
  CHECK_FALSE(s.exists(s.path("old-" + s.word)));
}
