#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <ctime>
#include <filesystem>
#include <string>

using namespace troupe;

namespace {

namespace fs = std::filesystem;

/// A plan with one of each kind of file, packed with this build's engine.
struct packed_plan {
  test::temp_dir dir;

  packed_plan() {
    test::write_file(dir / "p/site.json", R"({"name": "packed",
      "vars": {"out": ")" + (dir / "out") + R"("},
      "tasks": [
      {"id": "a", "file": {"path": "{{ out }}", "state": "directory"}},
      {"id": "b", "template": {"src": "t.j2", "dest": "{{ out }}/t"}},
      {"id": "c", "copy": {"src": "f", "dest": "{{ out }}/f"}},
      {"id": "d", "greet": {"name": "world"}, "register": "said"},
      {"id": "e", "debug": {"msg": "{{ said.msg }}"}}]})");
    test::write_file(dir / "p/templates/t.j2", "{{ word }}\n");
    test::write_file(dir / "p/files/f", std::string{"a\0b'\"#$", 7});
    test::write_file(dir / "p/library/greet",
                     "#!/bin/sh\necho '{\"msg\": \"hello\"}'\n");
  }

  test::finished
  pack(std::vector<std::string> more = {},
       std::vector<std::pair<std::string, std::string>> environment = {}) {
    std::vector<std::string> arguments{
      "pack", dir / "p/site.json", "-o", dir / "runner", "-e", "word=packed"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return test::run_troupe(arguments, std::move(environment));
  }

  /// Packs while its clock stands in 2019.
  test::finished pack_in_2019(std::vector<std::string> more) {
    auto past = 1'550'000'000 - std::time(nullptr);
    test::write_file(dir / "clock", std::to_string(past));
    return pack(std::move(more),
                {{"LD_PRELOAD", test::built_path("tests/libshifted_clock.so")},
                 {"ASAN_OPTIONS", "verify_asan_link_order=0"},
                 {"SHIFTED_CLOCK", dir / "clock"}});
  }

  test::finished run(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.end(), {"--state-dir", dir / "state"});
    return test::run_program(dir / "runner", arguments);
  }

  /// Packs and moves the sources away, so that only the runner has them.
  void pack_away() {
    auto made = pack();
    INFO(made.err);
    REQUIRE(made.rc == 0);
    fs::rename(dir / "p", dir / "gone");
  }

  /// Names in the state folder that belong to a run's temporary files.
  size_t leftovers() {
    size_t count = 0;
    for (auto& each : fs::recursive_directory_iterator{dir / "state"})
      count += each.path().extension() == ".tmp" ? 1 : 0;
    return count;
  }
};

} // namespace

TEST_CASE("a packed plan runs with all its files",
          "[e2e][payload][M090][M051]") {
  packed_plan at;
  at.pack_away();
  auto ran = at.run();
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK(test::read_file(at.dir / "out/t") == "packed\n");
  CHECK(test::read_file(at.dir / "out/f") == std::string{"a\0b'\"#$", 7});
  CHECK_THAT(ran.out, Catch::Contains("hello"));
  CHECK(at.leftovers() == 0);
  CHECK(fs::exists(at.dir / "runner"));
  SECTION("options of a run are the runner's") {
    auto quiet = at.run({"--check", "--output", "ndjson", "-e", "word=other"});
    CHECK(quiet.rc == 0);
    CHECK_THAT(quiet.out, Catch::StartsWith("{"));
    CHECK(test::read_file(at.dir / "out/t") == "packed\n");
    CHECK(at.run({"-e", "word=other", "-q"}).rc == 0);
    CHECK(test::read_file(at.dir / "out/t") == "other\n");
  }
}

TEST_CASE("a runner says what is in it without running it",
          "[e2e][payload][M091]") {
  packed_plan at;
  at.pack_away();
  auto info = at.run({"--info"});
  CHECK(info.rc == 0);
  for (auto* words : {"site", "plan/site.json", "4 files", "signature  none",
                      "variable   word"})
    CHECK_THAT(info.out, Catch::Contains(words));
  CHECK(info.out.find("packed\n") == std::string::npos);
  auto list = at.run({"--list"});
  for (auto* name : {"plan/site.json", "plan/templates/t.j2", "plan/files/f",
                     "plan/library/greet"})
    CHECK_THAT(list.out, Catch::Contains(name));
  CHECK(at.run({"--verify"}).rc == 0);
  CHECK(at.run({"--extract", at.dir / "x"}).rc == 0);
  CHECK(test::read_file(at.dir / "x/plan/templates/t.j2") == "{{ word }}\n");
  CHECK(at.run({"--extract", at.dir / "x"}).rc == 64);
  CHECK(at.run({"--version"}).out.starts_with("troupe-runner "));
  CHECK(at.run({"--info", "--list"}).rc == 64);
  CHECK_FALSE(fs::exists(at.dir / "out"));
}

TEST_CASE("an altered runner says so and runs nothing",
          "[e2e][payload][M091]") {
  packed_plan at;
  at.pack_away();
  auto whole = test::read_file(at.dir / "runner");
  auto damage = GENERATE(0, 1, 2, 3);
  auto broken = whole;
  if (damage == 0)
    broken[whole.rfind("plan/site.json")] ^= 1;
  else if (damage == 1)
    broken.resize(whole.size() - 1);
  else if (damage == 2)
    broken.resize(whole.size() - 600);
  else
    broken += "x";
  test::write_file(at.dir / "runner", broken);
  auto ran = at.run();
  CHECK(ran.rc == 4);
  CHECK(ran.out.empty());
  CHECK_THAT(ran.err, Catch::Contains("damaged or was altered")
                        && Catch::EndsWith("nothing was run\n"));
  CHECK_FALSE(fs::exists(at.dir / "out"));
  CHECK_FALSE(fs::exists(at.dir / "state"));
}

TEST_CASE("the bare engine says that it has no plan", "[e2e][payload][M091]") {
  auto ran = test::run_program(test::built_path("troupe-runner"), {});
  CHECK(ran.rc == 4);
  CHECK_THAT(ran.err, Catch::Contains("carries no plan"));
}

TEST_CASE("pack refuses what it cannot find", "[e2e][payload][M090]") {
  packed_plan at;
  fs::remove(at.dir / "p/files/f");
  auto made = at.pack();
  CHECK(made.rc == 4);
  CHECK_THAT(made.err,
             Catch::Contains("(c)") && Catch::Contains("'f' was not found"));
  CHECK_FALSE(fs::exists(at.dir / "runner"));
  CHECK(test::run_troupe({"pack", "-", "-o", at.dir / "runner"}).rc == 64);
}

TEST_CASE("pack is reproducible and takes other files along",
          "[e2e][payload][M090]") {
  packed_plan at;
  test::write_file(at.dir / "extra/deep/e", "extra");
  std::vector<std::string> more{"--with", at.dir / "extra", "--name", "other"};
  REQUIRE(at.pack(more).rc == 0);
  auto first = test::read_file(at.dir / "runner");
  REQUIRE(at.pack(more).rc == 0);
  CHECK(test::read_file(at.dir / "runner") == first);
  CHECK_THAT(at.run({"--list"}).out, Catch::Contains("plan/extra/deep/e"));
  CHECK_THAT(at.run({"--info"}).out, Catch::Contains("other"));
}

TEST_CASE("files that lie above the plan keep their place",
          "[e2e][payload][M090]") {
  test::temp_dir dir;
  test::write_file(dir / "a/b/p.json", R"({"tasks": [{"copy": {
    "src": "../../shared/f", "dest": ")" + (dir / "f")
                                         + R"("}}]})");
  test::write_file(dir / "a/shared/f", "wrong");
  test::write_file(dir / "shared/f", "right");
  REQUIRE(test::run_troupe({"pack", dir / "a/b/p.json", "-o", dir / "r"}).rc
          == 0);
  fs::remove_all(dir / "a");
  fs::remove_all(dir / "shared");
  auto ran = test::run_program(dir / "r", {"--state-dir", dir / "state"});
  INFO(ran.err << ran.out);
  CHECK(ran.rc == 0);
  CHECK(test::read_file(dir / "f") == "right");
}

TEST_CASE("settings of the payload stand above the plan's",
          "[e2e][payload][M100]") {
  packed_plan at;
  test::write_file(at.dir / "c.yaml", "check_mode: true\n");
  REQUIRE(at.pack({"--config", at.dir / "c.yaml"}).rc == 0);
  fs::create_directory(at.dir / "out");
  auto ran = at.run();
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK(fs::is_empty(at.dir / "out"));
  CHECK_THAT(at.run({"--info"}).out, Catch::Contains("check_mode = true"));
}

TEST_CASE("a runner removes itself only when asked, and only on success",
          "[e2e][payload][M017]") {
  packed_plan at;
  test::write_file(at.dir / "c.json", R"({"cleanup_on_completion": true})");
  REQUIRE(at.pack({"--config", at.dir / "c.json"}).rc == 0);
  SECTION("not when the run fails") {
    test::write_file(at.dir / "out", "in the way");
    CHECK(at.run().rc == 2);
    CHECK(fs::exists(at.dir / "runner"));
  }
  SECTION("when it ends well") {
    CHECK(at.run().rc == 0);
    CHECK_FALSE(fs::exists(at.dir / "runner"));
  }
  CHECK(at.leftovers() == 0);
}

TEST_CASE("a signed runner is trusted by its key", "[e2e][payload][M091]") {
  packed_plan at;
  for (auto* name : {"mine", "other"})
    REQUIRE(test::run_troupe({"key", "new", at.dir / name}).rc == 0);
  CHECK(fs::status(at.dir / "mine.key").permissions()
        == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(test::run_troupe({"key", "new", at.dir / "mine"}).rc == 64);
  REQUIRE(at.pack({"--sign", at.dir / "mine.key"}).rc == 0);
  CHECK(at.run({"--info", "--trust", at.dir / "mine.pub"}).rc == 0);
  auto refused = at.run({"--trust", at.dir / "other.pub"});
  CHECK(refused.rc == 4);
  CHECK_THAT(refused.err, Catch::Contains("not trusted"));
  CHECK_FALSE(fs::exists(at.dir / "out"));
  std::vector<std::string> until_2020{"--sign", at.dir / "mine.key",
                                      "--expires", "2020-01-01"};
  CHECK(at.pack(until_2020).rc == 64);
  REQUIRE(at.pack_in_2019(until_2020).rc == 0);
  auto late = at.run({"--trust", at.dir / "mine.pub"});
  CHECK(late.rc == 4);
  CHECK_THAT(late.err, Catch::Contains("expired at 2020-01-01T23:59:59Z"));
  REQUIRE(at.pack().rc == 0);
  auto unsigned_one = at.run({"--trust", at.dir / "mine.pub"});
  CHECK(unsigned_one.rc == 4);
  CHECK_THAT(unsigned_one.err, Catch::Contains("not signed"));
  CHECK(at.pack({"--sign", at.dir / "mine.pub"}).rc != 0);
  CHECK(at.pack({"--expires", "2020-01-01"}).rc == 64);
  CHECK(at.pack({"--sign", at.dir / "mine.key", "--expires", "soon"}).rc == 64);
}

TEST_CASE("a failed runner goes on where it stopped", "[e2e][payload][M016]") {
  packed_plan at;
  at.pack_away();
  test::write_file(at.dir / "out", "in the way");
  auto failed = at.run();
  CHECK(failed.rc == 2);
  CHECK_THAT(failed.err, Catch::Contains(at.dir / "runner --resume"));
  fs::remove(at.dir / "out");
  auto again = at.run({"--resume", "--rerun-failed", "--output", "ndjson"});
  INFO(again.out << again.err);
  CHECK(again.rc == 0);
  CHECK(test::read_file(at.dir / "out/t") == "packed\n");
}

TEST_CASE("what a killed runner leaves, the next one clears",
          "[e2e][payload][M017]") {
  packed_plan at;
  at.pack_away();
  // The number of no process.
  test::write_file(at.dir / "state/tmp/troupe-4194304-payload.tmp/plan/x", "x");
  CHECK(at.run().rc == 0);
  CHECK(at.leftovers() == 0);
}
