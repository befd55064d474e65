#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

/// What a line for the shell does in the folder in which it stands; `troupe`
/// is the program.
test::finished in_folder(const test::temp_dir& dir, const std::string& line) {
  return test::run_program("/bin/sh",
                           {"-c", "cd '" + dir.path() + "' && PATH='"
                                    + test::built_path() + "':$PATH && "
                                    + line},
                           {{"NO_COLOR", "1"},
                            {"HOME", dir / "home"},
                            {"TROUPE_STATE_DIR", dir / "state"}});
}

constexpr const char* plan_text
  = "tasks:\n  - name: one\n    tags: [a]\n    command: echo hi\n"
    "  - name: two\n    tags: [b]\n    command: echo ho\n";

} // namespace

TEST_CASE("an output never replaces what the command reads or writes",
          "[e2e][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml", plan_text);
  test::write_file(dir / "v.yml", "x: 1\n");
  test::write_file(dir / "c.json", "{}");
  test::write_file(dir / "secret", "hush");
  REQUIRE(in_folder(dir,
                    "ln p.yml hard && ln -s p.yml soft && ln -s new "
                    "dangling && mkfifo fifo && mkdir sub state && cp p.yml "
                    "sub/q.yml")
            .rc
          == 0);
  auto [line, words] = GENERATE(table<std::string, std::string>({
    {"run p.yml --report p.yml", "--report: 'p.yml' is the plan"},
    {"run p.yml --check --junit ./p.yml", "--junit: './p.yml' is the plan"},
    {"run p.yml --report hard", "is the plan"},
    {"run soft --report p.yml", "is the plan"},
    {"run p.yml --report soft", "is the plan"},
    {"run p.yml -e @v.yml --report v.yml", "is a file of variables"},
    {"run p.yml --config c.json --junit c.json", "is the file of settings"},
    {"run p.yml --secret x=file:secret --report secret", "is a secret"},
    {"run p.yml --report same --junit sub/../same", "as well"},
    {"run p.yml --report dangling --junit new", "as well"},
    {"run p.yml --state-dir state --report state/lock",
     "is in the folder of the runs"},
    {"run p.yml --state-dir state --trace state/x",
     "is in the folder of the runs"},
    {"run p.yml --report -", "--report: standard output has the run itself"},
    {"run p.yml --junit -", "--junit: standard output has the run itself"},
    {"run p.yml --trace soft", "--trace: 'soft' is the plan"},
    {"run p.yml --report same --trace same", "as well"},
    {"run p.yml --trace -", "--trace: standard output has the run itself"},
    {"run p.yml --trace no/t", "--trace: 'no/t' cannot be written"},
    {"run p.yml --trace /proc/x", "--trace: cannot write '/proc/x'"},
    {"run p.yml --junit fifo",
     "--junit: 'fifo' cannot be written: nobody reads this pipe"},
    {"run p.yml --trace ''", "--trace: the value is empty"},
    {"run p.yml --report=''", "--report: 1 required TEXT missing"},
    {"run p.yml --state-dir ''", "--state-dir: the value is empty"},
    {"run p.yml --config ''", "--config: the value is empty"},
    {"report last --html ''", "--html: the value is empty"},
    {"pack p.yml -o ''", "--output: the value is empty"},
    {"run p.yml --trace-format otlp", "give both"},
    {"pack p.yml -o p.yml", "--output: 'p.yml' is the plan"},
    {"pack p.yml -e @v.yml -o v.yml", "is a file of variables"},
    {"pack p.yml --with sub -o sub/q.yml", "is packed"},
  }));
  INFO(line);
  auto ran = in_folder(dir, "troupe " + line);
  CHECK(ran.rc == 64);
  CHECK_THAT(ran.err, Catch::Contains(words));
  CHECK(ran.out.empty());
  CHECK(test::read_file(dir / "p.yml") == plan_text);
  CHECK(test::read_file(dir / "sub/q.yml") == plan_text);
  CHECK(test::read_file(dir / "v.yml") == "x: 1\n");
  CHECK(test::read_file(dir / "c.json") == "{}");
  CHECK(in_folder(dir, "test -e same || test -e new || test -e ./-").rc == 1);
}

TEST_CASE("a pipe with a reader keeps it until the report is written",
          "[e2e][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml", plan_text);
  auto ran = in_folder(dir, "mkfifo pipe; cat pipe > copy & "
                            "troupe run p.yml -q --report pipe; rc=$?; wait; "
                            "exit $rc");
  INFO(ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(test::read_file(dir / "copy"), Catch::Contains("\"tasks\""));
}

TEST_CASE("reports may go into one device", "[e2e][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml", plan_text);
  CHECK(
    in_folder(dir, "troupe run p.yml --report /dev/null --junit /dev/null").rc
    == 0);
}

TEST_CASE("whoever turns check mode on, what would change has its exit code",
          "[e2e][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml", plan_text);
  test::write_file(dir / "c.yml", std::string{"settings: {check_mode: true}\n"}
                                    + "tasks:\n  - copy: {dest: " + (dir / "x")
                                    + ", content: x}\n");
  test::write_file(dir / "q.yml", "tasks:\n  - copy: {dest: " + (dir / "x")
                                    + ", content: x}\n");
  for (auto* line : {"troupe run q.yml --check --detailed-exitcode",
                     "TROUPE_CHECK_MODE=1 troupe run q.yml --detailed-exitcode",
                     "troupe run c.yml --detailed-exitcode"}) {
    INFO(line);
    CHECK(in_folder(dir, line).rc == 3);
  }
  // What nobody knows may change something.
  test::write_file(dir / "m.yml", "tasks: [{command: make}]");
  auto may = in_folder(dir, "troupe run m.yml --check --detailed-exitcode");
  CHECK(may.rc == 3);
  CHECK_THAT(may.out, Catch::Contains("nothing would change; 1 not known."));
  test::write_file(dir / "m.yml",
                   "tasks: [{command: make, changed_when: false}]");
  CHECK(in_folder(dir, "troupe run m.yml --check --detailed-exitcode").rc == 0);
  CHECK(in_folder(dir, "troupe run q.yml --detailed-exitcode").rc == 64);
}

TEST_CASE("options that would do nothing are refused", "[e2e][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml", plan_text);
  for (auto* look :
       {"--list-hosts", "--list-tasks", "--list-tags", "--syntax-check"})
    for (auto* other :
         {"--report r", "--junit r", "--trace r", "-q", "--profile",
          "--output live", "--resume", "--wait-lock", "--detailed-exitcode"}) {
      auto line = std::string{"troupe run p.yml "} + look + " " + other;
      INFO(line);
      auto ran = in_folder(dir, line);
      CHECK(ran.rc == 64);
      CHECK_THAT(ran.err, Catch::Contains("exclude"));
    }
  for (auto* pair : {"-q --profile", "-q --output live",
                     "--no-state --state-dir x", "--no-state --wait-lock"}) {
    INFO(pair);
    auto ran = in_folder(dir, std::string{"troupe run p.yml "} + pair);
    CHECK(ran.rc == 64);
    CHECK_THAT(ran.err, Catch::Contains("exclude"));
  }
  // The environment says it for all runs.
  CHECK(in_folder(dir, "troupe run p.yml --no-state").rc == 0);
}

TEST_CASE("what may be there once is refused in words that say which it is",
          "[e2e][M082][M140]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml", plan_text);
  auto twice = in_folder(dir, "troupe run p.yml --limit a -l b");
  CHECK(twice.rc == 64);
  CHECK_THAT(twice.err, Catch::Contains("--limit or -l is given 2 times"));
  auto plans = in_folder(dir, "troupe run p.yml p.yml");
  CHECK(plans.rc == 64);
  CHECK_THAT(plans.err, Catch::Contains("'p.yml' is not expected: there is "
                                        "room for one plan")
                          && Catch::Contains("import_playbook"));
}

TEST_CASE("a list of tasks or tags is that of the chosen ones", "[e2e][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml", plan_text);
  auto tasks = in_folder(dir, "troupe run p.yml --list-tasks --start-at-task "
                              "two");
  CHECK(tasks.rc == 0);
  CHECK_THAT(tasks.out, !Catch::Contains("one") && Catch::Contains("two"));
  auto tags = in_folder(dir, "troupe run p.yml --list-tags --tags a");
  CHECK_THAT(tags.out, Catch::Contains("tags: a\n"));
  auto later
    = in_folder(dir, "troupe run p.yml --list-tags --start-at-task t*");
  CHECK_THAT(later.out, Catch::Contains("tags: b\n"));
}

TEST_CASE("a list of hosts is that of each play, and of a limit",
          "[e2e][M082][M143]") {
  test::temp_dir dir;
  test::write_file(dir / "hosts", "[web]\nweb1\nweb2\n[db]\ndb1\n");
  test::write_file(dir / "s.yml",
                   "- hosts: web\n  tasks: [{ping: }]\n"
                   "- hosts: db\n  name: data\n  tasks: [{ping: }]\n"
                   "- hosts: '{{ x | default(\"web2\") }}'\n  tasks: []\n");
  test::write_file(dir / "p.yml", plan_text);
  CHECK(in_folder(dir, "troupe run s.yml -i hosts --list-hosts").out
        == "play 1: web\n  web1\n  web2\nplay 2: data\n  db1\n"
           "play 3: web2\n  web2\n");
  CHECK(in_folder(dir, "troupe run s.yml -i hosts --list-hosts -l web2").out
        == "play 1: web\n  web2\nplay 2: data\nplay 3: web2\n  web2\n");
  CHECK_THAT(in_folder(dir, "troupe run p.yml --list-hosts --host me").out,
             Catch::EndsWith("\n  me\n"));
}

TEST_CASE("only what is found when a plan runs makes its tags unknown",
          "[e2e][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "modules/my_include_tasks", "#!/bin/sh\necho '{}'\n");
  test::write_file(dir / "p.yml", "tasks:\n  - my_include_tasks: {}\n"
                                  "    tags: web\n");
  auto ran = in_folder(dir, "chmod +x modules/*; troupe run p.yml --list-tasks "
                            "--tags wbe");
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.err, Catch::Contains("did you mean 'web'"));
  test::write_file(dir / "q.yml",
                   "tasks:\n  - ansible.builtin.include_tasks: x.yml\n");
  auto open = in_folder(dir, "troupe run q.yml --list-tasks --tags wbe");
  CHECK(open.rc == 0);
  CHECK(open.err.empty());
}

TEST_CASE("a signature that is over when it is made is refused",
          "[e2e][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml", plan_text);
  REQUIRE(in_folder(dir, "troupe key new k").rc == 0);
  auto ran = in_folder(dir, "troupe pack p.yml -o r --sign k.key --expires "
                            "2020-01-01");
  CHECK(ran.rc == 64);
  CHECK_THAT(ran.err, Catch::Contains("2020-01-01T23:59:59Z is over"));
  CHECK(in_folder(dir, "test -e r").rc == 1);
}

TEST_CASE("after the time for a run is over the hint goes on with it",
          "[e2e][M011]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml",
                   "settings: {execution_timeout: 300ms}\n"
                   "tasks:\n  - command: test -e done\n    args: {chdir: "
                     + dir.path()
                     + "}\n    register: x\n    ignore_errors: "
                       "true\n  - command: sleep 60\n    when: x is failed\n"
                       "  - debug: {msg: after}\n");
  auto ran = in_folder(dir, "troupe run p.yml");
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.out, Catch::Contains("the time for the whole run was over"));
  CHECK_THAT(ran.err, Catch::Contains("--rerun-failed"));
  CHECK_THAT(ran.err, !Catch::Contains("to go on: troupe resume")
                        || Catch::Contains("--rerun-failed"));
}
