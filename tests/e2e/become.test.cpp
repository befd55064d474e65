#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

using namespace troupe;

TEST_CASE("as root a task acts with the rights of another user",
          "[e2e][M020]") {
  if (::geteuid() != 0) {
    WARN("skipped: needs root");
    return;
  }
  test::temp_dir dir;
  REQUIRE(::chmod(dir.path().c_str(), 0777) == 0);
  test::write_file(dir / "secret", "x");
  REQUIRE(::chmod((dir / "secret").c_str(), 0600) == 0);
  test::write_file(dir / "s.sh", "#!/bin/sh\nid -un\n");
  test::write_file(
    dir / "p.yml",
    "failure_policy: Continue\n"
    "vars: {dir: '"
      + dir.path()
      + "'}\n"
        "tasks:\n"
        "- {id: who, command: 'sh -c \"id -un; id -rn -u; echo $HOME\"',\n"
        "   become: true, become_user: daemon, register: who}\n"
        "- {id: file, copy: {dest: '{{ dir }}/made', content: x},\n"
        "   become: true, become_user: daemon}\n"
        "- {id: denied, command: 'cat {{ dir }}/secret', become: true,\n"
        "   become_user: daemon, ignore_errors: true, register: denied}\n"
        "- {id: script, script: s.sh, become: true, become_user: daemon,\n"
        "   register: script}\n"
        "- {id: after, command: id -un, register: after}\n"
        "- {id: sum, copy: {dest: '{{ dir }}/sum', content: '{{ "
        "who.stdout_lines "
        "| join(\" \") }} {{ denied.rc }} {{ script.stdout }} {{ after.stdout "
        "}}'}}\n"
        "- {id: nobody, command: id, become: true, become_user: "
        "no-such-user}\n");
  auto ran = test::run_troupe({"run", dir / "p.yml", "-q"});
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.err, Catch::Contains("there is no user 'no-such-user'"));
  CHECK(test::read_file(dir / "sum")
        == "daemon daemon /usr/sbin 1 daemon\n root");
  struct stat made {};
  REQUIRE(::stat((dir / "made").c_str(), &made) == 0);
  CHECK(made.st_uid == 1);
  // The folder for that user's temporary files is gone.
  CHECK(test::left_behind_by(ran.pid).empty());
}

TEST_CASE("what is fetched as another user is written as oneself",
          "[e2e][M020]") {
  if (::geteuid() != 0) {
    WARN("skipped: needs root");
    return;
  }
  test::temp_dir dir;
  REQUIRE(::chmod(dir.path().c_str(), 0755) == 0);
  for (auto* name : {"secret", "open"})
    test::write_file(dir / name, name);
  REQUIRE(::chmod((dir / "secret").c_str(), 0600) == 0);
  std::filesystem::create_directory(dir / "home");
  REQUIRE(::chmod((dir / "home").c_str(), 0700) == 0);
  test::write_file(
    dir / "p.yml",
    "failure_policy: Continue\nvars: {dir: '" + dir.path()
      + "'}\ntasks:\n- fetch: {src: '{{ dir }}/{{ item }}', dest: "
        "'{{ dir }}/home/', flat: true}\n  loop: [open, secret]\n"
        "  become: true\n  become_user: daemon\n");
  auto ran = test::run_troupe({"run", dir / "p.yml"});
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.out, Catch::Contains("changed: [localhost] => (item=open)")
                        && Catch::Contains("failed: [localhost] => "
                                           "(item=secret)"));
  CHECK(test::read_file(dir / "home/open") == "open");
  CHECK_FALSE(std::filesystem::exists(dir / "home/secret"));
}

TEST_CASE("a task of another user cannot signal the run that started it",
          "[e2e][M052]") {
  if (::geteuid() != 0) {
    WARN("skipped: needs root");
    return;
  }
  test::temp_dir dir;
  test::write_file(dir / "p.yml",
                   "tasks:\n"
                   "- shell: |\n"
                   "    for t in /proc/$PPID/task/*; do\n"
                   "      kill -0 ${t##*/} && echo reached ${t##*/}\n"
                   "    done; true\n"
                   "  become: true\n"
                   "  become_user: nobody\n"
                   "  register: all\n"
                   "- debug: {msg: 'reached <{{ all.stdout }}>'}\n"
                   "- debug: {msg: '{{ all.stderr_lines | select(\"search\", "
                   "\"not permitted\") | list | count > 0 }}'}\n");
  auto ran = test::run_troupe({"run", dir / "p.yml"});
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("reached <>"));
  CHECK_THAT(ran.out, Catch::Contains("{\"msg\": true}"));
}
