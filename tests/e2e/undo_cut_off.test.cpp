#include "tests/e2e/killed_run.hpp"
#include "tests/support/places.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>

using namespace troupe;
namespace fs = std::filesystem;

namespace {

constexpr auto strace_path = "/usr/bin/strace";

/// A run that has made twenty files and failed.
class failed_run : public test::killed_run {
public:
  failed_run()
      : killed_run{R"({"loop":"{{ range(20) | list }}",
          "copy":{"content":"k","dest":"FOLDER/made/{{ item }}"}},
          {"fail":{}})"} {
    fs::create_directory(dir / "made");
    REQUIRE(start().rc == 2);
  }

  size_t made() const {
    return static_cast<size_t>(std::distance(
      fs::directory_iterator{dir / "made"}, fs::directory_iterator{}));
  }

  std::string state() {
    auto listed = parse_json(run({"runs", "--json"}).out);
    REQUIRE(listed);
    return std::string{listed->find("state")->as_string()};
  }

  /// An undo that is killed when it takes away its N-th name.
  void undo_in_part(const std::string& number) {
    test::run_program(strace_path,
                      {"-f", "-o", "/dev/null", "-e", "trace=unlinkat", "-e",
                       "inject=unlinkat:signal=KILL:when=" + number,
                       test::built_path("troupe"), "undo", "last",
                       "--state-dir", dir / "state"});
  }
};

/// A run that has made so much that nobody can undo it without being read.
class long_run : public test::killed_run {
public:
  long_run()
      : killed_run{R"({"loop":"{{ range(100) | list }}",
          "copy":{"content":"k","dest":"FOLDER)"
                   + deep() + R"(/{{ item }}"}})"} {
    fs::create_directories(dir.path() + deep());
    REQUIRE(start().rc == 0);
  }

  size_t made() const {
    return static_cast<size_t>(std::distance(
      fs::directory_iterator{dir.path() + deep()}, fs::directory_iterator{}));
  }

private:
  static std::string deep() {
    std::string out;
    for (auto i = 0; i < 14; ++i)
      out += "/" + std::string(200, 'x');
    return out;
  }
};

} // namespace

TEST_CASE("a run whose undo was killed is not gone on with",
          "[e2e][M009][M016]") {
  if (!test::can_trace()) {
    WARN("skipped: strace cannot trace here");
    return;
  }
  failed_run r;
  r.undo_in_part("8");
  auto left = r.made();
  REQUIRE(left > 0);
  REQUIRE(left < 20);
  CHECK(r.state() == "half undone");
  auto resumed = r.resume({"last", "--rerun-failed"});
  CHECK(resumed.rc == 64);
  CHECK_THAT(resumed.err, Catch::Contains("was cut off")
                            && Catch::Contains("takes back the rest"));
  CHECK(r.resume().rc != 0);
  CHECK(r.made() == left);
  // One of single tasks does not bring it to its end.
  CHECK(r.run({"undo", "last", "--task", "copy"}).rc == 0);
  CHECK(r.made() == 0);
  CHECK(r.state() == "half undone");
  CHECK(r.run({"undo", "last"}).rc == 0);
  CHECK(r.state() == "undone");
  CHECK(r.resume({"last"}).rc == 64);
}

TEST_CASE("an undo that touches nothing leaves a run that can be gone on with",
          "[e2e][M009][M016]") {
  test::killed_run r{R"({"copy":{"content":"k","dest":"FOLDER/p"}},
    {"command":"test -e FOLDER/go"})"};
  REQUIRE(r.start().rc == 2);
  test::write_file(r.dir / "p", "edited");
  auto refused = r.run({"undo", "last"});
  CHECK(refused.rc == 2);
  CHECK_THAT(refused.out, Catch::Contains("left alone"));
  CHECK(r.run({"undo", "last", "--check"}).rc == 2);
  test::write_file(r.dir / "go", "");
  CHECK(r.resume({"last", "--rerun-failed"}).rc == 0);
}

TEST_CASE("an undo that is interrupted stops in order and says how to go on",
          "[e2e][M009][M012]") {
  long_run r;
  auto number = GENERATE(SIGINT, SIGTERM);
  test::program undo{
    {"undo", "last", "--force", "--state-dir", r.dir / "state"}};
  // What has been done is said at once, and nobody reads on until then.
  undo.read_until(
    [](const std::string& out) { return out.find('\n') != std::string::npos; });
  undo.signal(number);
  undo.read_error_until("stopping after the change at hand");
  CHECK(undo.wait() == (number == SIGINT ? 130 : 143));
  auto left = r.made();
  CHECK(left > 0);
  CHECK(left < 100);
  auto lines = std::count(undo.out().begin(), undo.out().end(), '\n');
  CHECK(lines == static_cast<ptrdiff_t>(100 - left));
  CHECK_THAT(undo.err(), Catch::Contains("stopped: of 100 changes")
                           && Catch::Contains("to go on: troupe undo 2")
                           && Catch::Contains("--force --state-dir"));
  auto listed = parse_json(r.run({"runs", "--json"}).out);
  REQUIRE(listed);
  CHECK(listed->find("state")->as_string() == "half undone");
  CHECK(r.run({"undo", "last"}).rc == 0);
  CHECK(r.made() == 0);
}
