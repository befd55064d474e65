#include "tests/e2e/killed_run.hpp"

#include <fmt/format.h>

#include <csignal>

using namespace troupe;
using test::killed_run;
using test::read_report_file;
using test::task_with;

TEST_CASE("a loop of inclusions is known again with all its items",
          "[e2e][M016][M019]") {
  killed_run r{R"(
    {"id":"loop","include_tasks":"FOLDER/inc.json","loop":["x","y"],
     "loop_control":{"loop_var":"outer"}},
    {"id":"after","shell":"echo {{ seen_x }}{{ seen_y }}{{ r.stdout }} >> FOLDER/log"})",
               R"(,"handlers":[
      {"name":"h-x","shell":"echo h-x >> FOLDER/log"},
      {"name":"h-y","shell":"echo h-y >> FOLDER/log"}])"};
  test::write_file(r.dir / "inc.json", fmt::format(R"([
    {{"copy":{{"content":"{{{{ outer }}}}","dest":"{0}/o-{{{{ outer }}}}"}},
      "notify":"h-{{{{ outer }}}}"}},
    {{"set_fact":{{"seen_{{{{ outer }}}}":"{{{{ outer }}}}"}}}},
    {{"include_tasks":"{0}/deep.json","loop":[1,2]}}])",
                                                   r.dir.path()));
  test::write_file(r.dir / "deep.json",
                   fmt::format(R"([{{"register":"r","shell":
      "echo {{{{ outer }}}}{{{{ item }}}} >> {0}/log; echo r{{{{ outer }}}}{{{{ item }}}}"}},
      {{"shell":{{"cmd":"test {{{{ outer }}}}{{{{ item }}}} != y2 || {{ mkdir {0}/killed && kill -9 $PPID && sleep 60; }}",
      "creates":"{0}/killed"}}}}])",
                               r.dir.path()));
  CHECK(r.start().rc == -SIGKILL);
  auto again = r.resume({"--report", r.dir / "report.json"});
  CHECK(again.rc == 0);
  CHECK(r.lines("log") == "x1\nx2\ny1\ny2\nxyry2\nh-x\nh-y\n");
  auto report = read_report_file(r.dir / "report.json");
  for (auto* item : {"0", "1"})
    CHECK(
      *task_with(report, fmt::format("loop:{}:task-1", item)).find("changed")
      == value{true});
}

TEST_CASE("a failure that a rescue has answered stays answered in an inclusion",
          "[e2e][M016]") {
  killed_run r{R"(
    {"block":[{"id":"inc","include_tasks":"FOLDER/inc.json"}],
     "rescue":[{"id":"mend","shell":"echo mend >> FOLDER/log"}]},
    {"id":"last","shell":"echo last >> FOLDER/log; test -e FOLDER/ready"})"};
  test::write_file(
    r.dir / "inc.json",
    fmt::format(R"([{{"shell":"echo in >> {}/log; false"}}])", r.dir.path()));
  CHECK(r.start().rc == 2);
  test::write_file(r.dir / "ready", "");
  CHECK(r.resume({"--rerun-failed"}).rc == 0);
  CHECK(r.lines("log") == "in\nmend\nlast\nlast\n");
}

TEST_CASE("what no_log kept out of the journal is found out again",
          "[e2e][M016][M092]") {
  auto looped = GENERATE(false, true);
  CAPTURE(looped);
  std::string loop = looped ? R"("loop":["canary"],)" : "";
  std::string used = looped ? "k.results.0.stdout" : "k.stdout";
  killed_run r{R"(
    {"id":"key",)"
               + loop + R"("no_log":true,"register":"k",
     "shell":{"cmd":"echo key >> FOLDER/log; echo canary",
              "creates":"FOLDER/never"}},
    {"id":"quiet","no_log":true,"shell":"echo quiet >> FOLDER/log"},
    {"id":"gate","shell":{"cmd":"KILL","creates":"FOLDER/killed"}},
    {"id":"use","copy":{"content":"{{ )"
               + used + R"( | default('') }}","dest":"FOLDER/out"}})"};
  CHECK(r.start().rc == -SIGKILL);
  r.lose_key();
  CHECK(r.resume().rc == 0);
  CHECK(r.lines("log") == "key\nquiet\nkey\n");
  CHECK(r.lines("out") == "canary");
}

TEST_CASE("what no_log hides is there after a death, and readable by nobody",
          "[e2e][M016][M092]") {
  auto looped = GENERATE(false, true);
  CAPTURE(looped);
  std::string loop = looped ? R"("loop":[1,2],)" : "";
  killed_run r{R"(
    {"id":"key",)"
               + loop + R"("no_log":true,"register":"k",
     "shell":"echo key >> FOLDER/log; printf '%s%s' cana ry"},
    {"id":"gate","shell":{"cmd":"KILL","creates":"FOLDER/killed"}},
    {"id":"use","no_log":true,"copy":{"content":"{{ (k.results | default([k])).0.stdout }}",
     "dest":"FOLDER/out"}})"};
  CHECK(r.start().rc == -SIGKILL);
  auto again = r.resume({"-vvv"});
  CHECK(again.rc == 0);
  CHECK(r.lines("log") == (looped ? "key\nkey\n" : "key\n"));
  CHECK(r.lines("out") == "canary");
  auto all = again.out + again.err;
  for (auto& each :
       std::filesystem::recursive_directory_iterator{r.dir / "state"})
    // Undo keeps what was there, which is nothing.
    if (each.is_regular_file())
      all += test::read_file(each.path());
  CHECK(all.find("canary") == std::string::npos);
}

TEST_CASE("what a job under no_log came to is there after a death",
          "[e2e][M016][M092]") {
  killed_run r{R"(
    {"id":"job","no_log":true,"async":60,"poll":0,"register":"j",
     "shell":"printf '%s%s' cana ry"},
    {"id":"wait","no_log":true,"async_status":{"jid":"job.async"},"register":"w",
     "until":"w.finished","retries":600,"delay":0.05},
    {"id":"gate","shell":{"cmd":"KILL","creates":"FOLDER/killed"}},
    {"id":"ask","async_status":{"jid":"job.async"},"no_log":true,"register":"a"},
    {"id":"use","copy":{"content":"{{ a.stdout | default('-') }}",
     "dest":"FOLDER/out"}})"};
  CHECK(r.start().rc == -SIGKILL);
  auto again = r.resume();
  INFO(again.out << again.err);
  CHECK(again.rc == 0);
  CHECK(r.lines("out") == "canary");
  CHECK(again.out.find("canary") == std::string::npos);
}

TEST_CASE("a command under no_log whose result is lost needs a decision",
          "[e2e][M016][M092]") {
  auto looped = GENERATE(false, true);
  CAPTURE(looped);
  std::string loop = looped ? R"("loop":[1,2],)" : "";
  // Whether a template gives it, or leaves it out, is known when it runs.
  std::string creates
    = GENERATE("", R"(,"creates":"{{ nothing | default(omit) }}")");
  killed_run r{R"(
    {"id":"key",)"
               + loop + R"("no_log":true,"register":"k",
     "shell":{"cmd":"echo key >> FOLDER/log; echo canary")"
               + creates + R"(}},
    {"id":"gate","shell":{"cmd":"KILL","creates":"FOLDER/killed"}},
    {"id":"use","copy":{"content":"{{ (k.results | default([k])).0.stdout | default('-') }}",
     "dest":"FOLDER/out"}})"};
  std::string once = looped ? "key\nkey\n" : "key\n";
  CHECK(r.start().rc == -SIGKILL);
  r.lose_key();
  auto again = r.resume();
  CHECK(again.rc == 5);
  CHECK_THAT(again.err, Catch::Contains("--on-unknown rerun\n"));
  CHECK_FALSE(std::filesystem::exists(r.dir / "out"));
  CHECK(r.lines("log") == once);
  SECTION("it runs again") {
    CHECK(r.resume({"--on-unknown", "rerun"}).rc == 0);
    CHECK(r.lines("log") == once + once);
    CHECK(r.lines("out") == "canary");
  }
  SECTION("the run goes on without it") {
    CHECK(r.resume({"--on-unknown", "skip"}).rc == 0);
    CHECK(r.lines("log") == once);
    CHECK(r.lines("out") == "-");
  }
}

TEST_CASE("a loop under no_log that was cut off has all its results",
          "[e2e][M016][M092]") {
  killed_run r{R"(
    {"id":"key","loop":[1,2],"no_log":true,"register":"k","shell":{
      "cmd":"echo key{{ item }} >> FOLDER/log; test {{ item }} != 2 || test -e FOLDER/killed || KILL; echo canary{{ item }}",
      "creates":"FOLDER/never"}},
    {"id":"use","copy":{
      "content":"{{ k.results | map(attribute='stdout') | join(',') }}",
      "dest":"FOLDER/out"}})"};
  CHECK(r.start().rc == -SIGKILL);
  CHECK(r.resume().rc == 0);
  CHECK(r.lines("log") == "key1\nkey2\nkey2\n");
  CHECK(r.lines("out") == "canary1,canary2");
}

TEST_CASE("an item under no_log whose result is lost needs a decision",
          "[e2e][M016][M092]") {
  killed_run r{R"(
    {"id":"key","loop":[1,2,3],"no_log":true,"register":"k","shell":
      "echo key{{ item }} >> FOLDER/log; test {{ item }} != 3 || test -e FOLDER/killed || KILL; echo canary{{ item }}"},
    {"id":"use","copy":{
      "content":"{{ k.results | selectattr('stdout', 'defined') | map(attribute='stdout') | join(',') }}",
      "dest":"FOLDER/out"}})"};
  CHECK(r.start().rc == -SIGKILL);
  r.lose_key();
  for (int i = 0; i < 2; ++i) {
    auto again = r.resume();
    CHECK(again.rc == 5);
    CHECK_THAT(again.err, Catch::Contains("--on-unknown rerun\n"));
    CHECK(r.lines("log") == "key1\nkey2\nkey3\n");
  }
  SECTION("it runs again") {
    CHECK(r.resume({"--on-unknown", "rerun"}).rc == 0);
    CHECK(r.lines("log") == "key1\nkey2\nkey3\nkey1\nkey2\nkey3\n");
    CHECK(r.lines("out") == "canary1,canary2,canary3");
  }
  SECTION("the run goes on without it") {
    CHECK(r.resume({"--on-unknown", "skip"}).rc == 0);
    CHECK(r.lines("log") == "key1\nkey2\nkey3\n");
    CHECK(r.lines("out").empty());
  }
}

TEST_CASE("the failure of an item stands although its result is lost",
          "[e2e][M016][M092]") {
  auto rescued = GENERATE(false, true);
  CAPTURE(rescued);
  std::string loop = R"({"id":"key","loop":[1,2],"no_log":true,"register":"k",
    "shell":{"cmd":"echo key{{ item }} >> FOLDER/log; test {{ item }} != 2 || test -e FOLDER/killed || KILL; test {{ item }} = 2",
             "creates":"FOLDER/never"}})";
  killed_run r{rescued
                 ? R"({"block":[)" + loop
                     + R"(],"rescue":[{"shell":"echo mend >> FOLDER/log"}]})"
                 : loop};
  CHECK(r.start().rc == -SIGKILL);
  r.lose_key();
  CHECK(r.resume().rc == (rescued ? 5 : 2));
  CHECK(r.lines("log") == (rescued ? "key1\nkey2\n" : "key1\nkey2\nkey2\n"));
}

TEST_CASE("what an interrupted run cut off is in doubt", "[e2e][M016][M012]") {
  auto width = GENERATE(1, 3);
  CAPTURE(width);
  killed_run r{fmt::format(R"({{"id":"loop","loop":[1,2,3],"loop_parallel":{},
    "shell":"echo {{{{ item }}}} >> FOLDER/log; test {{{{ item }}}} != 2 || ! mkdir FOLDER/stopped || {{ kill -INT $PPID; sleep 60; }}"}},
    {{"id":"after","shell":"echo after >> FOLDER/log"}})",
                           width)};
  auto stopped = r.start();
  CHECK(stopped.rc == 130);
  CHECK_THAT(stopped.err, Catch::Contains("--on-unknown rerun\n"));
  auto before = r.lines("log");
  for (auto& how : {std::vector<std::string>{}, {"--rerun-failed"}}) {
    auto again = r.resume(how);
    INFO(again.out << again.err);
    CHECK(again.rc == 5);
    CHECK_THAT(again.err, Catch::Contains("--on-unknown rerun\n"));
    CHECK(r.lines("log") == before);
  }
  if (width > 1)
    return;
  CHECK(before == "1\n2\n");
  SECTION("it runs again") {
    CHECK(r.resume({"--on-unknown", "rerun"}).rc == 0);
    CHECK(r.lines("log") == "1\n2\n2\n3\nafter\n");
  }
  SECTION("the run goes on without it") {
    CHECK(r.resume({"--on-unknown", "skip"}).rc == 0);
    CHECK(r.lines("log") == "1\n2\n3\nafter\n");
  }
}

TEST_CASE("a job in the background that an interrupted run cut off is in doubt",
          "[e2e][M016][M020]") {
  killed_run r{R"(
    {"id":"job","async":60,"poll":0,"register":"j",
     "shell":"echo job >> FOLDER/log; mkdir FOLDER/begun && sleep 60; true"},
    {"id":"gate","shell":{"cmd":"while ! test -e FOLDER/begun; do :; done; if mkdir FOLDER/stopped; then kill -INT $PPID; sleep 60; fi",
     "creates":"FOLDER/never"}},
    {"id":"wait","async_status":{"jid":"{{ j.ansible_job_id }}"},"register":"w",
     "until":"w.finished","retries":600,"delay":0.05})"};
  CHECK(r.start().rc == 130);
  auto again = r.resume();
  INFO(again.out << again.err);
  CHECK(again.rc == 5);
  CHECK_THAT(again.err, Catch::Contains("--on-unknown rerun\n"));
  CHECK(r.lines("log") == "job\n");
  CHECK(r.resume({"--on-unknown", "rerun"}).rc == 0);
  CHECK(r.lines("log") == "job\njob\n");
}

TEST_CASE("a run goes on when all has ended that it had started",
          "[e2e][M016][M017]") {
  killed_run r{"{\"id\":\"gate\",\"shell\":\"trap '' TERM; "
               "if mkdir FOLDER/killed 2>/dev/null; then "
               "echo $$ > FOLDER/pid; kill -9 $PPID; "
               "while :; do sleep 0.1; done; fi; "
               "ps -o stat= -p $(cat FOLDER/pid) | grep -q '^[^Z]' "
               "&& echo twice >> FOLDER/log; "
               "echo again >> FOLDER/log\"}"};
  CHECK(r.start().rc == -SIGKILL);
  auto again = r.resume({"--on-unknown", "rerun"});
  CHECK(again.rc == 0);
  CHECK(r.lines("log") == "again\n");
}

TEST_CASE("no rescue answers what only a person can", "[e2e][M016][M019]") {
  killed_run r{R"(
    {"block":[
       {"id":"gate","shell":"echo gate >> FOLDER/log; test -e FOLDER/killed || KILL"},
       {"id":"behind","shell":"echo behind >> FOLDER/log"}],
     "rescue":[{"shell":"echo rescue >> FOLDER/log"}],
     "always":[{"shell":"echo always >> FOLDER/log"}]},
    {"id":"after","shell":"echo after >> FOLDER/log"})"};
  CHECK(r.start().rc == -SIGKILL);
  for (int i = 0; i < 2; ++i) {
    auto again = r.resume();
    CHECK(again.rc == 5);
    CHECK_THAT(again.err, Catch::Contains("--on-unknown rerun\n"));
    CHECK(r.lines("log") == "gate\n");
  }
  SECTION("it runs again") {
    CHECK(r.resume({"--on-unknown", "rerun"}).rc == 0);
    CHECK(r.lines("log") == "gate\ngate\nbehind\nalways\nafter\n");
  }
  SECTION("the run goes on without it") {
    CHECK(r.resume({"--on-unknown", "skip"}).rc == 0);
    CHECK(r.lines("log") == "gate\nbehind\nalways\nafter\n");
  }
}
