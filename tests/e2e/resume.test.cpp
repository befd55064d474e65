#include "tests/e2e/killed_run.hpp"
#include "tests/support/places.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <vector>

using namespace troupe;
using test::killed_run;
using test::read_report_file;
using test::task_with;

TEST_CASE("a killed run goes on where it was", "[e2e][M016][M019]") {
  killed_run r{R"(
    {"id":"once","shell":"echo once >> FOLDER/log; echo out","register":"r",
     "notify":"tell"},
    {"id":"vars","set_fact":{"n":42}},
    {"id":"gate","shell":{"cmd":"KILL","creates":"FOLDER/killed"}},
    {"id":"after","shell":"echo {{ r.stdout }} {{ n }} >> FOLDER/log"})",
               R"(,"handlers":[{"id":"tell","name":"tell",
                  "shell":"echo handled >> FOLDER/log"}])"};
  CHECK(r.start().rc == -SIGKILL);
  auto again = r.resume({"--report", r.dir / "report.json"});
  CHECK(again.rc == 0);
  CHECK_THAT(again.err, Catch::Contains("in which 2 tasks have ended"));
  CHECK(r.lines("log") == "once\nout 42\nhandled\n");
  auto report = read_report_file(r.dir / "report.json");
  CHECK(*report.find("counts")->find("total") == value{5});
  CHECK(*task_with(report, "once").find("stdout") == value{"out"});
  CHECK(*task_with(report, "gate").find("status") == value{"success"});
  // Its first call made what the second one found.
  CHECK(*task_with(report, "gate").find("changed") == value{true});
  CHECK_THAT(r.resume().err, Catch::Contains("is unfinished"));
}

TEST_CASE("a command that was under way needs a decision", "[e2e][M016]") {
  killed_run r{R"({"id":"gate","shell":"echo gate >> FOLDER/log; KILL"},
                  {"id":"after","shell":"echo after >> FOLDER/log"})"};
  CHECK(r.start().rc == -SIGKILL);
  SECTION("nobody decides") {
    for (int i = 0; i < 2; ++i) {
      auto again = r.resume();
      CHECK(again.rc == 5);
      CHECK_THAT(again.out, Catch::Contains("it was begun at "));
      CHECK_THAT(again.err, Catch::Contains("--on-unknown rerun\n")
                              && Catch::Contains("or: troupe resume")
                              && Catch::Contains("--on-unknown skip\n"));
    }
    CHECK(r.lines("log") == "gate\n");
  }
  SECTION("it runs again") {
    // The gate fails when it is called twice, as the folder is there.
    auto again = r.resume({"--on-unknown", "rerun"});
    CHECK(again.rc == 2);
    CHECK(r.lines("log") == "gate\ngate\n");
  }
  SECTION("it is skipped") {
    CHECK(r.resume({"--on-unknown", "skip"}).rc == 0);
    CHECK(r.lines("log") == "gate\nafter\n");
  }
}

TEST_CASE("a loop goes on at the item it was at", "[e2e][M016][M020]") {
  killed_run r{R"({"id":"loop","loop":[1,2,3],"register":"r",
    "shell":{"cmd":"echo {{ item }} >> FOLDER/log; test {{ item }} != 2 || KILL",
             "creates":"FOLDER/never"}},
    {"id":"after","debug":{"msg":"{{ r.results | map(attribute='rc') | list }}"}})"};
  CHECK(r.start().rc == -SIGKILL);
  // The second call of the gate fails, which is what the item then says.
  auto again = r.resume({"--report", r.dir / "report.json"});
  CHECK(r.lines("log") == "1\n2\n2\n3\n");
  auto report = read_report_file(r.dir / "report.json");
  auto& loop = task_with(report, "loop");
  CHECK(*loop.find("status") == value{"failed"});
}

TEST_CASE("no item of a parallel loop runs twice unasked",
          "[e2e][M016][M020]") {
  killed_run r{R"({"id":"loop","loop":[1,2,3,4,5,6],"loop_parallel":3,
    "shell":"echo {{ item }} >> FOLDER/log; test {{ item }} != 4 || KILL"},
    {"id":"after","debug":{"msg":"after"}})"};
  CHECK(r.start().rc == -SIGKILL);
  CHECK(r.resume().rc == 5);
  CHECK(r.resume({"--on-unknown", "skip"}).rc == 0);
  auto text = r.lines("log");
  std::istringstream lines{text};
  std::vector<std::string> items;
  for (std::string line; std::getline(lines, line);)
    items.push_back(line);
  std::sort(items.begin(), items.end());
  CHECK(std::adjacent_find(items.begin(), items.end()) == items.end());
  CHECK(items.size() >= 4);
}

TEST_CASE("after a death it is known what became of jobs in the background",
          "[e2e][M016][M020]") {
  killed_run r{R"(
    {"id":"quick","shell":"echo quick >> FOLDER/log; echo out",
     "async":60,"poll":0,"register":"q"},
    {"id":"slow","shell":"echo slow >> FOLDER/slow; test -e FOLDER/killed || sleep 600; echo second",
     "async":900,"poll":0,"register":"s"},
    {"id":"wait","async_status":{"jid":"{{ q.ansible_job_id }}"},
     "register":"w","until":"w.finished","retries":100000,"delay":0},
    {"id":"begun","wait_for":{"path":"FOLDER/slow","search_regex":"slow"}},
    {"id":"gate","shell":{"cmd":"KILL","creates":"FOLDER/killed"}},
    {"id":"ended","async_status":{"jid":"{{ q.ansible_job_id }}"}},
    {"id":"lost","async_status":{"jid":"{{ s.ansible_job_id }}"},
     "register":"l","until":"l.finished or l is skipped","retries":100000,
     "delay":0})"};
  CHECK(r.start().rc == -SIGKILL);
  // Nobody knows whether the one that died took effect.
  for (int i = 0; i < 2; ++i) {
    auto again = r.resume();
    CHECK(again.rc == 5);
    CHECK_THAT(again.err, Catch::Contains("--on-unknown skip\n"));
  }
  SECTION("it is passed over") {
    auto again
      = r.resume({"--on-unknown", "skip", "--report", r.dir / "report.json"});
    CHECK(again.rc == 0);
    auto report = read_report_file(r.dir / "report.json");
    CHECK(*task_with(report, "ended").find("stdout") == value{"out"});
    CHECK(*task_with(report, "lost").find("status") == value{"skipped"});
    CHECK(r.lines("log") == "quick\n");
    CHECK(r.lines("slow") == "slow\n");
  }
  SECTION("it runs again") {
    auto again
      = r.resume({"--on-unknown", "rerun", "--report", r.dir / "report.json"});
    CHECK(again.rc == 0);
    auto report = read_report_file(r.dir / "report.json");
    CHECK(*task_with(report, "lost").find("stdout") == value{"second"});
    CHECK(r.lines("log") == "quick\n");
    CHECK(r.lines("slow") == "slow\nslow\n");
  }
}

TEST_CASE("the journal has nothing of a no_log job in the background",
          "[e2e][M092][M020]") {
  killed_run r{R"(
    {"id":"job","shell":"echo can''ary; exit 1","async":60,"poll":0,
     "no_log":true})"};
  auto ran = r.start();
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out + ran.err, Catch::Contains("job.async failed: no_log"));
  size_t files = 0;
  for (auto& each :
       std::filesystem::recursive_directory_iterator{r.dir / "state"})
    if (each.path().filename() == "journal") {
      ++files;
      CHECK(test::read_file(each.path()).find("canary") == std::string::npos);
    }
  CHECK(files == 1);
}

TEST_CASE("failed tasks run again when that is asked for", "[e2e][M016]") {
  killed_run r{R"(
    {"id":"once","shell":"echo once >> FOLDER/log"},
    {"id":"fragile","shell":"echo fragile >> FOLDER/log; test -e FOLDER/ready"},
    {"id":"after","shell":"echo after >> FOLDER/log"})"};
  auto first = r.start();
  CHECK(first.rc == 2);
  CHECK_THAT(first.err, Catch::Contains("--rerun-failed"));
  // Without being asked the failure stands.
  CHECK(r.resume().rc == 2);
  CHECK(r.lines("log") == "once\nfragile\n");
  test::write_file(r.dir / "ready", "");
  CHECK(r.resume({"--rerun-failed"}).rc == 0);
  CHECK(r.lines("log") == "once\nfragile\nfragile\nafter\n");
}

TEST_CASE("what a loop changed before it failed is told to handlers in the end",
          "[e2e][M016]") {
  test::temp_dir dir;
  test::write_file(
    dir / "p.yml",
    fmt::format(
      "- hosts: localhost\n  gather_facts: false\n  vars: {{d: {}}}\n"
      "  tasks:\n"
      "  - name: Write\n    notify: 'told of {{{{ item }}}}'\n"
      "    loop: [a, b/c, e]\n"
      "    copy: {{content: x, dest: '{{{{ d }}}}/{{{{ item }}}}'}}\n"
      "  handlers:\n"
      "  - {{name: told of a, shell: 'echo a >> {{{{ d }}}}/log'}}\n"
      "  - {{name: told of b/c, shell: 'echo b >> {{{{ d }}}}/log'}}\n"
      "  - {{name: told of e, shell: 'echo e >> {{{{ d }}}}/log'}}\n",
      dir.path()));
  auto state = dir / "state";
  CHECK(test::run_troupe({"run", dir / "p.yml", "--state-dir", state}).rc == 2);
  auto again = [&] {
    return test::run_troupe({"resume", "--rerun-failed", "--state-dir", state})
      .rc;
  };
  // Also when it fails once more.
  CHECK(again() == 2);
  CHECK_FALSE(std::filesystem::exists(dir / "log"));
  std::filesystem::create_directory(dir / "b");
  CHECK(again() == 0);
  CHECK(test::read_file(dir / "log") == "a\nb\ne\n");
}

TEST_CASE("what a loop changed before an item could not be read is told, too",
          "[e2e][M016]") {
  test::temp_dir dir;
  test::write_file(
    dir / "p.yml",
    fmt::format("- hosts: localhost\n  gather_facts: false\n"
                "  vars: {{d: {}}}\n  tasks:\n"
                "  - notify: told\n    loop: [new, there]\n"
                "    copy:\n      dest: '{{{{ d }}}}/{{{{ item }}}}'\n"
                "      content: \"{{{{ lookup('file', d ~ '/there')\n"
                "        if item == 'there' else 'x' }}}}\"\n"
                "  handlers:\n"
                "  - {{name: told, shell: 'echo told >> {{{{ d }}}}/log'}}\n",
                dir.path()));
  auto state = dir / "state";
  CHECK(test::run_troupe({"run", dir / "p.yml", "--state-dir", state}).rc == 2);
  CHECK_FALSE(std::filesystem::exists(dir / "log"));
  test::write_file(dir / "there", "x");
  auto again
    = test::run_troupe({"resume", "--rerun-failed", "--state-dir", state});
  INFO(again.out << again.err);
  CHECK(again.rc == 0);
  // Both were there before.
  CHECK_THAT(again.out, Catch::Contains("ok: [localhost] => (item=new)"));
  CHECK(test::read_file(dir / "log") == "told\n");
}

TEST_CASE("a run is not gone on with under another plan", "[e2e][M016]") {
  killed_run r{R"({"id":"gate","shell":"KILL"})"};
  CHECK(r.start().rc == -SIGKILL);
  test::write_file(r.dir / "plan.json", R"({"tasks":[{"ping":{}}]})");
  auto again = r.resume();
  CHECK(again.rc == 4);
  CHECK_THAT(again.err,
             Catch::Contains("added, removed, renamed or moved since"));
  // `run --resume` starts anew: it is another plan.
  CHECK(r.start({"--resume"}).rc == 0);
}

TEST_CASE("a file changed before the death counts as changed after it",
          "[e2e][M016][M019]") {
  killed_run r{R"(
    {"id":"conf","copy":{"content":"x","dest":"FOLDER/conf"},"notify":"tell"},
    {"id":"gate","shell":{"cmd":"KILL","creates":"FOLDER/killed"}})",
               R"(,"handlers":[{"id":"tell","name":"tell",
                  "shell":"echo handled >> FOLDER/log"}])"};
  CHECK(r.start().rc == -SIGKILL);
  // As if the death had come before the end of "conf" was written down.
  auto journal = [&] {
    for (auto& each : std::filesystem::directory_iterator{r.dir / "state/runs"})
      return each.path().string() + "/journal";
    return std::string{};
  }();
  auto bytes = test::read_file(journal);
  auto end = bytes.find("\x04"
                        "conf",
                        bytes.find("absent"));
  REQUIRE(end != std::string::npos);
  test::write_file(journal, bytes.substr(0, end - 9));
  auto again = r.resume({"--report", r.dir / "report.json"});
  CHECK(again.rc == 0);
  auto report = read_report_file(r.dir / "report.json");
  CHECK(*task_with(report, "conf").find("changed") == value{true});
  CHECK(r.lines("log") == "handled\n");
}

TEST_CASE("two runs do not share a state folder", "[e2e][M053]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[{"wait_for":{"path":")"
                                     + (dir / "gate")
                                     + R"(","sleep":1,"timeout":60}}]})");
  std::vector<std::string> arguments{"run",    dir / "p.json", "--output",
                                     "ndjson", "--state-dir",  dir / "state"};
  test::program first{arguments};
  first.read_until([](const std::string& out) {
    return out.find("task_started") != std::string::npos;
  });
  auto second = test::run_troupe(arguments);
  CHECK(second.rc == 8);
  CHECK_THAT(second.err, Catch::Contains("another run holds")
                           && Catch::Contains("p.json")
                           && Catch::Contains("--wait-lock"));
  CHECK_THAT(test::run_troupe({"runs", "--state-dir", dir / "state"}).out,
             Catch::Contains("running"));
  arguments.push_back("--wait-lock");
  test::program third{arguments};
  test::write_file(dir / "gate", "");
  CHECK(first.wait() == 0);
  CHECK(third.wait() == 0);
}

TEST_CASE("an unusable state folder is refused with a hint", "[e2e][M121]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks":[{"ping":{}}]})");
  test::write_file(dir / "file", "");
  auto in = [&](const std::string& folder) {
    return test::run_troupe({"run", dir / "p.json", "--state-dir", folder});
  };
  auto ran = in(dir / "file");
  CHECK(ran.rc == 6);
  CHECK_THAT(ran.err, Catch::Contains("--no-state"));
  std::filesystem::create_directory(dir / "open");
  REQUIRE(::chmod((dir / "open").c_str(), 0777) == 0);
  ran = in(dir / "open");
  CHECK(ran.rc == 6);
  CHECK_THAT(ran.err, Catch::Contains("others may write to"));
  CHECK(in(dir / "kept").rc == 0);
  for (auto* inner : {"kept/runs", "kept/tmp"}) {
    REQUIRE(::chmod((dir / inner).c_str(), 0777) == 0);
    ran = in(dir / "kept");
    CHECK(ran.rc == 6);
    CHECK_THAT(ran.err,
               Catch::Contains("others may write to '" + (dir / inner) + "'"));
    REQUIRE(::chmod((dir / inner).c_str(), 0700) == 0);
  }
  CHECK(test::run_troupe({"run", dir / "p.json", "--no-state"}).rc == 0);
}

TEST_CASE("undo takes back what a run changed", "[e2e][M009]") {
  killed_run r{R"(
    {"copy":{"content":"new","dest":"FOLDER/a"}},
    {"file":{"path":"FOLDER/d/e","state":"directory"}},
    {"template":{"src":"FOLDER/t.j2","dest":"FOLDER/d/e/f"}})"};
  test::write_file(r.dir / "a", "old");
  test::write_file(r.dir / "t.j2", "{{ 1 + 1 }}");
  auto ran = r.start({"--output", "ndjson"});
  REQUIRE(ran.rc == 0);
  CHECK(r.lines("d/e/f") == "2");
  auto at = ran.out.find("\"run\":\"") + 7;
  auto run = ran.out.substr(at, ran.out.find('"', at) - at);
  auto undone = r.run({"undo", run});
  CHECK(undone.rc == 0);
  CHECK_THAT(undone.out, Catch::Contains("a: restored"));
  CHECK(r.lines("a") == "old");
  CHECK_FALSE(std::filesystem::exists(r.dir / "d"));
  CHECK(r.run({"undo", "../x"}).rc == 64);
  auto unknown = r.run({"undo", run, "--task", "nobody"});
  CHECK(unknown.rc == 64);
  CHECK_THAT(unknown.err, Catch::Contains("has no task 'nobody'"));
}

TEST_CASE("undo shows, refuses and keeps what somebody has changed since",
          "[e2e][M009][M021]") {
  killed_run r{R"(
    {"copy":{"content":"run\n","dest":"FOLDER/a"}},
    {"copy":{"content":"run\n","dest":"FOLDER/b"}},
    {"no_log":true,"copy":{"content":"hush\n","dest":"FOLDER/s"}},
    {"copy":{"content":"bad","dest":"FOLDER/v","validate":"grep good %s"},
     "ignore_errors":true})"};
  for (auto* name : {"a", "b", "s", "v"})
    test::write_file(r.dir / name, "old\n");
  auto ran = r.start({"--output", "ndjson"});
  REQUIRE(ran.rc == 0);
  // A refused file has no second name.
  CHECK(std::filesystem::hard_link_count(r.dir / "v") == 1);
  auto at = ran.out.find("\"run\":\"") + 7;
  auto run = ran.out.substr(at, ran.out.find('"', at) - at);
  auto check = r.run({"undo", run, "--check"});
  CHECK(check.rc == 0);
  CHECK_THAT(check.out, Catch::Contains("\n-run\n+old\n"));
  CHECK_THAT(check.out, Catch::Contains("(hidden by no_log)"));
  CHECK_THAT(check.out, !Catch::Contains("hush"));
  CHECK(r.lines("a") == "run\n");

  test::write_file(r.dir / "a", "mine\n");
  CHECK(r.run({"undo", run, "--check"}).rc == 2);
  auto refused = r.run({"undo", run});
  CHECK(refused.rc == 2);
  CHECK_THAT(refused.out, Catch::Contains("has changed since the run"));
  CHECK_THAT(refused.err, Catch::Contains("1 of "));
  CHECK(r.lines("a") == "mine\n");
  CHECK(r.lines("b") == "old\n");
  auto forced = r.run({"undo", run, "--force"});
  CHECK(forced.rc == 0);
  CHECK_THAT(forced.out, Catch::Contains("a.undone-0~"));
  CHECK(r.lines("a") == "old\n");
  CHECK(r.lines("a.undone-0~") == "mine\n");
}

TEST_CASE("options about going on need something to go on with",
          "[e2e][M016]") {
  killed_run r{R"({"id":"a","ping":{}})"};
  CHECK(r.start({"--rerun-failed"}).rc == 64);
  CHECK(r.start({"--on-unknown", "skip"}).rc == 64);
  CHECK(r.start({"--resume", "--check"}).rc == 64);
  CHECK(r.start({"--resume", "--no-state"}).rc == 64);
}

TEST_CASE("a damaged journal is refused with its place", "[e2e][M016]") {
  killed_run r{R"({"id":"a","ping":{}},{"id":"gate","shell":"KILL"})"};
  CHECK(r.start().rc == -SIGKILL);
  std::filesystem::directory_iterator runs{r.dir / "state/runs"};
  auto path = runs->path().string() + "/journal";
  auto bytes = test::read_file(path);
  bytes[20] = static_cast<char>(bytes[20] ^ 1);
  test::write_file(path, bytes);
  auto run = runs->path().filename().string();
  auto again = r.run({"resume", run});
  CHECK(again.rc == 6);
  CHECK(test::read_file(path) == bytes);
}

TEST_CASE("what was taken back is not gone on with", "[e2e][M009][M010]") {
  test::temp_dir dir;
  auto policy = GENERATE(as<std::string>{}, "abort", "rollback");
  test::write_file(dir / "p.json", R"({"failure_policy": ")" + policy
                                     + R"(", "tasks": [
    {"copy": {"content": "{{ 1 + 1 }}", "dest": ")"
                                     + (dir / "made") + R"("}},
    {"command": "false"}]})");
  auto state = dir / "state";
  auto ran = test::run_troupe({"run", dir / "p.json", "--state-dir", state});
  CHECK(ran.rc == 2);
  if (policy == "abort") {
    CHECK_THAT(ran.err, Catch::Contains("to go on: troupe resume"));
    CHECK(test::run_troupe({"undo", "last", "--state-dir", state}).rc == 0);
  } else {
    CHECK_THAT(ran.err, !Catch::Contains("to go on"));
  }
  CHECK_FALSE(std::filesystem::exists(dir / "made"));
  for (auto* which : {"last", ""}) {
    std::vector<std::string> line{"resume", "--rerun-failed", "--state-dir",
                                  state};
    if (*which)
      line.insert(line.begin() + 1, which);
    auto resumed = test::run_troupe(line);
    INFO(resumed.out << resumed.err);
    CHECK(resumed.rc == 64);
  }
}

TEST_CASE("an undo of a run with secrets shows no differences",
          "[e2e][M009][M092]") {
  test::temp_dir dir;
  test::write_file(dir / "made", "old");
  test::write_file(dir / "p.json", R"({"tasks": [{"copy":
    {"content": "{{ token }}", "dest": ")"
                                     + (dir / "made") + R"("}}]})");
  auto state = dir / "state";
  REQUIRE(test::run_troupe({"run", dir / "p.json", "--state-dir", state,
                            "--secret", "token=env:TOKEN"},
                           {{"TOKEN", "hunter2secret"}})
            .rc
          == 0);
  auto undone
    = test::run_troupe({"undo", "last", "--check", "--state-dir", state});
  CHECK(undone.rc == 0);
  CHECK((undone.out + undone.err).find("hunter2") == std::string::npos);
}

TEST_CASE("a run that is gone on with has not kept what was predicted, and "
          "fails nobody for it",
          "[e2e][resume][check_mode][M021]") {
  killed_run one{R"(
    {"file": {"path": "FOLDER/only", "state": "directory"}, "check_mode": true},
    {"id": "gate", "shell": "KILL || true"},
    {"id": "into", "copy": {"dest": "FOLDER/only/x", "content": "x"},
     "check_mode": true})"};
  CHECK(one.start().rc != 0);
  auto ended
    = one.resume({"--on-unknown", "skip", "--report", one.dir / "r.json"});
  INFO(ended.out << ended.err);
  CHECK(ended.rc == 0);
  auto report = test::read_report_file(one.dir / "r.json");
  auto& into = test::task_with(report, "into");
  CHECK(*into.find("changed") == value{true});
  CHECK(*into.find("output")->find("not_known") == value{true});
  CHECK(!std::filesystem::exists(one.dir / "only"));
}

TEST_CASE(
  "a run that a later one of its plan has overtaken is not gone on with",
  "[e2e][resume][M016]") {
  test::temp_dir dir;
  auto state = dir / "state";
  test::write_file(dir / "p.yml", "tasks:\n  - command: test {{ v }} = new\n"
                                  "  - copy: {dest: '"
                                    + (dir / "f") + "', content: '{{ v }}'}\n");
  test::write_file(dir / "q.yml", "tasks:\n  - command: 'false'\n");
  auto call = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--state-dir", state});
    return test::run_troupe(std::move(arguments));
  };
  REQUIRE(call({"run", dir / "q.yml"}).rc == 2);
  REQUIRE(call({"run", dir / "p.yml", "-e", "v=old"}).rc == 2);
  REQUIRE(call({"run", dir / "p.yml", "-e", "v=new"}).rc == 0);
  // That of the other plan is open still.
  auto other = call({"resume"});
  CHECK_THAT(other.err, Catch::Contains("task 'command' failed")
                          || Catch::Contains("with run"));
  CHECK(test::read_file(dir / "f") == "new");
  CHECK_THAT(call({"runs", "last"}).out, Catch::Contains(dir / "p.yml"));
}

TEST_CASE("without an id the run is meant whose plan is in this folder",
          "[e2e][resume][M016]") {
  test::temp_dir dir;
  auto state = dir / "state";
  for (std::string at : {"one/", "two/", "gone/"})
    test::write_file(dir / (at + "site.yml"),
                     "tasks:\n  - command: 'false'\n  - ping:\n");
  auto call = [&](const std::string& at, const std::string& arguments) {
    return test::run_program(
      "/bin/sh", {"-c", fmt::format("cd {} && exec {} {} "
                                    "--state-dir {}",
                                    dir / at, test::built_path("troupe"),
                                    arguments, state)});
  };
  REQUIRE(call("one", "run site.yml").rc == 2);
  REQUIRE(call("two", "run site.yml").rc == 2);
  REQUIRE(call("gone", "run site.yml").rc == 2);
  std::filesystem::remove_all(dir / "gone");
  // Of one name, yet of three plans; the newest is that of none.
  auto runs = call("", "runs").out;
  runs.erase(0, runs.find('\n') + 1);
  auto first = runs.substr(0, runs.find(' '));
  CHECK_THAT(call("one", "resume").err,
             Catch::Contains("with run " + first + " of 'site.yml'"));
  // From elsewhere the newest whose plan is there.
  std::filesystem::create_directory(dir / "other");
  CHECK(call("other", "resume").rc == 2);
  CHECK_THAT(call("other", "resume").err,
             Catch::Contains((dir / "two/site.yml")));
  std::filesystem::remove_all(dir / "one");
  std::filesystem::remove_all(dir / "two");
  auto none = call("other", "resume");
  CHECK(none.rc == 64);
  CHECK_THAT(none.err, Catch::Contains("is no longer there: '" + dir.path()));
}
