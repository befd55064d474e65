#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <filesystem>

// For whom a play is when its hosts rest on variables: for nobody rather than
// for others. The hosts are this machine under several names.

using namespace troupe;

namespace {

struct play_for {
  test::temp_dir dir;

  explicit play_for(const std::string& hosts) {
    test::write_file(dir / "hosts", "[web]\na\nb\n[db]\nc\n[all:vars]\n"
                                    "ansible_connection=local\n");
    test::write_file(
      dir / "site.yml",
      fmt::format("- hosts: a\n  gather_facts: false\n"
                  "  tasks: [{{debug: {{msg: first}}}}]\n"
                  "- hosts: {}\n  gather_facts: false\n"
                  "  tasks: [{{shell: 'echo {{{{ inventory_hostname }}}} >> "
                  "{}/log'}}]\n"
                  "- hosts: c\n  gather_facts: false\n"
                  "  tasks: [{{shell: 'echo last >> {}/log'}}]\n",
                  hosts, dir.path(), dir.path()));
  }

  test::finished run(std::vector<std::string> more = {}) const {
    more.insert(more.begin(),
                {"run", dir / "site.yml", "-i", dir / "hosts", "--no-state"});
    return test::run_troupe(std::move(more));
  }

  std::string log() const {
    return std::filesystem::exists(dir / "log") ? test::read_file(dir / "log")
                                                : "";
  }
};

} // namespace

TEST_CASE("a play whose hosts have no value is for nobody, and ends the run",
          "[e2e][M143]") {
  auto hosts
    = GENERATE(as<std::string>{}, "\"{{ typo }}\"", "\"web,{{ typo }}\"",
               "[web, \"{{ typo }}\"]", "\"{{ t | default('') }}\"",
               "\"{{ [none] | first }}\"", "\"{{ groups.typo }}\"");
  INFO(hosts);
  play_for play{hosts};
  auto ran = play.run({"--junit", play.dir / "junit"});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 2);
  CHECK(play.log().empty());
  CHECK_THAT(test::read_file(play.dir / "junit"),
             Catch::Contains("tests=\"2\" failures=\"1\"")
               && Catch::Contains("<failure message="));
  CHECK_THAT(ran.out + ran.err, Catch::Contains("first")
                                  && Catch::Contains("site.yml:4:3: ")
                                  && Catch::Contains("the run ended there"));
}

TEST_CASE("a play of which nobody knows how many hosts may fail does not begin",
          "[e2e][M143]") {
  auto most = GENERATE(as<std::string>{}, "\"{{ typo }}\"", "\"{{ 'few' }}\"",
                       "\"{{ 101 }}\"");
  INFO(most);
  play_for play{"web\n  max_fail_percentage: " + most};
  auto ran = play.run();
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 2);
  CHECK(play.log().empty());
  CHECK_THAT(ran.out + ran.err, Catch::Contains("first")
                                  && Catch::Contains("site.yml:4:3: ")
                                  && Catch::Contains("max_fail_percentage")
                                  && Catch::Contains("the run ended there"));
}

TEST_CASE("a play for an empty list of hosts is for none of them",
          "[e2e][M143]") {
  play_for play{"\"{{ [] }}\""};
  CHECK(play.run().rc == 0);
  CHECK(play.log() == "last\n");
}

TEST_CASE("the hosts of a play may rest on variables and groups",
          "[e2e][M143]") {
  auto [hosts, given, log]
    = GENERATE(table<std::string, std::string, std::string>(
      {{"\"{{ which }}\"", "which=db", "c\nlast\n"},
       {"\"{{ groups.db }}\"", "x=1", "c\nlast\n"},
       {"[db, \"{{ which }}\"]", "which=a", "a\nc\nlast\n"}}));
  play_for play{hosts};
  auto ran = play.run({"-e", given, "--forks", "1"});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK(play.log().size() == log.size());
  CHECK_THAT(play.log(), Catch::EndsWith("last\n"));
}

TEST_CASE("what is said around an import holds for what that imports",
          "[e2e][M140]") {
  test::temp_dir dir;
  test::write_file(dir / "site.yml",
                   "- import_playbook: a.yml\n  tags: [outer]\n"
                   "  when: go | bool\n  vars: {x: outer, y: outer}\n");
  test::write_file(dir / "a.yml", "- import_playbook: b.yml\n  tags: [inner]\n"
                                  "  when: x == 'outer'\n"
                                  "  vars: {x: inner, z: inner}\n");
  test::write_file(dir / "b.yml",
                   "- hosts: localhost\n  gather_facts: false\n  tasks:\n"
                   "    - debug: {msg: 'it is {{ x }} {{ y }} {{ z }}'}\n");
  auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"run", dir / "site.yml", "--no-state"});
    auto ran = test::run_troupe(std::move(more));
    INFO(ran.err);
    CHECK(ran.rc == 0);
    return ran.out;
  };
  CHECK_THAT(run({"-e", "go=true"}),
             Catch::Contains("it is outer outer inner"));
  CHECK_THAT(run({"-e", "go=false"}), !Catch::Contains("it is"));
  for (auto* tag : {"outer", "inner"}) {
    INFO(tag);
    CHECK_THAT(run({"-e", "go=true", "--skip-tags", tag}),
               !Catch::Contains("it is"));
    CHECK_THAT(run({"-e", "go=true", "--tags", tag}), Catch::Contains("it is"));
  }
}

TEST_CASE("hosts that only a program knows are asked for where the play begins",
          "[e2e][M140][M143]") {
  test::temp_dir out;
  play_for play{fmt::format("\"{{{{ lookup('pipe', 'echo x >> {}/asked; "
                            "echo db') }}}}\"",
                            out.path())};
  auto look = [&](std::vector<std::string> words) {
    words.insert(words.end(),
                 {play.dir / "site.yml", "-i", play.dir / "hosts"});
    auto ran = test::run_troupe(std::move(words));
    INFO(ran.out << ran.err);
    CHECK(ran.rc == 0);
  };
  look({"validate"});
  look({"lint"});
  look({"graph"});
  look({"run", "--list-tasks"});
  CHECK_FALSE(std::filesystem::exists(out / "asked"));
  CHECK(play.run().rc == 0);
  CHECK(play.log() == "c\nlast\n");
  CHECK(test::read_file(out / "asked") == "x\n");
}

TEST_CASE("whom the first play is for is asked before anything is done",
          "[e2e][M140][M143][M147]") {
  play_for play{"all"};
  auto book = play.dir / "site.yml";
  auto put = [&](const std::string& more) {
    test::write_file(book, "- hosts: '{{ target }}'\n  gather_facts: false\n"
                             + more + "  tasks: [{ping: {}}]\n");
  };
  auto ask = [&](std::vector<std::string> words) {
    words.insert(words.end(), {book, "-i", play.dir / "hosts"});
    return test::run_troupe(std::move(words));
  };
  put("");
  for (auto& words :
       std::vector<std::vector<std::string>>{{"run", "--no-state"},
                                             {"run", "--no-state", "-q"},
                                             {"run", "--list-hosts"},
                                             {"run", "--syntax-check"},
                                             {"validate"}}) {
    INFO(words.back());
    auto ran = ask(words);
    CHECK(ran.rc == 4);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, Catch::Contains("site.yml:1:10: 'hosts': 'target' is "
                                        "undefined; -e target=... gives it a "
                                        "value"));
  }
  CHECK(ask({"run", "--no-state", "-e", "target=web"}).rc == 0);
  // What the play says itself counts when it begins.
  put("  vars_files: [names.yml]\n");
  test::write_file(play.dir / "names.yml", "target: c\n");
  auto ran = ask({"run", "--no-state"});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("ok: [c]"));
}

TEST_CASE("a quiet run says why a later play could not begin",
          "[e2e][M080][M143]") {
  play_for play{"'{{ target }}'"};
  auto ran = play.run({"-q"});
  CHECK(ran.rc == 2);
  CHECK(ran.out.empty());
  CHECK_THAT(ran.err, Catch::Contains("A play could not begin")
                        && Catch::Contains("'target' is undefined"));
}

TEST_CASE("nobody is told to go on with a run whose play could not begin",
          "[e2e][M016][M143]") {
  test::temp_dir dir;
  test::write_file(dir / "hosts", "a ansible_connection=local\n"
                                  "b ansible_connection=local\n");
  auto run = [&](const std::string& first) {
    test::write_file(dir / "site.yml",
                     "- hosts: all\n  gather_facts: false\n  tasks:\n"
                     "    - command: "
                       + first
                       + "\n"
                         "- hosts: \"{{ groups['web'] }}\"\n  tasks: []\n");
    return test::run_troupe({"run", dir / "site.yml", "-i", dir / "hosts",
                             "--state-dir", dir / "state"});
  };
  auto stuck = run("'true'");
  CHECK(stuck.rc == 2);
  CHECK_THAT(stuck.out, Catch::Contains("no group is called so"));
  CHECK_THAT(stuck.err, !Catch::Contains("troupe resume"));
  auto failed = run("'false'");
  CHECK(failed.rc == 2);
  CHECK_THAT(failed.err, Catch::Contains("troupe resume"));
}

TEST_CASE("a playbook is described with its tasks, plays and hosts",
          "[e2e][inventory][M082][M143]") {
  test::temp_dir dir;
  test::write_file(dir / "hosts", "[web]\na\nb\n[db]\nb\nc\n");
  test::write_file(dir / "roles/r/tasks/main.yml", "- ping:\n- ping:\n");
  test::write_file(dir / "site.yml", "- hosts: web\n  roles: [r]\n"
                                     "  tasks:\n"
                                     "    - block: [{ping: {}}]\n"
                                     "      rescue: [{ping: {}}]\n"
                                     "    - include_tasks: later.yml\n"
                                     "  handlers: [{name: h, ping: {}}]\n"
                                     "- hosts: db\n  tasks: [{ping: {}}]\n");
  test::write_file(dir / "open.yml",
                   "- hosts: \"{{ hostvars['a'].list_of_hosts }}\"\n"
                   "  tasks: [{ping: {}}]\n");
  auto check = [&](std::vector<std::string> words, const std::string& said) {
    auto ran = test::run_troupe(std::move(words));
    INFO(ran.err);
    CHECK(ran.rc == 0);
    CHECK(ran.out == said);
  };
  auto site = dir / "site.yml";
  auto hosts = dir / "hosts";
  auto all = site + ": valid playbook, 6 tasks in 2 plays for 3 hosts\n";
  check({"validate", site, "-i", hosts}, all);
  check({"run", site, "-i", hosts, "--syntax-check"}, all);
  check({"validate", site, "-i", hosts, "--host", "c"}, all);
  check({"validate", site},
        site + ": valid playbook, 6 tasks in 2 plays for 0 hosts\n");
  check({"validate", dir / "open.yml", "-i", hosts},
        (dir / "open.yml")
          + ": valid playbook, 1 task in 1 play for 0 hosts and those that are "
            "known only when a play begins\n");
}

TEST_CASE("lint finds names that no host of the inventory has",
          "[e2e][lint][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "hosts", "[web]\na listen=1\nb\n");
  test::write_file(dir / "site.yml",
                   "- hosts: web\n  tasks:\n"
                   "    - debug: {msg: '{{ listen }} {{ lisen }}'}\n");
  auto ran = test::run_troupe({"lint", dir / "site.yml", "-i", dir / "hosts"});
  CHECK(ran.rc == 2);
  CHECK(ran.err.empty());
  CHECK_THAT(ran.out, Catch::Contains("site.yml:3:37: nothing gives 'lisen' a "
                                      "value; did you mean 'listen'?"));
  // Without it nobody knows what they have.
  ran = test::run_troupe({"lint", dir / "site.yml"});
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.err,
             Catch::Contains("site.yml:1:10: without their inventory (-i gives "
                             "it) the variables of the hosts 'web' are known "
                             "only when the plan runs"));
  test::write_file(dir / "open.yml", "- hosts: localhost\n  tasks:\n"
                                     "    - include_tasks: '{{ a }}.yml'\n"
                                     "    - include_role: {name: '{{ b }}'}\n"
                                     "    - set_fact: {'{{ c }}': 1}\n"
                                     "    - group_by: {key: d}\n");
  ran = test::run_troupe({"lint", dir / "open.yml"});
  for (auto* each : {"open.yml:3:22: the tasks of '{{ a }}.yml' are known only",
                     "open.yml:4:28: the tasks of the role '{{ b }}' are known",
                     "open.yml:5:18: what 'set_fact' sets by a template are",
                     "open.yml:6:7: the variables of groups that 'group_by'"})
    CHECK_THAT(ran.err, Catch::Contains(each));
}
