#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/sanitized.hpp"
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

TEST_CASE("what a run is made from is no FIFO and no device", "[e2e][M120]") {
  fifo_scene scene{"debug: {msg: hi}"};
  auto plan = scene.dir / "p.yml";
  bool device = GENERATE(false, true);
  auto file = device ? std::string{"/dev/zero"} : scene.dir / "fifo";
  for (auto& arguments : std::vector<std::vector<std::string>>{
         {"run", file},
         {"validate", file},
         {"lint", file},
         {"pack", file, "-o", scene.dir / "packed"},
         {"template", file},
         {"run", plan, "-e", "@" + file},
         {"run", plan, "--config", file},
         {"deploy", plan, "--hosts", file},
         {"report", file, "--html", "-"}}) {
    auto ran = test::run_troupe(arguments);
    INFO(arguments.front() << " " << arguments.back() << "\n" << ran.err);
    CHECK(ran.rc != 0);
    CHECK_THAT(ran.err, Catch::Contains("not a regular file"));
    CHECK((test::sanitized || ran.peak_memory < 200'000));
  }
}

TEST_CASE("a plan comes through a pipe where a shell names one",
          "[e2e][M030]") {
  auto name = GENERATE(as<std::string>{}, "-", "/dev/stdin", "/dev/fd/0");
  auto troupe = test::built_path("troupe");
  auto ran = test::run_program("/bin/sh",
                               {"-c", "printf 'tasks: [{debug: {msg: hi}}]' | "
                                        + troupe + " run --no-state " + name});
  INFO(ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("hi"));
}

TEST_CASE("a plan is as long as its setting allows", "[e2e][M120]") {
  auto [size, piped] = GENERATE(table<size_t, bool>(
    {{4096, false}, {4097, false}, {4096, true}, {4097, true}}));
  test::temp_dir dir;
  std::string plan = R"({"tasks": [{"debug": {"msg": "hi"}}]})";
  test::write_file(dir / "p.json", plan + std::string(size - plan.size(), ' '));
  auto troupe = test::built_path("troupe");
  auto command = "TROUPE_PLAN_SIZE_LIMIT=4096 " + troupe + " run --no-state ";
  auto path = dir / "p.json";
  auto ran = test::run_program("/bin/sh",
                               {"-c", command + (piped ? "- <" : "") + path});
  INFO(ran.err);
  CHECK((ran.rc == 0) == (size == 4096));
  if (size > 4096)
    CHECK_THAT(ran.err, Catch::Contains("plan_size_limit"));
}
