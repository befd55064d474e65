#include "tests/e2e/killed_run.hpp"

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include <filesystem>

using namespace troupe;
namespace fs = std::filesystem;

namespace {

/// What programs that this one has started and waited for have had of the
/// processor, in seconds.
double processor_time_of_children() {
  rusage used{};
  REQUIRE(::getrusage(RUSAGE_CHILDREN, &used) == 0);
  auto seconds = [](const timeval& x) {
    return static_cast<double>(x.tv_sec) + static_cast<double>(x.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

} // namespace

TEST_CASE("undo leaves a folder alone that somebody has made since",
          "[e2e][M009]") {
  test::killed_run r{R"({"file":{"path":"FOLDER/D","state":"absent"}})"};
  test::write_file(r.dir / "D/z", "old");
  fs::permissions(r.dir / "D", fs::perms{0755});
  REQUIRE(r.start().rc == 0);
  REQUIRE(fs::create_directory(r.dir / "D"));
  fs::permissions(r.dir / "D", fs::perms{0700});
  auto check = r.run({"undo", "last", "--check"});
  CHECK(check.rc == 2);
  CHECK_THAT(check.err, Catch::Contains("2 of 2 changes cannot be undone"));
  auto undone = r.run({"undo", "last"});
  CHECK(undone.rc == 2);
  CHECK_THAT(undone.out, Catch::Contains("something else is there")
                           && Catch::Contains("its folder"));
  CHECK(fs::status(r.dir / "D").permissions() == fs::perms{0700});
  CHECK(fs::is_empty(r.dir / "D"));
  auto forced = r.run({"undo", "last", "--force"});
  CHECK(forced.rc == 0);
  CHECK(r.lines("D/z") == "old");
  CHECK(fs::status(r.dir / "D").permissions() == fs::perms{0755});
  CHECK(fs::status(r.dir / "D.undone-0~").permissions() == fs::perms{0700});
}

TEST_CASE("undo puts a mode back that was changed since, when it is forced",
          "[e2e][M009]") {
  test::killed_run r{R"({"file":{"path":"FOLDER/m","mode":"0600"}})"};
  test::write_file(r.dir / "m", "x");
  fs::permissions(r.dir / "m", fs::perms{0644});
  REQUIRE(r.start().rc == 0);
  fs::permissions(r.dir / "m", fs::perms{0640});
  auto refused = r.run({"undo", "last"});
  CHECK(refused.rc == 2);
  CHECK_THAT(refused.out, Catch::Contains("--force puts back mode and owner"));
  CHECK(r.run({"undo", "last", "--force"}).rc == 0);
  CHECK(fs::status(r.dir / "m").permissions() == fs::perms{0644});
}

TEST_CASE("undo counts a name that becomes a file of its own in advance",
          "[e2e][M009][M021]") {
  test::killed_run r{R"({"file":{"path":"FOLDER/one","state":"absent"}})"};
  test::write_file(r.dir / "one", "shared");
  fs::create_hard_link(r.dir / "one", r.dir / "two");
  REQUIRE(r.start().rc == 0);
  auto check = r.run({"undo", "last", "--check"});
  auto undone = r.run({"undo", "last"});
  CHECK(check.rc == 2);
  CHECK(undone.rc == 2);
  CHECK_THAT(check.out, Catch::Contains("as a file of its own"));
  CHECK_THAT(check.err + check.out, Catch::Contains("0 changes would be"));
  CHECK_THAT(undone.out, Catch::Contains("as a file of its own"));
}

TEST_CASE("undo takes from a copy what another name of its file was given",
          "[e2e][M009]") {
  test::killed_run r{
    R"({"file":{"path":"FOLDER/new","src":"FOLDER/f","state":"hard",)"
    R"("mode":"0666"}},{"copy":{"dest":"FOLDER/f","content":"other"}})"};
  test::write_file(r.dir / "f", "mine");
  fs::permissions(r.dir / "f", fs::perms{0600});
  REQUIRE(r.start().rc == 0);
  CHECK(fs::status(r.dir / "f").permissions() == fs::perms{0666});
  CHECK(r.run({"undo", "last"}).rc == 0);
  CHECK(r.lines("f") == "mine");
  CHECK(fs::status(r.dir / "f").permissions() == fs::perms{0600});
  CHECK_FALSE(fs::exists(r.dir / "new"));
}

TEST_CASE("what failed for a file in the way of a folder keeps no undo of it",
          "[e2e][M009]") {
  test::killed_run r{
    R"({"lineinfile":{"path":"FOLDER/f","line":"more"}},)"
    R"({"copy":{"src":"FOLDER/tree/","dest":"FOLDER/f/"},"ignore_errors":true})"};
  test::write_file(r.dir / "f", "mine\n");
  fs::create_directory(r.dir / "tree");
  test::write_file(r.dir / "tree/a", "a");
  REQUIRE(r.start().rc == 0);
  auto check = r.run({"undo", "last", "--check"});
  CHECK(check.rc == 0);
  auto undone = r.run({"undo", "last"});
  CHECK(undone.rc == 0);
  CHECK(r.lines("f") == "mine\n");
}

TEST_CASE("a second undo of a run does nothing and says so",
          "[e2e][M009][M021]") {
  test::killed_run r{R"({"file":{"path":"FOLDER/D","state":"absent"}},
                        {"file":{"path":"FOLDER/D","state":"directory"}})"};
  test::write_file(r.dir / "D/z", "old");
  REQUIRE(r.start().rc == 0);
  REQUIRE(r.run({"undo", "last"}).rc == 0);
  auto again = r.run({"undo", "last"});
  CHECK(again.rc == 0);
  CHECK_THAT(again.err, Catch::Contains("there was nothing left to undo"));
  CHECK_THAT(again.out,
             !Catch::Contains("restored") && !Catch::Contains("removed"));
  auto check = r.run({"undo", "last", "--check"});
  CHECK(check.rc == 0);
  CHECK_THAT(check.err, Catch::Contains("0 changes would be undone"));
  CHECK(r.lines("D/z") == "old");
}

TEST_CASE("undo leaves an edit alone of a file whose mode was set last",
          "[e2e][M009][M021]") {
  test::killed_run r{R"({"copy":{"content":"k","dest":"FOLDER/p"}},
                        {"file":{"path":"FOLDER/p","mode":"0600"}})"};
  bool there = GENERATE(true, false);
  if (there)
    test::write_file(r.dir / "p", "P");
  REQUIRE(r.start().rc == 0);
  test::write_file(r.dir / "p", "k\nmine\n");
  for (bool check : {true, false}) {
    auto undone
      = check ? r.run({"undo", "last", "--check"}) : r.run({"undo", "last"});
    CHECK(undone.rc == 2);
    CHECK_THAT(undone.out, Catch::Contains("its content is another one"));
    CHECK(r.lines("p") == "k\nmine\n");
  }
  CHECK(r.run({"undo", "last", "--force"}).rc == 0);
  CHECK(r.lines("p") == (there ? "P" : ""));
  CHECK(r.lines("p.undone-0~") == "k\nmine\n");
}

TEST_CASE("undo names the task of each path that its loop has changed",
          "[e2e][M009]") {
  test::killed_run r{R"({"name":"Write all","loop":["a","b","c"],
    "copy":{"content":"k","dest":"FOLDER/{{ item }}"}},
    {"name":"Dress one","file":{"path":"FOLDER/b","mode":"0600"}})"};
  REQUIRE(r.start().rc == 0);
  auto undone = r.run({"undo", "last"});
  CHECK(undone.rc == 0);
  CHECK_THAT(undone.out,
             Catch::Contains("/a: removed (Write all)")
               && Catch::Contains("/b: mode and owner stay until it goes "
                                  "(Dress one)")
               && Catch::Contains("/b: removed (Write all)")
               && Catch::Contains("/c: removed (Write all)"));
}

TEST_CASE("undo of a long loop costs no more than a few times its run",
          "[e2e][M009]") {
  test::killed_run r{R"({"loop":"{{ range(2000) | list }}",
    "copy":{"content":"k","dest":"FOLDER/{{ item }}"}})"};
  auto start = processor_time_of_children();
  REQUIRE(r.start().rc == 0);
  auto ran = processor_time_of_children() - start;
  auto undone = r.run({"undo", "last"});
  auto took = processor_time_of_children() - start - ran;
  CHECK(undone.rc == 0);
  CHECK_FALSE(fs::exists(r.dir / "1999"));
  INFO("run " << ran << " s, undo " << took << " s");
  // Were the report of the task read for each path it would be twenty times.
  CHECK(took < 4 * ran);
}
