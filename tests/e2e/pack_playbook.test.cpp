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

TEST_CASE("a packed playbook brings roles and modules of collections",
          "[e2e][pack][M100][M140]") {
  test::temp_dir dir;
  auto put = [&](const std::string& name, const std::string& text) {
    test::write_file(dir / name, text);
  };
  // Beside the playbook, or elsewhere.
  auto base = GENERATE(as<std::string>{}, "site/collections", "elsewhere");
  auto tools = base + "/ansible_collections/acme/tools/";
  put("site/site.yml",
      "- hosts: localhost\n  gather_facts: false\n  tasks:\n"
      "  - include_role: {name: acme.tools.web}\n    vars: {out: "
        + (dir / "out")
        + "}\n"
          "  - include_role: {name: db}\n    vars: {out: "
        + (dir / "out")
        + "}\n"
          "    collections: [acme.tools]\n"
          "- import_playbook: acme.tools.more\n");
  put(tools + "meta/runtime.yml",
      "plugin_routing: {modules: {old: {redirect: acme.tools.part.tell}}}\n");
  put(tools + "plugins/modules/part/tell.sh",
      "#!/bin/sh\necho '{\"changed\": true}'\n");
  put(tools + "roles/web/tasks/main.yml",
      "- file: {path: '{{ out }}', state: directory}\n"
      "- template: {src: a.j2, dest: '{{ out }}/a'}\n");
  put(tools + "roles/web/templates/a.j2", "a\n");
  put(tools + "roles/web/meta/main.yml", "dependencies: [base]\n");
  put(tools + "roles/base/tasks/main.yml", "- acme.tools.old:\n");
  put(tools + "roles/db/tasks/main.yml",
      "- copy: {content: db, dest: '{{ out }}/db'}\n");
  put(tools + "playbooks/more.yml",
      "- hosts: localhost\n  gather_facts: false\n  tasks: [{old: }]\n");
  std::vector<std::pair<std::string, std::string>> where{
    {"ANSIBLE_COLLECTIONS_PATH", dir / base}};
  std::filesystem::permissions(
    std::string{dir / (tools + "plugins/modules/part/tell.sh")},
    std::filesystem::perms{0755});
  auto packed = test::run_troupe(
    {"pack", dir / "site/site.yml", "-o", dir / "runner"}, where);
  INFO(packed.out << packed.err);
  REQUIRE(packed.rc == 0);
  CHECK(packed.err.empty());
  std::filesystem::rename(dir / "site", dir / "away");
  if (std::filesystem::exists(std::string{dir / "elsewhere"}))
    std::filesystem::rename(dir / "elsewhere", dir / "away/elsewhere");
  auto ran = test::run_program(dir / "runner", {"--state-dir", dir / "state"});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK(test::read_file(dir / "out/a") == "a\n");
  CHECK(test::read_file(dir / "out/db") == "db");
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

namespace {

/// A playbook beside which the test puts files; its tasks write to `out`.
struct packed_site {
  test::temp_dir dir;

  void put(const std::string& name, const std::string& text = "x") {
    test::write_file(dir / "site/" + name, text);
  }

  void plan(const std::string& tasks) {
    put("site.yml",
        fmt::format("- hosts: localhost\n  gather_facts: false\n"
                    "  vars: {{out: {}}}\n  tasks:\n"
                    "  - file: {{path: '{{{{ out }}}}', state: directory}}\n{}",
                    std::string{dir / "out"}, tasks));
  }

  /// Packs, takes the folder away, and runs; what pack has said.
  std::string run() {
    auto packed
      = test::run_troupe({"pack", dir / "site/site.yml", "-o", dir / "runner"});
    INFO(packed.err);
    REQUIRE(packed.rc == 0);
    std::filesystem::rename(dir / "site", dir / "away");
    auto ran
      = test::run_program(dir / "runner", {"--state-dir", dir / "state"});
    INFO(ran.out << ran.err);
    CHECK(ran.rc == 0);
    return packed.err;
  }

  std::string lint() {
    auto found = test::run_troupe({"lint", dir / "site/site.yml"});
    return found.out + found.err;
  }

  std::string made(const std::string& name) {
    std::filesystem::path path{dir / "out/" + name};
    return std::filesystem::exists(path) ? test::read_file(path) : "(none)";
  }
};

} // namespace

TEST_CASE("a packed playbook brings what lies beside imported tasks",
          "[e2e][pack][M100][M140]") {
  packed_site at;
  at.put("site.yml", "- import_playbook: books/b.yml\n");
  at.put("books/b.yml",
         fmt::format("- hosts: localhost\n  gather_facts: false\n"
                     "  vars: {{out: {}}}\n  tasks:\n"
                     "  - file: {{path: '{{{{ out }}}}', state: directory}}\n"
                     "  - import_tasks: more/t.yml\n"
                     "  - copy: {{src: one, dest: '{{{{ out }}}}/one'}}\n"
                     "  - include_role: {{name: r}}\n"
                     "  - copy: {{src: '{{{{ playbook_dir }}}}/more/two',\n"
                     "            dest: '{{{{ out }}}}/four'}}\n",
                     std::string{at.dir / "out"}));
  at.put("books/roles/r/tasks/main.yml",
         "- copy: {src: three, dest: '{{ out }}/three'}\n");
  at.put("books/roles/r/files/three", "three");
  at.put("books/files/one", "one");
  at.put("books/more/t.yml", "- copy: {src: two, dest: '{{ out }}/two'}\n");
  at.put("books/more/two", "two");
  CHECK_THAT(at.lint(), !Catch::Contains("two"));
  CHECK_THAT(at.run(), !Catch::Contains("two"));
  CHECK(at.made("one") == "one");
  CHECK(at.made("two") == "two");
  CHECK(at.made("three") == "three");
  CHECK(at.made("four") == "two");
}

TEST_CASE("a packed playbook takes nothing from where it is started",
          "[e2e][pack][M100][M140]") {
  packed_site at;
  at.plan("  - import_tasks: sub/t.yml\n  - include_tasks: sub/t.yml\n");
  at.put("sub/t.yml", "- copy: {content: packed, dest: '{{ out }}/by'}\n");
  REQUIRE(test::run_troupe(
            {"pack", at.dir / "site/site.yml", "-o", at.dir / "runner"})
            .rc
          == 0);
  std::filesystem::rename(at.dir / "site", at.dir / "away");
  test::write_file(at.dir / "started/sub/t.yml",
                   "- copy: {content: another's, dest: '{{ out }}/by'}\n");
  auto ran = test::run_program(
    "/bin/sh", {"-c", "cd \"$1\" && exec \"$2\" --state-dir \"$3\"", "sh",
                at.dir / "started", at.dir / "runner", at.dir / "state"});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK(at.made("by") == "packed");
}

TEST_CASE("remote_src is what the module takes it for",
          "[e2e][pack][M090][M140]") {
  packed_site at;
  at.put("tt/1", "1\n");
  at.put("files/u/1", "2\n");
  at.plan("  - assemble: src=tt dest={{ out }}/line remote_src=no\n"
          "  - assemble: {src: u, dest: '{{ out }}/text', remote_src: 'off'}\n"
          "  - copy: {src: 'not/here', dest: '{{ out }}/x', "
          "remote_src: 'yes'}\n    when: false\n");
  CHECK_THAT(at.lint(), !Catch::Contains("not found"));
  CHECK(at.run().empty());
  CHECK(at.made("line") == "1\n");
  CHECK(at.made("text") == "2\n");
}

TEST_CASE("files that are looked up by patterns are packed",
          "[e2e][pack][M090][M140]") {
  packed_site at;
  at.put("files/g1.txt", "1");
  at.put("files/g2.txt", "2");
  at.put("beside.cfg", "3");
  at.put("more/deep/m", "4");
  at.put("files/second.conf", "5");
  at.put("roles/web/files/r.rr", "6");
  at.put("roles/web/tasks/main.yml",
         "- copy: {src: '{{ item }}', dest: '{{ out }}/'}\n"
         "  with_fileglob: ['*.rr']\n");
  at.plan("  - copy: {src: '{{ item }}', dest: '{{ out }}/'}\n"
          "    loop: \"{{ query('fileglob', pattern) }}\"\n"
          "    vars: {pattern: 'g1*.txt'}\n"
          "  - copy: src={{ item }} dest={{ out }}/\n"
          "    with_fileglob: ['g2*.txt', '*.cfg', 'more/deep/*']\n"
          "  - copy: src={{ item }} dest={{ out }}/first\n"
          "    with_first_found: [first.conf, second.conf]\n"
          "  - include_role: {name: web}\n");
  auto said = at.lint();
  INFO(said);
  CHECK_THAT(said, !Catch::Contains("not found"));
  CHECK(at.run().empty());
  CHECK(at.made("g1.txt") == "1");
  CHECK(at.made("g2.txt") == "2");
  CHECK(at.made("beside.cfg") == "3");
  CHECK(at.made("m") == "4");
  CHECK(at.made("first") == "5");
  CHECK(at.made("r.rr") == "6");
}

TEST_CASE("patterns that are not known yet bring the folder of files",
          "[e2e][pack][M090][M140]") {
  packed_site at;
  at.put("files/g1.txt", "1");
  at.plan("  - set_fact: {which: g}\n"
          "  - copy: {src: '{{ item }}', dest: '{{ out }}/'}\n"
          "    with_fileglob: '{{ which }}*.txt'\n"
          "  - debug: {msg: '{{ item }}'}\n"
          "    with_fileglob: '/no-such-folder/*'\n");
  CHECK_THAT(at.run(),
             Catch::Contains("'with_fileglob' is known only when the plan runs")
               && Catch::Contains("'/no-such-folder/*' is not packed"));
  CHECK(at.made("g1.txt") == "1");
}

TEST_CASE("what lookups read is packed, by whatever it is named",
          "[e2e][pack][M090][M140]") {
  packed_site at;
  at.put("files/text", "text");
  at.put("files/t.csv", "k,csv\n");
  at.put("files/t.ini", "[s]\nk=ini\n");
  at.put("templates/t.j2", "{{ 1 + 1 }}{% include 'inner.j2' %}");
  at.put("templates/inner.j2", "inner");
  at.put("files/of_group", "group");
  at.put("group_vars/all.yml",
         "grouped: \"{{ lookup('file', 'of_group') }}\"\n");
  at.plan("  - copy:\n      dest: '{{ out }}/all'\n      content: >-\n"
          "        {{ lookup('file', name) }}\n"
          "        {{ lookup('csvfile', 'k file=t.csv delimiter=,') }}\n"
          "        {{ lookup('ini', 'k', section='s', file='t.ini') }}\n"
          "        {{ lookup('ansible.builtin.template', name[0] ~ '.j2') }}\n"
          "        {{ grouped }}\n"
          "    vars: {name: text}\n"
          "  - copy: {content: '{{ item }}', dest: '{{ out }}/each'}\n"
          "    with_file: [text]\n"
          "  - copy: {src: '{{ playbook_dir }}/files/text', "
          "dest: '{{ out }}/own'}\n");
  CHECK(at.run().empty());
  CHECK(at.made("all") == "text csv ini 2inner group");
  CHECK(at.made("each") == "text");
  CHECK(at.made("own") == "text");
}

TEST_CASE("a playbook is packed by a relative name as by another",
          "[e2e][pack][M090]") {
  packed_site at;
  at.put("vars/prod.yml", "word: prod\n");
  at.put("vars/other.yml", "word: other\n");
  at.put("site.yml",
         fmt::format("- hosts: localhost\n  gather_facts: false\n"
                     "  vars: {{kind: prod}}\n"
                     "  vars_files: ['vars/{{{{ kind }}}}.yml', "
                     "[prod.yml, other.yml]]\n  tasks:\n"
                     "  - copy: {{content: '{{{{ word }}}}', dest: {}}}\n",
                     std::string{at.dir / "word"}));
  auto path = std::filesystem::relative(at.dir / "site/site.yml").string();
  auto packed
    = test::run_troupe({"pack", path, "-o", std::string{at.dir / "runner"}});
  INFO(packed.err);
  REQUIRE(packed.rc == 0);
  CHECK_THAT(packed.out, Catch::Contains("3 files"));
  std::filesystem::rename(at.dir / "site", at.dir / "away");
  auto ran
    = test::run_program(at.dir / "runner", {"--state-dir", at.dir / "state"});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK(test::read_file(at.dir / "word") == "prod");
}

TEST_CASE("a playbook that is looked at starts no program and makes no file",
          "[e2e][pack][lint][M100][M140]") {
  test::temp_dir dir;
  auto made = [&](const char* name) { return dir / name; };
  test::write_file(dir / "a.txt", "a\n");
  test::write_file(
    dir / "site.yml",
    fmt::format(
      "- hosts: localhost\n  gather_facts: false\n  tasks:\n"
      "  - copy: src={{{{ lookup('pipe', 'echo a.txt; touch {0}') }}}} "
      "dest=/b\n"
      "  - copy: {{src: '{{{{ item }}}}', dest: /b}}\n"
      "    loop: \"{{{{ query('lines', 'echo a.txt; touch {0}') }}}}\"\n"
      "  - copy: {{content: \"{{{{ lookup('file', lookup('pipe', 'echo a.txt; "
      "touch {0}')) }}}}\", dest: /b}}\n"
      "  - copy: {{src: \"{{{{ item.file }}}}\", dest: /b}}\n"
      "    loop: \"{{{{ [{{'file': 'a.txt', 'word': lookup('password', "
      "'{1} length=9')}}] }}}}\"\n",
      made("by-program"), made("by-password")));
  auto look = [&](std::vector<std::string> words) {
    words.insert(words.begin() + 1, dir / "site.yml");
    auto ran = test::run_troupe(std::move(words));
    INFO(ran.out << ran.err);
    CHECK(ran.rc != 70);
    return ran;
  };
  look({"lint"});
  look({"validate"});
  auto packed = look({"pack", "-o", dir / "runner"});
  CHECK(packed.rc == 0);
  CHECK_THAT(packed.err, Catch::Contains("is known only when the plan runs"));
  CHECK_FALSE(std::filesystem::exists(made("by-program")));
  CHECK_FALSE(std::filesystem::exists(made("by-password")));
}

TEST_CASE("what a role names by facts is packed with it, without a word",
          "[e2e][pack][M100][M140]") {
  test::temp_dir dir;
  auto put = [&](const char* name, const std::string& text) {
    test::write_file(dir / "site/" + name, text);
  };
  put("site.yml", "- hosts: localhost\n  roles: [web]\n");
  put("roles/web/tasks/main.yml",
      "- include_vars: '{{ ansible_system }}.yml'\n"
      "- include_tasks: '{{ ansible_system }}.yml'\n");
  put("roles/web/tasks/Linux.yml", "- debug: {msg: 'it is {{ word }}'}\n");
  put("roles/web/vars/Linux.yml", "word: here\n");
  auto pack = [&] {
    return test::run_troupe({"pack", dir / "site/site.yml", "-o", dir / "p"});
  };
  auto packed = pack();
  REQUIRE(packed.rc == 0);
  CHECK_THAT(packed.err, !Catch::Contains("is known only"));
  std::filesystem::rename(dir / "site", dir / "away");
  auto ran = test::run_program(dir / "p", {"--no-state"});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("it is here"));
  // A source may lie anywhere.
  std::filesystem::rename(dir / "away", dir / "site");
  put("roles/web/tasks/main.yml",
      "- copy: {src: '{{ ansible_system }}', dest: /nowhere}\n");
  CHECK_THAT(pack().err, Catch::Contains("is known only when the plan runs; "
                                         "its role and the folders files and "
                                         "templates beside the plan are "
                                         "packed for it"));
}
