#include "actors/state/state_directory.hpp"

#include "actors/past_choice.hpp"
#include "platform/simulated/simulated_host.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

using namespace troupe;

TEST_CASE("a run is meant by its id, a beginning of it, or as the last",
          "[actors][state_directory][M010]") {
  simulated_host machine;
  auto none = find_run(machine, "/state", "last");
  REQUIRE_FALSE(none);
  CHECK_THAT(none.why().message, Catch::Contains("no runs in '/state'"));
  for (auto* run : {"20260101T0-aa", "20260101T0-aabb", "20260102T0-cc"})
    machine.disk.put(std::string{"/state/runs/"} + run + "/journal", "");
  auto [named, meant] = GENERATE(table<std::string, std::string>({
    {"last", "20260102T0-cc"},
    {"20260102", "20260102T0-cc"},
    {"20260101T0-aa", "20260101T0-aa"},
    {"20260101T0-aab", "20260101T0-aabb"},
    {"20260101", ""},
    {"nope", ""},
    {"", ""},
    {"../x", ""},
  }));
  INFO(named);
  auto found = find_run(machine, "/state", named);
  CHECK((found ? *found : "") == meant);
  if (!found)
    CHECK(found.why().code == errc::not_found);
}

TEST_CASE("what killed runs left beside files is cleared, whoever was killed",
          "[actors][state_directory][M010]") {
  test::temp_dir dir;
  auto machine = make_real_host();
  auto state = dir / "state";
  auto gone = [] {
    auto child = ::fork();
    if (child == 0)
      ::_exit(0);
    ::waitpid(child, nullptr, 0);
    return child;
  };
  auto first = gone();
  auto second = gone();
  {
    auto opened = state_directory::open(*machine, state, "test", false);
    REQUIRE(opened);
    for (auto* run : {"20260101T0-aa", "20260102T0-bb"}) {
      auto log = (*opened)->create_run({.run = run}, false);
      REQUIRE(log);
      undo_entry changing;
      changing.path = dir / fmt::format("{}/f", run);
      REQUIRE((*log)->changing(changing));
    }
  }
  std::vector<std::string> left;
  for (auto* run : {"20260101T0-aa", "20260102T0-bb"}) {
    REQUIRE(::mkdir((dir / run).c_str(), 0755) == 0);
    for (auto owner : {first, second, ::getppid()}) {
      left.push_back(
        fmt::format("{}/{}x", dir / run, replacement_prefix(owner)));
      test::write_file(left.back(), "");
    }
  }
  test::write_file(state + "/lock", fmt::format("{} p", second));
  REQUIRE(state_directory::open(*machine, state, "test", false));
  for (size_t i = 0; i < left.size(); ++i) {
    INFO(left[i]);
    CHECK(std::filesystem::exists(left[i]) == (i % 3 == 2));
  }
}

TEST_CASE("runs that changed nothing do not drive out those that did",
          "[actors][state_directory][M010]") {
  test::temp_dir dir;
  auto machine = make_real_host();
  auto state = state_directory::open(*machine, dir / "state", "test", false);
  REQUIRE(state);
  auto run = [&](char name, bool idle) {
    auto id = std::string{"20260101T0-"} + name;
    auto log = (*state)->create_run({.run = id}, false);
    REQUIRE(log);
    REQUIRE((*log)->ended({}));
    (*state)->note_ended_well(id, !idle);
  };
  for (char name = 'a'; name < 'd'; ++name)
    run(name, false);
  for (char name = 'd'; name < 'h'; ++name)
    run(name, true);
  auto left = [&] {
    std::string out;
    for (auto& each : list_runs(*machine, dir / "state"))
      out += each.back();
    return out;
  };
  (*state)->remove_old_runs("", 3, 100);
  CHECK(left() == "abcefg");
  (*state)->remove_old_runs("", 2, 100);
  CHECK(left() == "bcfg");
  // Single tasks count for themselves too.
  for (char name = 'i'; name < 'm'; ++name) {
    run(name, false);
    (*state)->note_single(std::string{"20260101T0-"} + name);
  }
  (*state)->remove_old_runs("", 2, 100);
  CHECK(left() == "bcfgkl");
}

TEST_CASE(
  "old runs are removed by what is noted of them, without their journals",
  "[actors][state_directory][M010]") {
  test::temp_dir dir;
  auto machine = make_real_host();
  auto path = dir / "state";
  auto state = state_directory::open(*machine, path, "test", false);
  REQUIRE(state);
  for (auto* id : {"20260101T0-a", "20260102T0-b", "20260103T0-c"})
    REQUIRE((*state)->create_run({.run = id}, false));
  (*state)->note_ended_well("20260102T0-b", true);
  // Nothing can be read from it.
  test::write_file((*state)->run_folder("20260102T0-b") + "/journal", "?");
  // Of the first nobody knows that it ended well.
  (*state)->remove_old_runs("", 1, 3);
  CHECK(list_runs(*machine, path)
        == std::vector<std::string>{"20260101T0-a", "20260103T0-c"});
  (*state)->remove_old_runs("", 1, 1);
  CHECK(list_runs(*machine, path) == std::vector<std::string>{"20260103T0-c"});
}

TEST_CASE("the run that goes on is not removed, however old it is",
          "[actors][state_directory][M016]") {
  test::temp_dir dir;
  auto machine = make_real_host();
  auto state = state_directory::open(*machine, dir / "state", "test", false);
  REQUIRE(state);
  for (auto* id : {"20260101T0-a", "20260102T0-b", "20260103T0-c"})
    REQUIRE((*state)->create_run({.run = id}, false));
  (*state)->remove_old_runs("20260101T0-a", 1, 1);
  CHECK(list_runs(*machine, dir / "state")
        == std::vector<std::string>{"20260101T0-a", "20260103T0-c"});
}

TEST_CASE("a folder of a run to which others may write is not gone on with",
          "[actors][state_directory][M016]") {
  test::temp_dir dir;
  auto machine = make_real_host();
  auto state = state_directory::open(*machine, dir / "state", "test", false);
  REQUIRE(state);
  REQUIRE((*state)->create_run({.run = "r"}, false));
  auto folder = (*state)->run_folder("r");
  CHECK(check_run_folder(*machine, folder));
  for (auto& each : {folder, folder + "/undo"}) {
    REQUIRE(::chmod(each.c_str(), 0770) == 0);
    auto refused = check_run_folder(*machine, folder);
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::permission_denied);
    CHECK_THAT(refused.why().message, Catch::Contains("'" + each + "'"));
    CHECK_FALSE((*state)->create_run({.run = "r"}, false));
    REQUIRE(::chmod(each.c_str(), 0700) == 0);
  }
  CHECK_FALSE(check_run_folder(*machine, (*state)->run_folder("none")));
}

TEST_CASE("a run that is half undone is not removed for newer ones",
          "[actors][state_directory][M009]") {
  test::temp_dir dir;
  auto machine = make_real_host();
  auto path = dir / "state";
  auto state = state_directory::open(*machine, path, "test", false);
  REQUIRE(state);
  for (auto* id : {"20260101T0-a", "20260102T0-b", "20260103T0-c"}) {
    auto log = (*state)->create_run({.run = id}, false);
    REQUIRE(log);
    REQUIRE((*log)->ended({}));
    (*state)->note_ended_well(id, true);
  }
  REQUIRE(begin_undo(*machine, path, "20260101T0-a"));
  (*state)->remove_old_runs("", 1, 100);
  CHECK(list_runs(*machine, path)
        == std::vector<std::string>{"20260101T0-a", "20260103T0-c"});
  REQUIRE(end_undo(*machine, path, "20260101T0-a"));
  (*state)->remove_old_runs("", 1, 100);
  CHECK(list_runs(*machine, path) == std::vector<std::string>{"20260103T0-c"});
}

TEST_CASE("what was left beside files of a run's hosts is cleared, not through "
          "links",
          "[actors][state_directory][M010][M143]") {
  test::temp_dir dir;
  auto machine = make_real_host();
  auto state = dir / "state";
  auto gone = ::fork();
  if (gone == 0)
    ::_exit(0);
  ::waitpid(gone, nullptr, 0);
  auto copy = fmt::format("/{}x", replacement_prefix(gone));
  for (auto* each : {"/web", "/outside"})
    REQUIRE(::mkdir((dir.path() + each).c_str(), 0755) == 0);
  {
    auto opened = state_directory::open(*machine, state, "test", false);
    REQUIRE(opened);
    REQUIRE((*opened)->create_run({.run = "r"}, false));
    auto log = (*opened)->create_in((*opened)->run_folder("r") + "/hosts/web1",
                                    {.run = "r"}, false);
    REQUIRE(log);
    for (auto* each : {"/web/f", "/swapped/f"}) {
      undo_entry changing;
      changing.path = dir.path() + each;
      REQUIRE((*log)->changing(changing));
    }
  }
  REQUIRE(::symlink((dir / "outside").c_str(), (dir / "swapped").c_str()) == 0);
  auto kept = state + "/runs/r/hosts/web1/undo" + copy;
  for (auto& each : {dir / "web" + copy, dir / "outside" + copy, kept})
    test::write_file(each, "");
  test::write_file(state + "/lock", fmt::format("{} p", gone));
  REQUIRE(state_directory::open(*machine, state, "test", false));
  CHECK_FALSE(std::filesystem::exists(dir / "web" + copy));
  CHECK_FALSE(std::filesystem::exists(kept));
  CHECK(std::filesystem::exists(dir / "outside" + copy));
}

TEST_CASE("a run is taken back when a rollback on one of its hosts has ended",
          "[actors][state_directory][M009][M143]") {
  test::temp_dir dir;
  auto machine = make_real_host();
  auto path = dir / "state";
  auto state = state_directory::open(*machine, path, "test", false);
  REQUIRE(state);
  auto log = (*state)->create_run({.run = "r"}, false);
  REQUIRE(log);
  auto host = (*state)->create_in((*state)->run_folder("r") + "/hosts/web1",
                                  {.run = "r"}, false);
  REQUIRE(host);
  REQUIRE((*host)->started({.task = "rollback:a"}));
  auto is_back
    = [&] { return taken_back(*machine, path, **look_at_run(path, "r")); };
  CHECK_FALSE(is_back());
  CHECK(has_rolled_back(*machine, path, **look_at_run(path, "r")));
  SECTION("as the run says") {
    REQUIRE((*log)->ended({.failed = true, .rolled_back = true}));
    CHECK(is_back());
  }
  SECTION("not when it was cut off") {
    REQUIRE((*log)->ended({.failed = true, .rolled_back = false}));
    CHECK_FALSE(is_back());
  }
  SECTION("as an older version has not said") {
    REQUIRE((*log)->ended({.failed = true}));
    CHECK(is_back());
  }
}

TEST_CASE("a run is not gone on with whose undo began after it was chosen",
          "[actors][state_directory][M009][M016]") {
  test::temp_dir dir;
  auto machine = make_real_host();
  auto path = dir / "state";
  auto state = state_directory::open(*machine, path, "test", false);
  REQUIRE(state);
  REQUIRE((*state)->create_run({.run = "r", .plan_hash = "h"}, false));
  run_request request;
  request.state = *state;
  request.resume_run = "r";
  plan now;
  REQUIRE(past_of(request, {"h"}, now, *machine));
  REQUIRE(begin_undo(*machine, path, "r"));
  auto refused = past_of(request, {"h"}, now, *machine);
  REQUIRE_FALSE(refused);
  CHECK(refused.why().code == errc::invalid_argument);
  CHECK_THAT(refused.why().message,
             Catch::Contains("troupe undo r --state-dir " + path));
  REQUIRE(end_undo(*machine, path, "r"));
  refused = past_of(request, {"h"}, now, *machine);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.why().message, Catch::Contains("was taken back"));
}

TEST_CASE("a run that was killed before its first record is none",
          "[actors][state_directory][M010][M016]") {
  test::temp_dir dir;
  auto machine = make_real_host();
  auto path = dir / "state";
  auto state = state_directory::open(*machine, path, "test", false);
  REQUIRE(state);
  REQUIRE((*state)->create_run({.run = "20260101T0-a"}, false));
  for (auto* id : {"20260102T0-b", "20260103T0-c"}) {
    auto folder = (*state)->run_folder(id);
    std::filesystem::create_directories(folder + "/undo");
    REQUIRE(::chmod(folder.c_str(), 0700) == 0);
    test::write_file(folder + "/journal.new", "troupe lo");
  }
  auto last = find_run(*machine, path, "last");
  REQUIRE(last);
  CHECK(*last == "20260101T0-a");
  // What lies there is in nobody's way.
  REQUIRE((*state)->create_run({.run = "20260102T0-b"}, false));
  CHECK(look_at_run(path, "20260102T0-b"));
  (*state)->remove_old_runs("");
  CHECK_FALSE(std::filesystem::exists((*state)->run_folder("20260103T0-c")));
  // Nor is one that is there taken for such.
  CHECK_FALSE((*state)->create_run({.run = "20260101T0-a"}, false));
  CHECK(list_runs(*machine, path)
        == std::vector<std::string>{"20260101T0-a", "20260102T0-b"});
}
