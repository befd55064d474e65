#include "tests/e2e/terminal.hpp"

#include <catch2/catch.hpp>

#include <sstream>

// What people read on a terminal of 40 columns, as half of a divided window is.

using namespace troupe;

namespace {

std::string shown(std::vector<std::string> words, unsigned short columns = 40) {
  test::terminal_program ran{std::move(words), columns};
  ran.wait();
  return ran.shown();
}

/// Lines that are too long and could be broken.
std::string too_long(const std::string& text, size_t columns = 40) {
  std::string out;
  std::istringstream lines{text};
  for (std::string each; std::getline(lines, each);)
    if (each.size() > columns
        && each.find(' ', each.find_first_not_of(' ')) != std::string::npos)
      out += each + "\n";
  return out;
}

} // namespace

TEST_CASE("help has room on a narrow terminal", "[e2e][help][M080][M131]") {
  using words = std::vector<std::string>;
  for (auto& each : {words{"help"},
                     {"--help"},
                     {"help", "run"},
                     {"undo", "--help"},
                     {"help", "copy"},
                     {"modules"}}) {
    INFO(each.back());
    auto text = shown(each);
    CHECK(text.size() > 200);
    CHECK(too_long(text).empty());
  }
  CHECK_THAT(shown({"help"}),
             Catch::Contains("\n  report\n      Show a run as a page for "
                             "browsers\n"));
  CHECK_THAT(shown({"undo", "--help"}),
             Catch::Contains("\n  --check\n      Say what would be "));
}

TEST_CASE("a run has room on a narrow terminal", "[e2e][cli][M080]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml",
                   "tasks:\n- name: Write the configuration of the server\n"
                   "  command: 'true'\n- name: Say\n  debug: {msg: x}\n"
                   "- name: A name that just has room, so\n  ping:\n");
  test::write_file(dir / "hosts", "web1\nweb2\n[all:vars]\n"
                                  "ansible_connection=local\n");
  test::write_file(dir / "site.yml",
                   "- hosts: all\n  gather_facts: false\n  tasks:\n"
                   "  - copy: {dest: '/nowhere-{{ inventory_hostname }}', "
                   "content: x}\n");
  auto state = "--state-dir=" + (dir / "state");
  auto text = shown({"run", dir / "p.yml", "--output", "text", state});
  INFO(text);
  CHECK(too_long(text).empty());
  CHECK_THAT(
    text, Catch::Contains("\nTASK [Write the configuration of the\n"
                          "  server]\n")
            && Catch::Contains("\nTASK [Say] *****************************\n")
            && Catch::Contains("\nAll 3 tasks ended well; 1 changed\n"
                               "  something."));
  auto runs = shown({"runs", state});
  CHECK(too_long(runs).empty());
  CHECK_THAT(runs, Catch::Contains(" ok\n  2")
                     && Catch::Contains("  3 tasks\n  ")
                     && !Catch::Contains("ENDED"));
  auto checked = shown({"run", dir / "site.yml", "-i", dir / "hosts", "--check",
                        "--output", "text"});
  INFO(checked);
  CHECK(too_long(checked).empty());
  CHECK_THAT(checked,
             Catch::Contains("+ file  /nowhere-web1  [web1]\n")
               && Catch::Contains("\nDRY RUN: nothing was changed; 2 things\n"
                                  "  would change: 2 files.\n"));
}

TEST_CASE("the table of runs has room for plans", "[e2e][cli][M080]") {
  test::temp_dir dir;
  test::write_file(dir / "site.yml", "tasks:\n- ping:\n");
  auto state = "--state-dir=" + (dir / "state");
  shown({"run", dir / "site.yml", state}, 80);
  for (unsigned short columns : {80, 100, 130}) {
    INFO(columns);
    auto runs = shown({"runs", state}, columns);
    INFO(runs);
    CHECK(too_long(runs, columns).empty());
    // It stands on a line, and none is longer than its path.
    CHECK_THAT(runs, Catch::Contains("site.yml\n"));
    CHECK_THAT(runs, Catch::Contains(" ok"));
  }
}

TEST_CASE("messages are broken between words on a narrow terminal",
          "[e2e][cli][M080]") {
  test::temp_dir dir;
  test::write_file(dir / "site.yml",
                   "- hosts: localhost\n  gather_facts: false\n  tasks:\n"
                   "  - copy: {dest: /tmp/x, contnt: a long word}\n");
  test::write_file(dir / "p.yml", "tasks:\n- wait_for: {timeout: 0}\n"
                                  "- name: End\n  command: 'false'\n");
  for (unsigned short columns : {40, 80}) {
    auto checked = shown({"validate", dir / "site.yml"}, columns);
    INFO(checked);
    CHECK_THAT(checked, Catch::Contains("troupe: warning:"));
    CHECK(too_long(checked, columns).empty());
    auto ran = shown({"run", dir / "p.yml", "--output", "text",
                      "--state-dir=" + (dir / "state")},
                     columns);
    INFO(ran);
    auto from = ran.find("troupe: to go on:");
    REQUIRE(from != std::string::npos);
    CHECK(too_long(ran.substr(from), columns).empty());
  }
}
