#include "tests/e2e/program.hpp"

#include <catch2/catch.hpp>

#include <string>

// Where a playbook begins when a task is named, and with which facts.

using namespace troupe;

namespace {

struct started_playbook {
  test::temp_dir dir;

  explicit started_playbook(const std::string& more = "") {
    test::write_file(
      dir / "site.yml",
      "- name: early\n  hosts: localhost\n  tasks:\n"
      "    - {name: one, debug: {msg: one}}\n"
      "- name: later\n  hosts: localhost\n"
        + more
        + "  tasks:\n"
          "    - {name: two, debug: {msg: two}}\n"
          "    - name: three\n"
          "      debug:\n"
          "        msg: it is {{ ansible_system | default('dark') }}\n");
  }

  test::finished run(std::vector<std::string> more) const {
    more.insert(more.begin(), {"run", dir / "site.yml", "--no-state",
                               "--start-at-task", "three"});
    return test::run_troupe(std::move(more));
  }
};

size_t times_in(const std::string& words, const std::string& text) {
  size_t out = 0;
  for (auto at = text.find(words); at != text.npos;
       at = text.find(words, at + 1))
    ++out;
  return out;
}

} // namespace

TEST_CASE("a playbook that begins at a task has the facts of its play",
          "[e2e][M017][M143]") {
  started_playbook book;
  auto ran = book.run({});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("it is Linux"));
  // The play before does nothing at all.
  CHECK(times_in("TASK [Gathering Facts]", ran.out) == 1);
  CHECK_THAT(ran.out,
             !Catch::Contains("TASK [one]") && !Catch::Contains("TASK [two]"));
}

TEST_CASE("a play that collects no facts begins at a task without them",
          "[e2e][M017][M143]") {
  started_playbook book{"  gather_facts: false\n"};
  auto ran = book.run({});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("it is dark")
                        && !Catch::Contains("Gathering Facts"));
}

TEST_CASE("the list of tasks has the facts of the play that it begins with",
          "[e2e][M017][M143]") {
  started_playbook book;
  auto listed = book.run({"--list-tasks"});
  CHECK(listed.rc == 0);
  CHECK(times_in("Gathering Facts", listed.out) == 1);
  CHECK(listed.out.find("Gathering Facts") > listed.out.find("later"));
  CHECK_THAT(listed.out, Catch::Contains("three") && !Catch::Contains("  two"));
}
