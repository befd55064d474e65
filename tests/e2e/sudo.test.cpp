#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

using namespace troupe;

namespace {

namespace fs = std::filesystem;

/// A stand-in for sudo that asks for the password "open" when it is closed, as
/// often as sudo does, and runs the rest as who calls it, with a mark in the
/// environment.
constexpr auto fake_sudo = R"(#!/bin/sh
echo "$*" >> "$CALLS"
ask= question=
while [ "$1" != -- ]; do
  case $1 in -S) ask=yes ;; -p) question=$2; shift ;; esac
  shift
done
shift
if [ "$CLOSED" ] && [ ! "$ask" ]; then
  echo 'sudo: a password is required' >&2; exit 1
elif [ "$CLOSED" ]; then
  for attempt in 1 2 3; do
    printf %s "$question" >&2
    IFS= read -r word || exit 1
    [ "$word" != open ] || break
    echo 'Sorry, try again.' >&2
    word=
  done
  [ "$word" ] || exit 1
fi
AS_OTHER=yes exec "$@"
)";

/// Runs a playbook as `daemon`, for whom `sudo` is the stand-in.
struct escalation {
  test::temp_dir dir;

  explicit escalation(const std::string& playbook) {
    fs::permissions(dir.path(), fs::perms::all);
    test::write_file(dir / "bin/sudo", fake_sudo);
    fs::permissions(dir / "bin/sudo", fs::perms::all);
    test::write_file(dir / "site.yml", playbook);
    test::write_file(dir / "files/f", "of the playbook\n");
    fs::create_directory(dir / "state");
    REQUIRE(::chown((dir / "state").c_str(), 1, 1) == 0);
    test::write_file(dir / "calls", "");
    fs::permissions(dir / "calls", fs::perms::all);
  }

  test::finished run(std::string words, std::string closed = "") const {
    return test::run_program(
      "/bin/sh",
      {"-c",
       fmt::format("exec setpriv --reuid=1 --regid=1 --clear-groups "
                   "{}/troupe run {} --state-dir {} {}",
                   test::built_path(), dir / "site.yml", dir / "state", words)},
      {{"PATH", (dir / "bin") + ":" + std::getenv("PATH")},
       {"CALLS", dir / "calls"},
       {"HOME", dir.path()},
       {"CLOSED", std::move(closed)}});
  }
};

constexpr auto playbook = R"(
- hosts: localhost
  become: true
  gather_facts: false
  tasks:
    - copy: {src: f, dest: "{{ playbook_dir }}/made", mode: "0600"}
    - shell: echo "as $AS_OTHER"
      register: said
    - stat: {path: "{{ playbook_dir }}/made"}
      register: found
    - debug: {msg: "{{ said.stdout }}, {{ found.stat.size }}"}
)";

bool can_be_another() {
  if (::geteuid() == 0)
    return true;
  WARN("skipped: needs root");
  return false;
}

} // namespace

TEST_CASE("without root all modules act for another user by sudo",
          "[e2e][M020][M144]") {
  if (!can_be_another())
    return;
  escalation s{playbook};
  auto ran = s.run("");
  INFO(ran.out);
  INFO(ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("as yes, 16"));
  CHECK(test::read_file(s.dir / "made") == "of the playbook\n");
  // One engine for the run, besides programs that sudo starts itself.
  auto calls = test::read_file(s.dir / "calls");
  REQUIRE(calls.find("--serve-calls") != std::string::npos);
  CHECK(calls.find("--serve-calls") == calls.rfind("--serve-calls"));
}

TEST_CASE("sudo gets the password that is given", "[e2e][M020][M144]") {
  if (!can_be_another())
    return;
  escalation s{playbook};
  test::write_file(s.dir / "word", "open\nnot this\n");
  fs::permissions(s.dir / "word", fs::perms::all);
  auto ran = s.run("--become-password-file " + s.dir / "word", "yes");
  INFO(ran.out);
  INFO(ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("as yes, 16"));
  auto none = s.run("", "yes");
  CHECK(none.rc == 2);
  CHECK_THAT(none.out + none.err,
             Catch::Contains("become: cannot act as 'root' by sudo: sudo: a "
                             "password is required"));
  CHECK_THAT(none.out + none.err, Catch::Contains("Missing sudo password"));
  CHECK_THAT(none.out + none.err, Catch::Contains("ansible_become_password"));
  test::write_file(s.dir / "word", "guessed\n");
  auto wrong = s.run("--become-password-file " + s.dir / "word", "yes");
  CHECK(wrong.rc == 2);
  CHECK_THAT(wrong.out + wrong.err,
             Catch::Contains("Sorry, try again. (Incorrect sudo password)"));
  // One that nobody asks for is given to nobody.
  auto open = s.run("--become-password-file " + s.dir / "word");
  CHECK(open.rc == 0);
  CHECK_THAT(open.out, !Catch::Contains("guessed"));
  CHECK_THAT(wrong.out + wrong.err, !Catch::Contains("guessed"));
}

TEST_CASE("sudo is called and given what is said of it", "[e2e][M020][M144]") {
  if (!can_be_another())
    return;
  escalation s{R"(
- hosts: localhost
  become: true
  become_flags: "-n -E --prompt='a b'"
  gather_facts: false
  tasks:
    - copy: {content: x, dest: "{{ playbook_dir }}/made"}
    - copy: {content: y, dest: "{{ playbook_dir }}/made"}
      become_exe: "{{ playbook_dir }}/bin/other"
      vars: {ansible_become_flags: -S -i}
)"};
  test::write_file(s.dir / "bin/other", fake_sudo);
  fs::permissions(s.dir / "bin/other", fs::perms::all);
  auto ran = s.run("");
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  auto calls = test::read_file(s.dir / "calls");
  CHECK_THAT(calls, Catch::Contains("-E --prompt=a b -u root -n -- "));
  CHECK_THAT(calls, Catch::Contains("-i -u root -n -- "));
  CHECK_THAT(calls, !Catch::Contains("-H") && !Catch::Contains("-S"));
}

TEST_CASE("where passwords are may be said by settings", "[e2e][M020][M141]") {
  if (!can_be_another())
    return;
  escalation s{playbook};
  test::write_file(s.dir / "word", "open\n");
  fs::permissions(s.dir / "word", fs::perms::all);
  test::write_file(s.dir / ".ansible.cfg",
                   "[defaults]\nbecome_password_file = word\n");
  auto ran = s.run("", "yes");
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
}

TEST_CASE("a method that is not there is none of another name",
          "[e2e][M020][M144]") {
  if (!can_be_another())
    return;
  escalation s{playbook};
  auto ran = s.run("-e ansible_become_method=doas");
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.out + ran.err,
             Catch::Contains("expected sudo or su, found 'doas'"));
  CHECK(test::read_file(s.dir / "calls").empty());
}

TEST_CASE("options for playbooks are none for plans", "[e2e][M144]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml", "tasks: [{command: 'true'}]\n");
  for (auto* option : {"-b", "-uroot", "-clocal", "-f3"}) {
    auto ran = test::run_troupe({"run", dir / "p.yml", option});
    CHECK(ran.rc == 64);
    CHECK_THAT(ran.err, Catch::Contains("is for playbooks"));
  }
}

TEST_CASE("what sudo has started ends with the run, however that ends",
          "[e2e][M020][M052]") {
  if (!can_be_another())
    return;
  escalation s{R"(
- hosts: localhost
  become: true
  gather_facts: false
  tasks:
    - shell: echo begun > {{ playbook_dir }}/begun; sleep 86396
)"};
  std::vector<std::pair<std::string, std::string>> environment{
    {"PATH", (s.dir / "bin") + ":" + std::getenv("PATH")},
    {"CALLS", s.dir / "calls"},
    {"HOME", s.dir.path()}};
  test::program running{
    {"-c", fmt::format("exec setpriv --reuid=1 --regid=1 --clear-groups "
                       "{}/troupe run {} --no-state",
                       test::built_path(), s.dir / "site.yml")},
    environment,
    "/bin/sh"};
  while (!fs::exists(s.dir / "begun"))
    ::usleep(10'000);
  // By the line that ends: the stand-in changes no user, and sudo would.
  CHECK(test::processes_with("--serve-calls") > 0);
  running.signal(SIGKILL);
  running.wait();
  CHECK(test::all_end("sleep 86396"));
}
