#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <elf.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>

using namespace troupe;

namespace {

namespace fs = std::filesystem;

constexpr size_t machine_at = offsetof(Elf64_Ehdr, e_machine);

/// An installed troupe with engines for this machine and for another one. The
/// latter is this machine's with another number in its header: packing reads
/// no more of it.
struct installed {
  test::temp_dir dir;
  std::string own = "x86_64";
  std::string foreign = "arm64";
  std::string foreign_header{static_cast<char>(EM_AARCH64), '\0'};

  installed() {
    test::write_file(dir / "p.json",
                     R"({"tasks": [{"debug": {"msg": "hi"}}]})");
    auto engine = test::read_file(test::built_path("troupe-runner"));
    if (engine[machine_at] == foreign_header[0]) {
      std::swap(own, foreign);
      foreign_header[0] = EM_X86_64;
    }
    fs::create_directory(dir / "bin");
    fs::copy(test::built_path("troupe"), dir / "bin/troupe");
    test::write_file(dir / "lib/troupe/troupe-runner", engine);
    engine.replace(machine_at, 2, foreign_header);
    test::write_file(dir / "lib/troupe/troupe-runner-" + foreign, engine);
  }

  test::finished pack(std::vector<std::string> more) {
    std::vector<std::string> arguments{"pack", dir / "p.json", "-o",
                                       dir / "runner"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return test::run_program(dir / "bin/troupe", arguments);
  }

  bool packed_foreign() {
    return test::read_file(dir / "runner").substr(machine_at, 2)
           == foreign_header;
  }
};

} // namespace

TEST_CASE("pack takes the engine of the architecture that was asked for",
          "[e2e][payload][M090]") {
  installed at;
  SECTION("this machine's") {
    auto made = at.pack({"--arch", at.own});
    INFO(made.err);
    CHECK(made.rc == 0);
    CHECK_FALSE(at.packed_foreign());
  }
  SECTION("another machine's") {
    auto made = at.pack({"--arch", at.foreign});
    INFO(made.err);
    CHECK(made.rc == 0);
    CHECK(at.packed_foreign());
  }
  SECTION("another machine's, by its path alone") {
    auto made = at.pack(
      {"--runner", at.dir / "lib/troupe/troupe-runner-" + at.foreign});
    INFO(made.err);
    CHECK(made.rc == 0);
    CHECK(at.packed_foreign());
  }
}

TEST_CASE("pack refuses an engine of another architecture than asked for",
          "[e2e][payload][M090]") {
  installed at;
  auto engine = at.dir / "lib/troupe/troupe-runner";
  SECTION("when it was named") {
    auto made = at.pack({"--runner", engine, "--arch", at.foreign});
    CHECK(made.rc == 64);
    CHECK_THAT(made.err, Catch::Contains("not for " + at.foreign));
  }
  SECTION("when it has the wrong name") {
    fs::copy(engine, engine + "-" + at.foreign,
             fs::copy_options::overwrite_existing);
    auto made = at.pack({"--arch", at.foreign});
    CHECK(made.rc == 64);
    CHECK_THAT(made.err, Catch::Contains("not for " + at.foreign));
  }
  SECTION("when there is none") {
    fs::remove(engine + "-" + at.foreign);
    auto made = at.pack({"--arch", at.foreign});
    CHECK(made.rc == 64);
    CHECK_THAT(made.err, Catch::Contains("troupe-runner-" + at.foreign));
  }
  SECTION("when it is another program, as this one") {
    auto made = at.pack({"--runner", at.dir / "bin/troupe"});
    CHECK(made.rc == 64);
    CHECK_THAT(made.err,
               Catch::Contains("is no engine that a plan can be packed into"));
  }
  SECTION("when nobody knows it") {
    CHECK(at.pack({"--arch", "vax"}).rc == 64);
  }
  CHECK_FALSE(fs::exists(at.dir / "runner"));
}
