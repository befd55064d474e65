#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <filesystem>

using namespace troupe;

namespace {

/// A playbook with what it may have beside it, all below `site`.
void write_site(const test::temp_dir& dir) {
  auto put = [&](const char* name, const std::string& text) {
    test::write_file(dir / "site/" + name, text);
  };
  put("site.yml", "- import_playbook: more.yml\n");
  put("more.yml", "- hosts: localhost\n  gather_facts: false\n"
                  "  vars_files: [known.yml]\n  roles: [web]\n"
                  "  tasks:\n  - template: src=c.j2 dest={{ out }}/c\n"
                  "  - include_tasks: file=line.yml\n");
  put("templates/c.j2", "c\n");
  put("line.yml", "- copy: content=line dest={{ out }}/line\n");
  put("known.yml", fmt::format("out: {}\n", std::string{dir / "out"}));
  put("roles/web/defaults/main.yml", "word: role\n");
  put("roles/web/templates/a.j2", "a {{ word }}\n");
  put("roles/web/files/b", "b\n");
  put("roles/web/handlers/main.yml",
      "- {name: told, copy: {content: told, dest: '{{ out }}/told'}}\n");
  put("roles/web/tasks/main.yml",
      "- file: {path: '{{ out }}', state: directory}\n"
      "- template: {src: a.j2, dest: '{{ out }}/a'}\n  notify: told\n"
      "- include_tasks: more.yml\n"
      "- include_role: {name: '{{ item }}'}\n  loop: [other]\n");
  put("roles/web/tasks/more.yml", "- copy: {src: b, dest: '{{ out }}/b'}\n");
  put("roles/other/tasks/main.yml",
      "- copy: {content: other, dest: '{{ out }}/other'}\n");
}

} // namespace

TEST_CASE("a packed playbook brings its roles, and all that they read",
          "[e2e][pack][M100][M140]") {
  test::temp_dir dir;
  write_site(dir);
  auto packed
    = test::run_troupe({"pack", dir / "site/site.yml", "-o", dir / "runner"});
  INFO(packed.err);
  REQUIRE(packed.rc == 0);
  std::filesystem::rename(dir / "site", dir / "away");
  auto ran = test::run_program(dir / "runner", {"--state-dir", dir / "state"});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK(test::read_file(dir / "out/a") == "a role\n");
  CHECK(test::read_file(dir / "out/b") == "b\n");
  CHECK(test::read_file(dir / "out/other") == "other");
  CHECK(test::read_file(dir / "out/told") == "told");
  CHECK(test::read_file(dir / "out/c") == "c\n");
  CHECK(test::read_file(dir / "out/line") == "line");
}

TEST_CASE("lint finds the files of roles where the run does",
          "[e2e][lint][M140]") {
  test::temp_dir dir;
  write_site(dir);
  auto found = test::run_troupe({"lint", dir / "site/site.yml"});
  INFO(found.out << found.err);
  CHECK(found.rc == 0);
  CHECK_THAT(found.out + found.err, !Catch::Contains("not found"));
}
