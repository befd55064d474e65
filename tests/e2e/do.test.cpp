#include "tests/e2e/program.hpp"
#include "tests/e2e/terminal.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace troupe;

namespace {

test::finished run_do(std::vector<std::string> words) {
  words.insert(words.begin(), "do");
  return test::run_troupe(std::move(words));
}

} // namespace

TEST_CASE("do takes arguments as a plan's short form does, word by word",
          "[e2e][do][M082]") {
  using words = std::vector<std::string>;
  auto [given, shown] = GENERATE(table<words, const char*>({
    {{"debug", "msg=hello"}, R"("msg": "hello")"},
    {{"debug", "msg=hello world"}, R"("msg": "hello world")"},
    {{"debug", "msg=a=b c=d"}, R"("msg": "a=b c=d")"},
    {{"debug", "msg='a b'"}, R"("msg": "a b")"},
    {{"debug", "msg=a verbosity=0"}, R"("msg": "a")"},
    {{"debug", "msg={{ 1 + 1 }}"}, R"("msg": "2")"},
    {{"debug", "msg={{ who }}", "-e", "who=you"}, R"("msg": "you")"},
    {{"debug", "msg="}, R"("msg": "")"},
    {{"ansible.builtin.debug", "msg=x"}, R"("msg": "x")"},
    {{"set_fact", "a=1"}, "\"ansible_facts\": {\n        \"a\": \"1\"\n"},
    {{"ping"}, R"("ping": "pong")"},
    {{"command", "echo a  'b c'"}, R"("stdout": "a b c")"},
    {{"command", "echo", "a", "b  c", "d=e"}, R"("stdout": "a b  c d=e")"},
    {{"command", "pwd chdir=/usr"}, R"("stdout": "/usr")"},
    {{"command", "pwd", "chdir=/usr"}, R"("stdout": "/usr")"},
    {{"command", "--", "echo", "-n", "x"}, R"("stdout": "x")"},
    {{"-m", "debug", "-a", "msg=hello"}, R"("msg": "hello")"},
    {{"-m", "ping"}, R"("ping": "pong")"},
    {{"-m", "shell", "-a", "echo a  b"}, R"("stdout": "a b")"},
    {{"-a", "echo -n x"}, R"("stdout": "x")"},
    {{"debug", "-a", "msg='a b' verbosity=0"}, R"("msg": "a b")"},
    {{"shell", "A=1; echo $A | tr 1 2"}, R"("stdout": "2")"},
  }));
  auto ran = run_do(given);
  INFO(given.front() << " " << ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out,
             Catch::Contains(shown) || Catch::Contains("\"ansible_facts\""));
  // Nothing but what came of it.
  CHECK_THAT(ran.out, !Catch::Contains("***"));
}

TEST_CASE("do points at the words of the command line that are wrong",
          "[e2e][do][M005][M082]") {
  using words = std::vector<std::string>;
  auto [given, rc, shown] = GENERATE(table<words, int, const char*>({
    {{"fiel", "path=/x"}, 64, "unknown module 'fiel'; did you mean 'file'?\n"},
    {{""}, 64, "MODULE: the value is empty"},
    {{"-m", ""}, 64, "--module-name: the value is empty"},
    {{"-m", "ping", "ping"}, 64, "as well; hosts are named by --hosts "},
    {{"-m", "fiel"}, 64, "did you mean 'file'?"},
    {{"file", "path=/a b", "stat=directory"},
     4,
     "do file:1:28: file: unknown argument 'stat'; did you mean 'state'?\n"
     "    troupe do file path='/a b' stat=directory\n"
     "                               ^\n"},
    {{"file", "path=\xc3\xa4", "state=dir"},
     4,
     "do file:1:31: file: argument 'state' must be one of "},
    {{"file", "/x"}, 4, "file: takes named arguments only, not the text '/x'"},
    {{"file"}, 4, "file: missing argument 'path'"},
    {{"debug", "msg={{ 1 +"}, 4, "do debug:1:"},
    {{"command", "false"}, 2, ""},
    {{"command"}, 4, "one of _raw_params, cmd, argv is missing"},
    {{"command", "ls", "-l"},
     64,
     "'troupe do' has no option -l: what is for the task goes into quotes, or "
     "behind --"},
    {{}, 64, "MODULE is required"},
  }));
  auto ran = run_do(given);
  CHECK(ran.rc == rc);
  CHECK_THAT(ran.err, Catch::Contains(shown));
  CHECK_THAT(ran.out + ran.err, !Catch::Contains("to go on"));
  CHECK_THAT(ran.out, !Catch::Contains("  at do"));
}

TEST_CASE("do predicts, and asks where it is told to", "[e2e][do][M021]") {
  test::temp_dir dir;
  auto path = "path=" + (dir / "made");
  auto ran
    = run_do({"file", path, "state=directory", "--check", "--diff", "-q"});
  CHECK(ran.rc == 0);
  CHECK(ran.out.empty());
  ran = run_do({"file", path, "state=directory", "--check", "--diff"});
  CHECK_THAT(ran.out, Catch::Contains("+    \"state\": \"directory\"")
                        && Catch::EndsWith("+ directory  " + (dir / "made")
                                           + "\n\nDRY RUN: nothing was "
                                             "changed; 1 thing would change: 1 "
                                             "directory.\n"));
  ran = run_do(
    {"file", path, "state=directory", "--check", "--detailed-exitcode"});
  CHECK(ran.rc == 3);
  CHECK_FALSE(std::filesystem::exists(dir / "made"));
  test::terminal_program asked{
    {"do", "file", path, "state=directory", "--confirm"}};
  asked.read_until("[y/N] ");
  asked.type("y\r");
  CHECK(asked.wait() == 0);
  CHECK(std::filesystem::is_directory(dir / "made"));
}

TEST_CASE("what do has done is kept: it can be undone and gone on with",
          "[e2e][do][M088]") {
  test::temp_dir dir;
  auto state = "--state-dir=" + (dir / "state");
  test::write_file(dir / "f", "old");
  auto ran = run_do({"copy", "dest=" + (dir / "f"), "content=new", state});
  CHECK(ran.rc == 0);
  CHECK(test::read_file(dir / "f") == "new");
  CHECK_THAT(test::run_troupe({"runs", state}).out,
             Catch::Contains("  do copy\n"));
  CHECK(test::run_troupe({"undo", "last", state}).rc == 0);
  CHECK(test::read_file(dir / "f") == "old");
  auto command = "test -e " + (dir / "there");
  CHECK(run_do({"command", command, state}).rc == 2);
  test::write_file(dir / "there", "");
  ran = test::run_troupe({"resume", "last", "--rerun-failed", state});
  INFO(ran.err);
  CHECK(ran.rc == 0);
}

TEST_CASE("without a name no single task is gone on with",
          "[e2e][do][M016][M082]") {
  test::temp_dir dir;
  auto state = "--state-dir=" + (dir / "state");
  auto command = "test -e " + (dir / "there");
  test::write_file(dir / "p.yml",
                   "tasks:\n  - name: Ask\n    command: " + command + "\n");
  CHECK(run_do({"command", command, state}).rc == 2);
  auto none = test::run_troupe({"resume", state});
  CHECK(none.rc == 64);
  CHECK_THAT(none.err,
             Catch::Contains("no run of a plan in '" + (dir / "state") + "'")
               && Catch::Contains("by its id: troupe resume 2")
               && Catch::Contains("--state-dir " + (dir / "state")));
  CHECK(test::run_troupe({"run", dir / "p.yml", state}).rc == 2);
  // The newest of all, which says nothing about the plan.
  CHECK(run_do({"command", command, state}).rc == 2);
  test::write_file(dir / "there", "");
  auto plan = test::run_troupe({"resume", "--rerun-failed", state});
  INFO(plan.out << plan.err);
  CHECK(plan.rc == 0);
  CHECK_THAT(plan.out, Catch::Contains("Ask"));
  // What is left are single tasks.
  CHECK(test::run_troupe({"resume", state}).rc == 64);
  CHECK(test::run_troupe({"resume", "last", "--rerun-failed", state}).rc == 0);
}

TEST_CASE("do finds modules of its own beside where it is called",
          "[e2e][do][M056]") {
  test::temp_dir dir;
  std::filesystem::create_directory(dir / "library");
  test::write_file(dir / "library/greet",
                   "#!/bin/sh\n. \"$1\"\n"
                   "echo \"{\\\"greeting\\\": \\\"$who|$more\\\"}\"\n");
  auto ran = test::run_program(
    "/bin/sh",
    {"-c", "cd " + dir.path() + " && "
             + test::built_path(
               "troupe do greet who='a b' more='c=d e' --no-state")});
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains(R"("greeting": "a b|c=d e")"));
}

TEST_CASE("do has a task done by hosts of an inventory",
          "[e2e][do][inventory][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "hosts", "[web]\nweb1\nweb2\n[db]\ndb1\n"
                                  "[all:vars]\nansible_connection=local\n");
  auto ask = [&](std::vector<std::string> words) {
    auto hosts = dir / "hosts";
    words.insert(words.begin(), {"-i", hosts, "--no-state"});
    return run_do(std::move(words));
  };
  auto some = ask({"--hosts", "web:!web2", "command", "echo {{ 1 + 1 }}"});
  INFO(some.out << some.err);
  CHECK(some.rc == 0);
  CHECK_THAT(some.out,
             Catch::Contains("[web1]") && Catch::Contains(R"("stdout": "2")")
               && !Catch::Contains("web2") && !Catch::Contains("db1"));
  auto all = ask({"ping"});
  for (auto* host : {"[web1]", "[web2]", "[db1]"})
    CHECK_THAT(all.out, Catch::Contains(host));
  auto failed = ask({"--hosts", "db1", "command", "false"});
  CHECK(failed.rc == 2);
  auto nobody = ask({"--hosts", "dbx", "ping"});
  INFO(nobody.out << nobody.err);
  CHECK_THAT(nobody.out + nobody.err, Catch::Contains("'dbx'"));
  auto nowhere = run_do({"--hosts", "web", "--no-state", "ping"});
  CHECK(nowhere.rc == 64);
  CHECK_THAT(nowhere.err,
             Catch::Contains("--hosts web: there is no inventory"));
  // Where no inventory is asked for, what is about its hosts is none of it.
  auto alone = run_do({"--forks", "3", "ping"});
  CHECK(alone.rc == 64);
  CHECK_THAT(alone.err, Catch::Contains("--inventory"));
}

TEST_CASE("hosts do what a module of a collection does",
          "[e2e][do][M051][M140]") {
  test::temp_dir dir;
  auto modules
    = dir / "collections/ansible_collections/acme/base/plugins/modules/";
  test::write_file(modules + "tell.sh",
                   "#!/bin/sh\necho '{\"changed\": false, \"said\": 1}'\n");
  test::write_file(dir / "hosts", "a ansible_connection=local\n");
  auto run = [&](const std::string& words) {
    return test::run_program(
      "/bin/sh", {"-c", "cd '" + dir.path() + "' && PATH='" + test::built_path()
                          + "':$PATH && ANSIBLE_CONFIG=/dev/null "
                            "troupe do --no-state "
                          + words});
  };
  auto ran = run("-i hosts --hosts a acme.base.tell");
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out,
             Catch::Contains("ok: [a]") && Catch::Contains("\"said\": 1"));
  auto other = run("-i hosts --hosts a acme.base.tel");
  CHECK(other.rc == 4);
  CHECK_THAT(other.err, Catch::Contains("the collection 'acme.base' has no "
                                        "module 'tel'; did you mean "
                                        "'acme.base.tell'?"));
  // A plan, which is about this host, has no collections.
  auto here = run("acme.base.tell");
  CHECK(here.rc == 64);
  CHECK_THAT(here.err, Catch::Contains("give --hosts"));
}

TEST_CASE("single tasks do not drive out the runs of plans",
          "[e2e][do][M009][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json",
                   R"({"tasks":[{"copy":{"content":"x","dest":")"
                     + (dir / "made") + R"("}}]})");
  auto state = dir / "state";
  REQUIRE(test::run_troupe({"run", dir / "p.json", "--state-dir", state}).rc
          == 0);
  for (int i = 0; i < 22; ++i)
    CHECK(run_do({"shell", "echo", "--state-dir", state}).rc == 0);
  auto runs = test::run_troupe({"runs", "--state-dir", state});
  INFO(runs.out);
  CHECK_THAT(runs.out, Catch::Contains("p.json"));
}
