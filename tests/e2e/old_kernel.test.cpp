#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace troupe;

namespace {

constexpr auto plan = R"(
tasks:
  - shell: 'ls /proc/self/fd | tr "\n" " "'
    register: open
  - copy: {content: new, dest: DIR/made}
  - copy: {content: newer, dest: DIR/made, mode: "0600"}
  - file: {path: DIR/folder/below, state: directory}
  - copy: {src: DIR/made, dest: DIR/folder/below/}
  - file: {path: DIR/folder, state: absent}
  - command: {cmd: cat, stdin: words}
    register: said
  - shell: sleep 60
    timeout: 0.3
    register: late
    ignore_errors: true
  - shell: 'true'
    async: 30
    poll: 1
  - assert:
      that: [said.stdout == 'words', late is failed]
  - debug: {msg: 'open: {{ open.stdout }}'}
)";

} // namespace

TEST_CASE("a plan runs on a kernel that lacks the calls of newer ones",
          "[e2e][M034]") {
  test::temp_dir dir;
  std::string text{plan};
  for (auto at = text.find("DIR"); at != text.npos; at = text.find("DIR"))
    text.replace(at, 3, dir.path());
  test::write_file(dir / "p.yml", text);
  // Descriptors that whoever starts the run has open are none of its tasks'.
  auto run = [&](const std::string& on) {
    return test::run_program("/bin/sh",
                             {"-c", "exec 8<. 9</dev/null; exec " + on
                                      + test::built_path("troupe")
                                      + " run --no-state " + (dir / "p.yml")});
  };
  auto old = run(test::built_path("tests/old_kernel") + " ");
  if (old.rc == 77) {
    WARN("skipped: system calls cannot be filtered here");
    return;
  }
  INFO(old.out << old.err);
  CHECK(old.rc == 0);
  // What lists the folder has it open.
  CHECK(old.out.find("open: 0 1 2 3 ") != std::string::npos);
  CHECK(run("").rc == 0);
}
