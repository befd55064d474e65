#include "actors/state/state_directory.hpp"

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
    if (idle)
      (*state)->note_idle(id);
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
