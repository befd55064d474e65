#include "tests/e2e/killed_run.hpp"
#include "tests/e2e/terminal.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>

// What the views and what is kept say of a run on many hosts. They are this
// machine under several names.

using namespace troupe;

namespace {

constexpr const char* inventory = "web1\nweb2\nweb3\n[all:vars]\n"
                                  "ansible_connection=local\n";

class site {
public:
  explicit site(const std::string& tasks) {
    test::write_file(dir / "hosts", inventory);
    test::write_file(dir / "site.yml",
                     "- hosts: all\n  gather_facts: false\n  tasks:\n" + tasks);
  }

  test::finished run(std::vector<std::string> more) const {
    more.insert(more.begin(), {"run", dir / "site.yml", "-i", dir / "hosts"});
    return kept(std::move(more));
  }

  /// A command about the runs that are kept.
  test::finished kept(std::vector<std::string> words) const {
    words.insert(words.end(), {"--state-dir", dir / "state"});
    return test::run_troupe(std::move(words));
  }

  test::temp_dir dir;
};

constexpr const char* fails_on_web2
  = "  - name: Look\n    command: test {{ inventory_hostname }} != web2\n"
    "  - name: Write\n    command: 'true'\n";

} // namespace

TEST_CASE("the live view says which hosts are at a task",
          "[e2e][live][M080][M143]") {
  test::temp_dir dir;
  REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
  test::write_file(dir / "hosts", inventory);
  test::write_file(
    dir / "site.yml",
    fmt::format("- hosts: all\n  gather_facts: false\n  tasks:\n"
                "  - name: Build\n    shell: echo at {{{{ inventory_hostname "
                "}}}}; read x < {}\n",
                dir / "pipe"));
  test::terminal_program ran{{"run", dir / "site.yml", "-i", dir / "hosts",
                              "--output", "live", "--state-dir",
                              dir / "state"}};
  ran.read_until("Build [web1, web2, web3]");
  ran.read_until("0/3");
  ran.type("o");
  ran.read_until("[web1]");
  ran.read_until("| at web1");
  // Held open, so that no reader is left without a writer between two lines.
  std::fstream pipe{dir / "pipe"};
  pipe << "go\ngo\ngo\n" << std::flush;
  CHECK(ran.wait() == 0);
  auto shown = ran.shown().substr(ran.shown().find("changed: ["));
  CHECK_THAT(shown, Catch::Contains("web1 : ok=1") && Catch::Contains("web3"));
}

TEST_CASE("what is kept of a run on many hosts names them",
          "[e2e][M019][M143]") {
  site there{fails_on_web2};
  CHECK(there.run({"-q"}).rc == 2);
  CHECK_THAT(there.kept({"runs"}).out, Catch::Contains(" 5  "));
  auto shown = there.kept({"runs", "last"}).out;
  CHECK_THAT(shown, Catch::Contains("[web1] Look")
                      && Catch::Contains("[web2] 'Look'")
                      && Catch::Contains("[web3] Write"));
  auto as_data = parse_json(there.kept({"runs", "last", "--json"}).out);
  REQUIRE(as_data);
  CHECK(*as_data->find("tasks_ended") == value{5});
  auto& tasks = as_data->find("tasks")->as_list();
  REQUIRE(tasks.size() == 5);
  CHECK(*tasks.begin()->find("host") == value{"web1"});
  CHECK(*(tasks.end() - 1)->find("host") == value{"web3"});
  CHECK(there.kept({"report", "last", "--html", there.dir / "page.html"}).rc
        == 0);
  CHECK_THAT(shown, Catch::Contains("\nhosts    web1, web2, web3\n"));
  CHECK_THAT(test::read_file(there.dir / "page.html"),
             Catch::Contains("[web2] Look") && Catch::Contains("[web3] Write")
               && Catch::Contains("site.yml on web1, web2, web3</title>")
               && !Catch::Contains("localhost"));
}

TEST_CASE("undo of a run over many hosts says what is to be done",
          "[e2e][M009][M143]") {
  site there{fails_on_web2};
  CHECK(there.run({}).rc == 2);
  auto ran = there.kept({"undo", "last"});
  CHECK(ran.rc == 64);
  CHECK_THAT(
    ran.err,
    Catch::Contains("was over several hosts, and undo is for runs of "
                    "one: nothing was undone")
      && Catch::Contains("'troupe runs 2")
      && Catch::Contains("--state-dir " + (there.dir / "state") + "'"));
}

TEST_CASE("a picture shows a run over many hosts on one of them",
          "[e2e][M131][M143]") {
  site there{fails_on_web2};
  CHECK(there.run({}).rc == 2);
  auto draw = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"graph", there.dir / "site.yml", "-i",
                               there.dir / "hosts", "--run", "last"});
    return there.kept(std::move(more));
  };
  auto all = draw({});
  CHECK(all.rc == 64);
  CHECK(all.out.empty());
  CHECK_THAT(all.err, Catch::Contains("was over several hosts")
                        && Catch::Contains("choose it with --host (web1, web2, "
                                           "web3)"));
  auto failed = draw({"--host", "web2"});
  INFO(failed.err);
  CHECK(failed.rc == 0);
  CHECK(failed.err.empty());
  CHECK_THAT(failed.out,
             Catch::Contains("failed ") && !Catch::Contains("changed "));
  auto well = draw({"--host", "web3"});
  CHECK(well.rc == 0);
  CHECK_THAT(well.out,
             Catch::Contains("changed ") && !Catch::Contains("failed "));
}

TEST_CASE("a picture of a host that had no part in a run is refused",
          "[e2e][M131][M143]") {
  site there{fails_on_web2};
  CHECK(there.run({"--limit", "web1,web3"}).rc == 0);
  auto ran
    = there.kept({"graph", there.dir / "site.yml", "-i", there.dir / "hosts",
                  "--run", "last", "--host", "web2"});
  CHECK(ran.rc == 64);
  CHECK_THAT(ran.err, Catch::Contains("was not on the host 'web2'")
                        && Catch::Contains("it was on web1, web3"));
}

TEST_CASE("a quiet run names the host that failed", "[e2e][M143]") {
  site there{fails_on_web2};
  CHECK_THAT(there.run({"-q"}).err, Catch::Contains("[web2] task 'Look' (")
                                      && !Catch::Contains("[web1]"));
  // Of one host nobody asks which one.
  CHECK_THAT(there.run({"-q", "-l", "web2"}).err,
             Catch::Contains("task 'Look' ("));
}

TEST_CASE("a resumed run says what has ended on all hosts",
          "[e2e][M016][M143]") {
  site there{"  - name: Look\n    command: 'true'\n"
             "  - name: Stop\n    shell: |\n"
             "      test {{ inventory_hostname }} != web1 || "
             "{ mkdir {{ playbook_dir }}/killed && kill -9 $PPID; } || true\n"
             "    args: {creates: '{{ playbook_dir }}/killed'}\n"};
  CHECK(there.run({"-f", "1"}).rc == -SIGKILL);
  auto again = there.kept({"resume", "last"});
  INFO(again.out << again.err);
  CHECK(again.rc == 0);
  CHECK_THAT(again.err, Catch::Contains("in which 3 tasks have ended"));
}

TEST_CASE("a signal tells which host is at what", "[e2e][M080][M143]") {
  site there{"  - name: Tell\n    shell: |\n"
             "      test {{ inventory_hostname }} != web2 || kill -USR1 $PPID; "
             "test {{ inventory_hostname }} != web2 || "
             "read x < {{ playbook_dir }}/pipe\n"};
  REQUIRE(::mkfifo((there.dir / "pipe").c_str(), 0600) == 0);
  test::program ran{{"run", there.dir / "site.yml", "-i", there.dir / "hosts",
                     "-f", "1", "--state-dir", there.dir / "state"}};
  ran.read_error_until("[web2] Tell");
  std::ofstream{there.dir / "pipe"} << "go\n";
  CHECK(ran.wait() == 0);
}

TEST_CASE("patterns of hosts that nothing matches are named",
          "[e2e][inventory][M140]") {
  site there{"  - command: 'true'\n"};
  auto told = [&](std::vector<std::string> more) {
    more.insert(more.begin(), "--no-state");
    more.insert(more.begin(),
                {"run", there.dir / "site.yml", "-i", there.dir / "hosts"});
    auto ran = test::run_troupe(std::move(more));
    CHECK(ran.rc == 0);
    return ran.out + ran.err;
  };
  CHECK_THAT(told({}), !Catch::Contains("no group matches"));
  CHECK_THAT(
    told({"-l", "web1,wbe2"}),
    Catch::Contains("--limit: no host and no group matches 'wbe2'; did "
                    "you mean 'web2'?"));
  test::write_file(there.dir / "site.yml",
                   "- hosts: web1:dbs\n  gather_facts: false\n  tasks:\n"
                   "  - add_host: {name: new1, groups: late}\n"
                   "- hosts: late:dbs\n  gather_facts: false\n"
                   "  tasks: [{ping: }]\n");
  auto out = told({"-e", "ansible_connection=local"});
  // A group that a task makes is there when its play begins.
  CHECK_THAT(out, !Catch::Contains("'late'") && Catch::Contains("ok: [new1]"));
  auto first = out.find("'dbs'");
  REQUIRE(first != out.npos);
  CHECK(out.find("'dbs'", first + 1) == out.npos);
}

TEST_CASE("a resumed run in which nothing was left to do names what has failed",
          "[e2e][M016][M143]") {
  constexpr const char* sentence
    = "nothing was left to do: what has failed is done again only with "
      "--rerun-failed: ";
  SECTION("on some of its hosts") {
    site there{fails_on_web2};
    CHECK(there.run({}).rc == 2);
    auto again = there.kept({"resume"});
    INFO(again.out << again.err);
    CHECK(again.rc == 2);
    CHECK_THAT(again.err,
               Catch::Contains(sentence + std::string{"'Look' on web2\n"}));
    CHECK_THAT(there.kept({"resume", "--rerun-failed"}).err,
               !Catch::Contains("nothing was left to do"));
  }
  SECTION("on more than are named") {
    site there{"  - {name: Look, command: 'false'}\n"};
    test::write_file(there.dir / "hosts",
                     "a\nb\nc\nd\n[all:vars]\nansible_connection=local\n");
    CHECK(there.run({}).rc == 2);
    CHECK_THAT(there.kept({"resume"}).err,
               Catch::Contains(sentence
                               + std::string{"'Look' on a, 'Look' on b, 'Look' "
                                             "on c and others\n"}));
  }
  SECTION("where three are all that there are") {
    site there{"  - {name: Look, command: 'false'}\n"};
    CHECK(there.run({}).rc == 2);
    CHECK_THAT(there.kept({"resume"}).err,
               Catch::Contains(sentence
                               + std::string{"'Look' on web1, 'Look' on web2, "
                                             "'Look' on web3\n"}));
  }
  SECTION("on the only host") {
    site there{fails_on_web2};
    test::write_file(there.dir / "one.yml",
                     "- hosts: localhost\n  gather_facts: false\n  tasks:\n"
                     "  - {name: Stop, command: 'false'}\n");
    CHECK(there.kept({"run", there.dir / "one.yml"}).rc == 2);
    CHECK_THAT(there.kept({"resume"}).err,
               Catch::Contains(sentence + std::string{"'Stop'\n"}));
  }
}

TEST_CASE("what one host only predicts for all is open for all",
          "[e2e][M021][M143]") {
  site s{"    - {command: cat /etc/hostname, register: c, run_once: true}\n"
         "    - {assert: {that: \"c.stdout == 'x'\"}}\n"};
  auto ran = s.run({"--check"});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("1 not known."));
}

TEST_CASE("a run that one of its hosts has taken back is not gone on with",
          "[e2e][M009][M143]") {
  site there{"  - name: Write\n    copy: {content: x, dest: '{{ folder }}/{{ "
             "inventory_hostname }}'}\n"
             "  - name: Look\n    command: test {{ inventory_hostname }} != "
             "web2\n"};
  auto ran
    = there.run({"--policy", "rollback", "-e", "folder=" + there.dir.path()});
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.err, !Catch::Contains("to go on"));
  CHECK(test::read_file(there.dir / "web1") == "x");
  CHECK_FALSE(std::filesystem::exists(there.dir / "web2"));
  auto resumed = there.kept({"resume", "last", "--rerun-failed"});
  CHECK(resumed.rc == 64);
  CHECK_THAT(resumed.err, Catch::Contains("was taken back"));
  CHECK_FALSE(std::filesystem::exists(there.dir / "web2"));
  CHECK_THAT(there.kept({"runs"}).out, Catch::Contains("undone"));
}

TEST_CASE("a host that can take no part is in the sentence about the run",
          "[e2e][junit][M080][M143]") {
  site there{"  - add_host: {name: late, groups: more}\n    run_once: true\n"
             "- hosts: more\n  gather_facts: false\n  tasks: [{ping: }]\n"};
  std::filesystem::create_directory(there.dir / "host_vars");
  test::write_file(there.dir / "host_vars/late.yml", "a: [b\n");
  auto ran = there.run({"--junit", there.dir / "j.xml"});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 2);
  constexpr const char* words
    = "The host 'late' took no part in the rest of it";
  CHECK_THAT(ran.out, Catch::Contains(words));
  CHECK_THAT(there.kept({"runs", "last"}).out,
             Catch::Contains("The host 'late'"));
  CHECK_THAT(test::read_file(there.dir / "j.xml"), Catch::Contains("late"));
}
