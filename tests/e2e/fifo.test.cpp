#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <csignal>

using namespace troupe;

namespace {

/// A folder with a FIFO that nobody writes to, and a plan for it.
struct fifo_scene {
  explicit fifo_scene(const std::string& task) {
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    auto text = task;
    for (size_t at = 0; (at = text.find("DIR", at)) != std::string::npos;)
      text.replace(at, 3, dir.path());
    test::write_file(dir / "p.yml", "tasks:\n- " + text + "\n");
  }

  test::temp_dir dir;
};

} // namespace

TEST_CASE("a task that meets a FIFO fails at once", "[e2e][M052]") {
  auto task = GENERATE(as<std::string>{}, "include_tasks: DIR/fifo",
                       "copy: {src: DIR/fifo, dest: DIR/new}",
                       "copy: {content: x, dest: DIR/fifo}",
                       "template: {src: DIR/fifo, dest: DIR/new}",
                       "include_vars: DIR/fifo", "script: DIR/fifo");
  fifo_scene scene{task};
  INFO(task);
  auto ran = test::run_troupe({"run", scene.dir / "p.yml"});
  CHECK(ran.rc != 0);
  CHECK_THAT(ran.out + ran.err, Catch::Contains("a FIFO"));
}

TEST_CASE("a wait for a FIFO ends with TERM", "[e2e][M012]") {
  fifo_scene scene{"wait_for: {path: DIR/fifo, search_regex: x}"};
  test::program run{{"run", scene.dir / "p.yml", "--output", "ndjson"}};
  run.read_until([](const std::string& out) {
    return out.find("task_started") != std::string::npos;
  });
  run.signal(SIGTERM);
  CHECK(run.wait() == 143);
  CHECK_THAT(run.out(), Catch::Contains("cancelled"));
}
