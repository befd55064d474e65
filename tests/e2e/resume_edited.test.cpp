#include "tests/e2e/killed_run.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <csignal>
#include <filesystem>

// People put right what has failed, and go on.

using namespace troupe;
using test::killed_run;

namespace {

struct edited_playbook {
  test::temp_dir dir;

  explicit edited_playbook(const std::string& tasks) {
    std::filesystem::create_directories(dir / "roles/web/tasks");
    test::write_file(dir / "site.yml", "- hosts: localhost\n"
                                       "  gather_facts: false\n"
                                       "  roles: [web]\n");
    write(tasks);
  }

  void write(const std::string& tasks) const {
    test::write_file(dir / "roles/web/tasks/main.yml", tasks);
  }

  std::string command(const std::string& name, const std::string& what) const {
    return fmt::format("- name: {}\n  shell: {} >> {}/log\n", name, what,
                       dir.path());
  }

  test::finished run() const {
    return test::run_troupe(
      {"run", dir / "site.yml", "--state-dir", dir / "state"});
  }

  test::finished resume() const {
    return test::run_troupe(
      {"resume", "--rerun-failed", "--state-dir", dir / "state"});
  }

  std::string log() const {
    return test::read_file(dir / "log");
  }
};

} // namespace

TEST_CASE("a run goes on after what failed was put right in the plan",
          "[e2e][M016]") {
  killed_run r{R"(
    {"id":"once","shell":"echo once >> FOLDER/log"},
    {"id":"wrong","shell":"echo wrong >> FOLDER/log; flase"},
    {"id":"after","shell":"echo after >> FOLDER/log"})"};
  CHECK(r.start().rc == 2);
  auto plan = test::read_file(r.dir / "plan.json");
  plan.replace(plan.find("flase"), 5, "true");
  test::write_file(r.dir / "plan.json", plan);
  CHECK(r.resume({"--rerun-failed"}).rc == 0);
  CHECK(r.lines("log") == "once\nwrong\nwrong\nafter\n");
}

TEST_CASE("what has ended or is in doubt may not say something else",
          "[e2e][M016]") {
  killed_run r{R"(
    {"id":"first","shell":"echo first >> FOLDER/log"},
    {"id":"loop","loop":[1,2],"shell":"echo {{ item }} >> FOLDER/log"},
    {"id":"skipped","when":"false","shell":"echo skipped >> FOLDER/log"},
    {"id":"gate","shell":"echo gate >> FOLDER/log; KILL"},
    {"id":"last","shell":"echo last >> FOLDER/log"})"};
  CHECK(r.start().rc == -SIGKILL);
  auto [from, to, task] = GENERATE(table<std::string, std::string, std::string>(
    {{"echo first", "echo other", "first"},
     {"[1,2]", "[1,3]", "loop"},
     {"false", "true", "skipped"},
     {"echo gate", "echo grate", "gate"}}));
  auto plan = test::read_file(r.dir / "plan.json");
  plan.replace(plan.find(from), from.size(), to);
  test::write_file(r.dir / "plan.json", plan);
  auto again = r.resume({"--on-unknown", "skip"});
  INFO(again.err);
  CHECK(again.rc == 4);
  CHECK_THAT(again.err, Catch::Contains("the task '" + task + "'")
                          && Catch::Contains("says something else now"));
  CHECK(r.lines("log") == "first\n1\n2\ngate\n");
}

TEST_CASE("what has not begun may say something else", "[e2e][M016]") {
  killed_run r{R"(
    {"id":"gate","shell":{"cmd":"KILL","creates":"FOLDER/killed"}},
    {"id":"last","shell":"echo last >> FOLDER/log"})"};
  CHECK(r.start().rc == -SIGKILL);
  auto plan = test::read_file(r.dir / "plan.json");
  plan.replace(plan.find("echo last"), 9, "echo new");
  test::write_file(r.dir / "plan.json", plan);
  CHECK(r.resume().rc == 0);
  CHECK(r.lines("log") == "new\n");
}

TEST_CASE("a loop that was cut off does not go on with other items",
          "[e2e][M016][M020]") {
  killed_run r{R"({"id":"loop","loop":"{{ lookup('file', 'FOLDER/items') }}",
    "shell":{"cmd":"echo {{ item }} >> FOLDER/log; test {{ item }} != 2 || KILL",
             "creates":"FOLDER/never"}})"};
  test::write_file(r.dir / "items", "[1, 2, 3]");
  CHECK(r.start().rc == -SIGKILL);
  test::write_file(r.dir / "items", "[0, 1, 2, 3]");
  auto again = r.resume();
  INFO(again.out << again.err);
  CHECK(again.rc == 5);
  CHECK_THAT(again.out, Catch::Contains("the items of its loop are others"));
  CHECK(r.lines("log") == "1\n2\n");
}

TEST_CASE("a run does not go on with other hosts", "[e2e][M016][M143]") {
  test::temp_dir dir;
  auto hosts = [&](const std::string& names) {
    test::write_file(dir / "hosts",
                     names + "[all:vars]\nansible_connection=local\n");
  };
  test::write_file(dir / "site.yml",
                   fmt::format("- hosts: all\n  gather_facts: false\n  tasks:\n"
                               "  - shell: echo >> {}/log\n"
                               "  - shell: 'false'\n",
                               dir.path()));
  auto first = GENERATE(as<std::string>{}, "a\n", "a\nb\n");
  hosts(first);
  CHECK(test::run_troupe({"run", dir / "site.yml", "-i", dir / "hosts",
                          "--state-dir", dir / "state"})
          .rc
        == 2);
  auto done = test::read_file(dir / "log");
  for (auto* others : {"b\n", "b\na\n", "a\nb\nc\n"}) {
    INFO(others);
    hosts(others);
    auto again = test::run_troupe(
      {"resume", "--rerun-failed", "--state-dir", dir / "state"});
    CHECK(again.rc == 4);
    CHECK_THAT(again.err, Catch::Contains("for other hosts now"));
  }
  CHECK(test::read_file(dir / "log") == done);
}

TEST_CASE("a handler that had run runs again when it is notified again",
          "[e2e][M016][M017]") {
  edited_playbook book{""};
  auto task = [&](const std::string& name, const std::string& what) {
    return book.command(name, what) + "  notify: tell\n";
  };
  std::filesystem::create_directories(book.dir / "roles/web/handlers");
  test::write_file(book.dir / "roles/web/handlers/main.yml",
                   book.command("tell", "echo told"));
  test::write_file(book.dir / "site.yml",
                   "- hosts: localhost\n  gather_facts: false\n"
                   "  force_handlers: true\n  roles: [web]\n");
  book.write(task("one", "echo one") + task("two", "false"));
  CHECK(book.run().rc == 2);
  CHECK(book.log() == "one\ntold\n");
  book.write(task("one", "echo one") + task("two", "echo two"));
  CHECK(book.resume().rc == 0);
  CHECK(book.log() == "one\ntold\ntwo\ntold\n");
}

TEST_CASE("a handler of several tasks runs again as a whole",
          "[e2e][M016][M017]") {
  auto handlers = GENERATE(as<std::string>{},
                           "    - name: tell\n"
                           "      shell: echo told >> FOLDER/log; "
                           "echo more >> FOLDER/log\n",
                           // What a handler reads when it runs.
                           "    - name: tell\n      include_tasks: told.yml\n",
                           "    - name: tell\n      block:\n"
                           "        - shell: echo told >> FOLDER/log\n"
                           "        - include_tasks: more.yml\n",
                           // Only one in a block is meant.
                           "    - block:\n"
                           "        - name: tell\n"
                           "          include_tasks: told.yml\n"
                           "        - name: other\n"
                           "          shell: echo other >> FOLDER/log\n");
  CAPTURE(handlers);
  auto flush = GENERATE(as<std::string>{}, "", "    - meta: flush_handlers\n");
  CAPTURE(flush);
  test::temp_dir dir;
  auto write = [&](const std::string& name, std::string text) {
    for (auto at = text.find("FOLDER"); at != text.npos;
         at = text.find("FOLDER"))
      text.replace(at, 6, dir.path());
    test::write_file(dir / name, text);
  };
  write("more.yml", "- shell: echo more >> FOLDER/log\n");
  write("told.yml", "- shell: echo told >> FOLDER/log\n"
                    "- import_tasks: more.yml\n");
  write("site.yml", "- hosts: localhost\n  gather_facts: false\n"
                    "  force_handlers: true\n  tasks:\n"
                    "    - shell: echo one >> FOLDER/log\n"
                    "      notify: tell\n"
                      + flush
                      + "    - shell: echo two >> FOLDER/log\n"
                        "      notify: tell\n"
                        "    - shell: echo three >> FOLDER/log; "
                        "test -e FOLDER/ready\n"
                        "      notify: tell\n"
                        "  handlers:\n"
                      + handlers);
  auto run = [&](std::vector<std::string> what) {
    what.insert(what.end(), {"--state-dir", dir / "state"});
    return test::run_troupe(what).rc;
  };
  std::string first = flush.empty() ? "one\n" : "one\ntold\nmore\n";
  CHECK(run({"run", dir / "site.yml"}) == 2);
  CHECK(test::read_file(dir / "log") == first + "two\nthree\ntold\nmore\n");
  write("ready", "");
  CHECK(run({"resume", "--rerun-failed"}) == 0);
  CHECK(test::read_file(dir / "log")
        == first + "two\nthree\ntold\nmore\nthree\ntold\nmore\n");
}

TEST_CASE("what cleans up does so behind what ran again", "[e2e][M016]") {
  killed_run r{R"({"block":[
      {"id":"lock","shell":"echo lock >> FOLDER/log"},
      {"id":"work","shell":"echo work >> FOLDER/log; test -e FOLDER/ready"}],
    "always":[
      {"id":"unlock","shell":"echo unlock >> FOLDER/log"},
      {"block":[{"id":"inner","shell":"echo inner >> FOLDER/log"}]},
      {"id":"inc","include_tasks":"FOLDER/inc.json"}]})"};
  test::write_file(
    r.dir / "inc.json",
    fmt::format(R"([{{"shell":"echo read >> {}/log"}}])", r.dir.path()));
  CHECK(r.start().rc == 2);
  test::write_file(r.dir / "ready", "");
  CHECK(r.resume({"--rerun-failed"}).rc == 0);
  CHECK(r.lines("log")
        == "lock\nwork\nunlock\ninner\nread\nwork\nunlock\ninner\nread\n");
}

TEST_CASE("a run does not go on when a role has other tasks than it had",
          "[e2e][M016][M143]") {
  edited_playbook book{""};
  auto one = book.command("one", "echo one");
  book.write(one + book.command("it's two", "false"));
  CHECK(book.run().rc == 2);
  // By their numbers the new one would be the one that has ended.
  book.write(book.command("zero", "echo zero") + one
             + book.command("it's two", "true"));
  auto again = book.resume();
  CHECK(again.rc == 4);
  CHECK_THAT(again.err,
             Catch::Contains("have been added, removed, renamed or moved")
               && Catch::Contains(R"(--start-at-task 'web : it'"'"'s two')")
               && Catch::Contains("roles/web/tasks/main.yml:1:3: run ")
               && Catch::Contains("the first that differs is 'web : zero', "
                                  "where 'web : one' was")
               && !Catch::Contains("Handlers"));
  CHECK(book.log() == "one\n");
}

TEST_CASE("a run that does not go on says what is lost with it",
          "[e2e][M016][M017]") {
  edited_playbook book{""};
  auto play = [&](const std::string& tasks) {
    test::write_file(book.dir / "site.yml",
                     "- hosts: localhost\n  gather_facts: false\n  tasks:\n"
                       + tasks
                       + "  handlers: [{name: tell, debug: {msg: told}}]\n");
  };
  auto one = std::string{"  - {name: one, command: 'true', notify: tell}\n"};
  auto two = std::string{"  - {name: two, command: 'false'}\n"};
  play(one + two);
  CHECK(book.run().rc == 2);
  SECTION("when a task is gone") {
    play(one);
    auto again = book.resume();
    CHECK(again.rc == 4);
    CHECK_THAT(again.err,
               Catch::Contains("site.yml: run ")
                 && Catch::Contains("the first that differs is 'two', which is "
                                    "not there any more")
                 && !Catch::Contains("--start-at-task")
                 && Catch::Contains("Handlers that this run has notified and "
                                    "that have not run are lost"));
  }
  SECTION("when another one follows those that have ended") {
    play(one + two + "  - {name: three, command: 'true'}\n");
    auto again = book.resume();
    CHECK(again.rc == 4);
    CHECK_THAT(again.err, Catch::Contains("cannot be gone on with")
                            && !Catch::Contains("first that differs")
                            && Catch::Contains("Handlers"));
  }
}

TEST_CASE("a run goes on after a task of a role was put right",
          "[e2e][M016][M143]") {
  edited_playbook book{""};
  auto one = book.command("one", "echo one");
  book.write(one + book.command("two", "false"));
  CHECK(book.run().rc == 2);
  book.write(one + book.command("two", "echo two"));
  CHECK(book.resume().rc == 0);
  CHECK(book.log() == "one\ntwo\n");
}

TEST_CASE("what stands where another included task stood is not taken for it",
          "[e2e][M016][M143]") {
  edited_playbook book{"- include_tasks: more.yml\n"};
  auto more = book.dir / "roles/web/tasks/more.yml";
  auto one = book.command("one", "echo one");
  test::write_file(more, one + book.command("two", "false"));
  CHECK(book.run().rc == 2);
  test::write_file(more, book.command("zero", "echo zero") + one
                           + book.command("two", "echo two"));
  auto again = book.resume();
  INFO(again.out << again.err);
  CHECK(again.rc == 5);
  CHECK_THAT(again.out, Catch::Contains("was told something else"));
  CHECK(book.log() == "one\n");
}

TEST_CASE("tasks that are included for other items are not taken for those "
          "that have ended",
          "[e2e][M016][M020]") {
  edited_playbook book{"- include_tasks: more.yml\n"
                       "  loop: \"{{ lookup('file', playbook_dir ~ '/items') "
                       "}}\"\n- command: test -e {{ playbook_dir }}/ready\n"};
  test::write_file(book.dir / "roles/web/tasks/more.yml",
                   book.command("one", "'echo {{ item }}'"));
  auto path = book.dir / "roles/web/tasks/more.yml";
  test::write_file(path, fmt::format("- shell: echo {{{{ item }}}} >> {}/log\n",
                                     book.dir.path()));
  test::write_file(book.dir / "items", "[1, 2]");
  CHECK(book.run().rc == 2);
  test::write_file(book.dir / "ready", "");
  SECTION("the same ones have") {
    CHECK(book.resume().rc == 0);
  }
  SECTION("others have not") {
    test::write_file(book.dir / "items", "[3, 4]");
    CHECK(book.resume().rc == 5);
  }
  CHECK(book.log() == "1\n2\n");
}

TEST_CASE("what a host said is no template in what a playbook sets, now and "
          "when it is gone on with",
          "[e2e][M016][M092]") {
  edited_playbook p{""};
  test::write_file(p.dir / "said", "{{ 7 * 7 }}");
  p.write(fmt::format(
    "- {{command: cat {0}/said, register: r}}\n"
    "- set_fact: {{a: '{{{{ r.stdout }}}}', k: {{q: 'x {{{{ r.stdout "
    "}}}}'}}}}\n"
    "  register: s\n"
    "- {{set_fact: {{b: '{{{{ item }}}}'}}, loop: ['{{{{ r.stdout }}}}'], "
    "register: l}}\n"
    "- {{command: test -e {0}/go}}\n"
    "- copy:\n    dest: '{0}/out'\n"
    "    content: '{{{{ s.ansible_facts.a }}}} {{{{ s.ansible_facts.k.q }}}} "
    "{{{{ a }}}} {{{{ k.q }}}} {{{{ b }}}} "
    "{{{{ l.results[0].ansible_facts.b }}}} {{{{ l.results[0].item }}}}'\n",
    p.dir.path()));
  CHECK(p.run().rc == 2);
  test::write_file(p.dir / "go", "");
  auto ran = p.resume();
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  std::string said = "{{ 7 * 7 }}";
  CHECK(test::read_file(p.dir / "out")
        == said + " x " + said + " " + said + " x " + said + " " + said + " "
             + said + " " + said);
}
