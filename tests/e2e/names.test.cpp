#include "tests/e2e/program.hpp"
#include "tests/e2e/terminal.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>

using namespace troupe;

namespace {

const char* rescue_plan = R"(tasks:
- block:
  - {name: Fetch it, command: 'false'}
  rescue:
  - {name: Take the old one, debug: {msg: old}}
- block:
  - {name: Fine, command: 'true'}
  rescue:
  - {name: Not needed, debug: {msg: no}}
)";

} // namespace

TEST_CASE("tasks are called by their names and places", "[e2e][names][M120]") {
  test::temp_dir dir;
  auto plan = dir / "p.yml";
  test::write_file(plan, "tasks:\n- {name: Install it, command: 'false'}\n"
                         "- {name: Start it, command: 'true'}\n");
  auto ran = test::run_troupe({"run", plan, "-q", "--no-state"});
  CHECK_THAT(ran.err, Catch::StartsWith("troupe: task 'Install it' (" + plan
                                        + ":2:3) failed: "));
  ran = test::run_troupe({"run", plan, "-vv", "--no-state"});
  CHECK_THAT(ran.out, Catch::Contains("(not run: task 'Install it' (" + plan
                                      + ":2:3) failed)"));
  CHECK_THAT(ran.out, !Catch::Contains("task-1"));
  CHECK_THAT(ran.out, Catch::Contains("not_run=1 "));
  // What the plan calls by an id is known by it.
  plan = dir / "q.json";
  test::write_file(plan, R"({"tasks": [{"id": "fetch", "command": "false"},
    {"id": "use", "name": "Use it", "command": "true",
     "dependencies": ["fetch"]}]})");
  ran = test::run_troupe({"run", plan, "--no-state"});
  CHECK_THAT(ran.out,
             Catch::Contains("dependency failed: 'fetch' (" + plan + ":1:12)"));
}

TEST_CASE("how far a run is says the names of tasks", "[e2e][names][M015]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml",
                   "tasks:\n- {name: 'Wait for {{ what }}',\n   wait_for: "
                   "{path: '"
                     + (dir / "there") + "'}, vars: {what: me}}\n");
  test::program run{{"run", dir / "p.yml", "--no-state"}};
  run.read_until([](const std::string& out) {
    return out.find("TASK [") != std::string::npos;
  });
  run.signal(SIGUSR1);
  run.read_error_until("running: Wait for me\n");
  test::write_file(dir / "there", "");
  CHECK(run.wait() == 0);
}

TEST_CASE("a rescue says what it has made good, and nothing when it is idle",
          "[e2e][names][M020][M120]") {
  test::temp_dir dir;
  auto plan = dir / "p.yml";
  test::write_file(plan, rescue_plan);
  auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"run", plan, "--no-state"});
    return test::run_troupe(std::move(more));
  };
  auto ran = run({"--junit", dir / "j.xml", "--report", dir / "r.json"});
  INFO(ran.out);
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("\n...rescuing\n"));
  CHECK_THAT(ran.out,
             Catch::Contains("\nrescued: [localhost] => (Fetch it)\n"));
  CHECK_THAT(ran.out, !Catch::Contains("Not needed"));
  CHECK_THAT(test::read_file(dir / "j.xml"),
             Catch::Contains("failures=\"0\"") && !Catch::Contains("<failure"));
  CHECK_THAT(test::read_file(dir / "r.json"),
             Catch::Contains("\"rescued\": true"));
  CHECK_THAT(run({"-v"}).out, Catch::Contains("TASK [Not needed]"));
  CHECK_THAT(run({"--tags", "x"}).out, !Catch::Contains("Not needed"));
  auto quiet = run({"-q"});
  CHECK(quiet.rc == 0);
  CHECK(quiet.out.empty());
  CHECK(quiet.err.empty());
  CHECK_THAT(run({"--output", "ndjson"}).out,
             Catch::Contains("\"event\":\"task_rescued\""));
  // Where the rescue fails as well, both failures are told.
  test::write_file(plan, "tasks:\n- block:\n  - {name: One, command: 'false'}\n"
                         "  rescue:\n  - {name: Two, command: 'false'}\n");
  quiet = run({"-q"});
  CHECK(quiet.rc == 2);
  CHECK_THAT(quiet.err, Catch::Contains("task 'One' (")
                          && Catch::Contains("task 'Two' ("));
}

TEST_CASE("nothing that a plan names forges a line", "[e2e][names][M120]") {
  test::temp_dir dir;
  auto plan = dir / "p.json";
  // Each name would be a line of its own.
  test::write_file(plan, R"({"troupe": 1, "plays": [{"name": "p\nok: [forged]",
    "tasks": [
    {"name": "n\nok: [forged]", "command": "true", "changed_when": false,
     "tags": ["t\nok: [forged]"]},
    {"name": "items", "debug": {"msg": 1}, "loop": ["i\nok: [forged]"]},
    {"name": "made", "file": {"path": ")"
                           + dir.path()
                           + R"(/f\nok: [forged]", "state": "touch"}},
    {"name": "said", "fail": {"msg": "m\nok: [forged]"},
     "ignore_errors": true},
    {"name": "again\nok: [forged]", "command": "false", "retries": 1,
     "delay": 0, "until": "r.rc == 0", "register": "r",
     "ignore_errors": true},
    {"name": "last\nok: [forged]", "fail": {"msg": "m\nok: [forged]"}}]}]})");
  auto state = dir / "state";
  auto check = [](const test::finished& ran) {
    INFO(ran.out << ran.err);
    CHECK_THAT("\n" + ran.out, !Catch::Contains("\nok: [forged]"));
    CHECK_THAT("\n" + ran.err, !Catch::Contains("\nok: [forged]"));
    return ran.out;
  };
  for (auto* view : {"--output=text", "--output=live", "-q"})
    for (auto* how : {"--diff", "--check", "--profile", "-vv"})
      if (std::string{view} != "-q" || std::string{how} == "--diff")
        check(test::run_troupe({"run", plan, view, how, "--state-dir", state}));
  auto shown = check(test::run_troupe({"run", plan, "--check"}));
  CHECK_THAT(shown, Catch::Contains("TASK [n\\nok: [forged]]"));
  CHECK_THAT(shown, Catch::Contains("/f\\nok: [forged]\n"));
  check(test::run_troupe({"run", plan, "--list-tasks"}));
  check(test::run_troupe({"run", plan, "--list-tags"}));
  check(test::run_troupe({"runs", "last", "--state-dir", state}));
  check(test::run_troupe({"undo", "last", "--check", "--state-dir", state}));
  check(test::run_troupe({"undo", "last", "--state-dir", state}));
}

TEST_CASE("a tag that no included task has either is said at the end",
          "[e2e][names][M082]") {
  test::temp_dir dir;
  auto plan = dir / "p.yml";
  test::write_file(plan, "tasks:\n- include_tasks: more.yml\n  tags: always\n");
  test::write_file(dir / "more.yml",
                   "- {command: 'true', tags: web}\n- {command: 'true', tags: "
                   "db, when: false}\n");
  auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"run", plan, "--no-state"});
    return test::run_troupe(std::move(more)).err;
  };
  CHECK(run({"--tags", "web,db", "--skip-tags", "db"}).empty());
  CHECK_THAT(run({"--tags", "wbe"}),
             Catch::Contains("warning: --tags: no task that the run has come "
                             "to has the tag 'wbe'; did you mean 'web'?\n"));
  CHECK_THAT(run({"--skip-tags", "bd"}), Catch::Contains("--skip-tags: no "));
}

TEST_CASE("a variable whose name is nearly one of the plan is warned of",
          "[e2e][names][M082]") {
  test::temp_dir dir;
  auto plan = dir / "p.yml";
  test::write_file(plan, "vars: {name: x}\ntasks:\n"
                         "- {debug: {msg: '{{ name }} {{ mane | d(1) }}'}}\n");
  auto run = [&](const char* vars) {
    return test::run_troupe({"run", plan, "--no-state", "-e", vars}).err;
  };
  CHECK_THAT(run("nmae=1"),
             Catch::Contains("warning: --extra-vars: nothing in the plan reads "
                             "'nmae'; did you mean 'name'?"));
  CHECK(run("name=1").empty());
  CHECK(run("mane=1").empty());
  CHECK(run("other=1").empty());
  CHECK_THAT(run("@nosuch.yml"),
             Catch::Contains("--extra-vars: cannot read 'nosuch.yml': "));
}

TEST_CASE("a setting of Ansible's whose name is nearly one is warned of",
          "[e2e][names][M082][M141]") {
  test::temp_dir dir;
  test::write_file(dir / "ansible.cfg", "[defaults]\nrole_path = x\n");
  test::write_file(dir / "p.yml", "- hosts: localhost\n  gather_facts: false\n"
                                  "  tasks: [{ping: {}}]\n");
  auto told = [&](const std::vector<std::string>& words) {
    auto all = words;
    all.push_back(dir / "p.yml");
    auto done
      = test::run_troupe(all, {{"ANSIBLE_CONFIG", dir / "ansible.cfg"}});
    CHECK(done.rc == 0);
    return done.err;
  };
  for (auto& words : std::vector<std::vector<std::string>>{
         {"run", "--no-state"}, {"validate"}, {"lint"}})
    CHECK_THAT(told(words),
               Catch::Contains("ansible.cfg:2: [defaults] has no setting "
                               "'role_path'; did you mean 'roles_path'?"));
}

TEST_CASE("a variable whose name is nearly a default of a role is warned of",
          "[e2e][names][M082][M140]") {
  test::temp_dir dir;
  test::write_file(dir / "roles/db/defaults/main.yml", "db_port: 5432\n");
  test::write_file(dir / "roles/db/tasks/main.yml",
                   "- {debug: {msg: '{{ db_port }}'}}\n");
  test::write_file(dir / "site.yml", "- hosts: localhost\n"
                                     "  gather_facts: false\n  roles: [db]\n");
  auto run = [&](const char* vars) {
    return test::run_troupe({"run", dir / "site.yml", "--no-state", "-e", vars})
      .err;
  };
  CHECK_THAT(run("db_prot=1"),
             Catch::Contains("nothing in the plan reads 'db_prot'; did you "
                             "mean 'db_port'?"));
  CHECK(run("db_port=1").empty());
}

TEST_CASE("a variable whose name is nearly one of the inventory is warned of",
          "[e2e][names][M082][M141]") {
  test::temp_dir dir;
  test::write_file(dir / "hosts", "[web]\nweb1 ansible_connection=local "
                                  "ansible_port=22\n");
  std::filesystem::create_directory(dir / "group_vars");
  test::write_file(dir / "group_vars/web.yml",
                   "ports: [80]\nfirst: '{{ prost | d(1) }}'\n");
  test::write_file(dir / "site.yml",
                   "- hosts: web\n  gather_facts: false\n  tasks:\n"
                   "  - debug: {msg: '{{ ports }} {{ first }}'}\n");
  auto run = [&](const char* vars) {
    return test::run_troupe({"run", dir / "site.yml", "-i", dir / "hosts",
                             "--no-state", "-e", vars})
      .err;
  };
  CHECK_THAT(run("{\"prots\": [1]}"),
             Catch::Contains("warning: --extra-vars: nothing in the plan reads "
                             "'prots'; did you mean 'ports'?"));
  CHECK(run("{\"ports\": [1]}").empty());
  // The engine reads it itself.
  CHECK(run("ansible_host=web1").empty());
  // Variables of the inventory read it.
  CHECK(run("prost=1").empty());
  CHECK(run("other=1").empty());
}

TEST_CASE("an import that is not valid makes the plan invalid",
          "[e2e][names][M005]") {
  test::temp_dir dir;
  auto plan = dir / "p.yml";
  test::write_file(plan, "tasks:\n- import_tasks: a.yml\n");
  auto check = [&](const char* words) {
    for (auto& line : std::vector<std::vector<std::string>>{
           {"validate", plan}, {"run", plan, "--syntax-check"}}) {
      auto ran = test::run_troupe(line);
      INFO(ran.out << ran.err);
      CHECK(ran.rc == 4);
      CHECK_THAT(ran.err, Catch::Contains("p.yml:2:3: "));
      CHECK_THAT(ran.err, Catch::Contains(words));
    }
  };
  check("there is no file 'a.yml'");
  test::write_file(dir / "a.yml", "- import_tasks: b.yml\n");
  test::write_file(dir / "b.yml", "- debug:\n    msg: x\n- cpoy: {}\n");
  auto ran = test::run_troupe({"validate", plan});
  CHECK(ran.rc == 4);
  CHECK_THAT(ran.err, Catch::Contains("b.yml:3:3: unknown module 'cpoy'; did "
                                      "you mean 'copy'?"));
  test::write_file(dir / "b.yml", "- debug: {msg: x}\n");
  CHECK(test::run_troupe({"validate", plan}).rc == 0);
  // Of an inclusion only the run decides whether it is read.
  test::write_file(dir / "b.yml", "- include_tasks: none.yml\n  when: false\n");
  CHECK(test::run_troupe({"validate", plan}).rc == 0);
}

TEST_CASE("a run that is gone on with takes more variables, and keeps them",
          "[e2e][names][M016]") {
  test::temp_dir dir;
  auto plan = dir / "p.yml";
  auto state = "--state-dir=" + (dir / "state");
  test::write_file(plan, "tasks:\n- command: test {{ a }} = 1\n"
                         "- command: test {{ b }} = 2\n");
  CHECK(test::run_troupe({"run", plan, state, "-e", "a=0"}).rc == 2);
  CHECK(test::run_troupe({"resume", state, "--rerun-failed", "-e", "a=1"}).rc
        == 2);
  // What came with the last one is there still.
  auto ran = test::run_troupe({"resume", state, "--rerun-failed", "-e", "b=2"});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK(test::run_troupe({"run", plan, state}).rc == 2);
  CHECK(test::run_troupe({"resume", state, "--rerun-failed", "-e", "a=1"}).rc
        == 2);
  CHECK(test::run_troupe({"resume", state, "--rerun-failed", "-e", "a=9"}).rc
        == 2);
  test::write_file(dir / "v.yml", "{a: 1, b: 2}\n");
  CHECK(test::run_troupe(
          {"resume", state, "--rerun-failed", "-e", "@" + (dir / "v.yml")})
          .rc
        == 0);
}

TEST_CASE("what of a run was taken back is said of it", "[e2e][names][M009]") {
  test::temp_dir dir;
  auto state = "--state-dir=" + (dir / "state");
  REQUIRE(
    test::run_troupe({"do", "copy", "dest=" + (dir / "f"), "content=x", state})
      .rc
    == 0);
  auto shown = test::run_troupe({"undo", "last", "--check", state});
  CHECK_THAT(shown.err, Catch::Contains("DRY RUN: nothing was done; 1 change "
                                        "would be undone.\n"));
  CHECK_THAT(test::run_troupe({"runs", state}).out, Catch::Contains(" ok "));
  REQUIRE(test::run_troupe({"undo", "last", state}).rc == 0);
  CHECK_THAT(test::run_troupe({"runs", state}).out,
             Catch::Contains(" undone "));
  CHECK_THAT(test::run_troupe({"runs", "last", state}).out,
             Catch::Contains("state    undone\n"));
}

TEST_CASE("facts are found by their names without a prefix too",
          "[e2e][names][M040]") {
  auto ran = test::run_troupe({"facts", "-f", "kernel,distrib*n"});
  CHECK_THAT(ran.out, Catch::Contains("\"ansible_kernel\"")
                        && Catch::Contains("\"ansible_distribution\""));
  CHECK_THAT(ran.out, !Catch::Contains("ansible_env"));
  ran = test::run_troupe({"facts", "--filter", "nothing"});
  CHECK(ran.out == "{}\n");
  CHECK_THAT(ran.err, Catch::Contains("no fact has a name that matches "
                                      "nothing"));
}

TEST_CASE("a run has its own time and environment, not those of an earlier one",
          "[e2e][names][M072]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml",
                   "tasks:\n- debug: {msg: '{{ ansible_env.FOO }} {{ "
                   "ansible_date_time.epoch }} {{ ansible_system }}'}\n");
  auto state = "--state-dir=" + (dir / "state");
  for (const auto* each : {"first", "second"}) {
    auto ran = test::run_troupe({"run", dir / "p.yml", state}, {{"FOO", each}});
    CHECK(ran.rc == 0);
    CHECK_THAT(ran.out, Catch::Contains(each));
  }
  auto kept = test::read_file(dir / "state/facts.json");
  CHECK_THAT(kept, Catch::Contains("ansible_system"));
  CHECK_THAT(kept,
             !Catch::Contains("ansible_env") && !Catch::Contains("first"));
}

TEST_CASE("what a signal says leaves the live view whole",
          "[e2e][names][M080]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml",
                   "tasks:\n- {name: Wait, command: sleep 60}\n");
  test::terminal_program ran{{"run", dir / "p.yml", "--output", "live"}};
  ran.read_until("0/1");
  ran.type("\x03");
  CHECK(ran.wait() == 130);
  auto& shown = ran.shown();
  auto said = shown.find("troupe: stopping");
  REQUIRE(said != std::string::npos);
  INFO(shown);
  // The status was taken away before, and there is none until it is drawn anew.
  CHECK(shown.substr(0, said).ends_with("\x1b[J"));
}
