#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>

using namespace troupe;
namespace fs = std::filesystem;

namespace {

/// A playbook whose run over the hosts `a` and `b`, both of this machine, ends
/// its own program once.
struct killed_hosts {
  test::temp_dir dir;

  /// In the playbook FOLDER is the folder, and KILL a shell command that ends
  /// the program the first time it is called.
  void write(std::string playbook, const std::string& more = "") {
    auto replace = [&](const std::string& word, const std::string& by) {
      for (auto at = playbook.find(word); at != std::string::npos;
           at = playbook.find(word, at + by.size()))
        playbook.replace(at, word.size(), by);
    };
    replace("KILL", "mkdir FOLDER/killed && kill -9 $PPID && sleep 60");
    replace("FOLDER", dir.path());
    test::write_file(dir / "site.yml", playbook);
    test::write_file(dir / "hosts", "a ansible_connection=local\n"
                                    "b ansible_connection=local\n"
                                      + more);
  }

  test::finished run(std::vector<std::string> words) {
    words.insert(words.end(), {"--state-dir", dir / "state"});
    return test::run_troupe(std::move(words));
  }

  void start() {
    auto died = run({"run", dir / "site.yml", "-i", dir / "hosts"});
    INFO(died.out << died.err);
    REQUIRE(died.rc == -SIGKILL);
  }

  bool has(const std::string& name) const {
    return fs::exists(dir / name);
  }

  /// As if the disk had taken nothing of this host any more when a task ended.
  void forget_end(const std::string& host, const std::string& task) const {
    for (auto& run : fs::directory_iterator{dir / "state/runs"}) {
      auto path = run.path() / "hosts" / host / "journal";
      auto text = test::read_file(path);
      // A record: how long its type and payload are, their check sum, and they.
      constexpr size_t head = 8;
      constexpr char of_end = 7;
      for (auto at = text.find('\n') + 1; at + head <= text.size();) {
        uint32_t length = 0;
        std::memcpy(&length, text.data() + at, sizeof length);
        auto payload = text.substr(at + head, length);
        if (text[at + head] == of_end
            && payload.find(task) != std::string::npos) {
          fs::resize_file(path, at);
          return;
        }
        at += head + length;
      }
    }
    FAIL("no end of " << task);
  }
};

} // namespace

TEST_CASE("what a template has one host do for all is not done again",
          "[e2e][M016][M143]") {
  test::temp_dir dir;
  auto once = GENERATE("true", "\"{{ migrate }}\"");
  test::write_file(dir / "hosts",
                   "[all:vars]\nansible_connection=local\n[some]\na\nb\n");
  test::write_file(dir / "site.yml",
                   "- hosts: some\n"
                   "  gather_facts: false\n"
                   "  vars: {migrate: true}\n"
                   "  tasks:\n"
                   "    - shell: echo done >> "
                     + dir / "log" + "\n      run_once: " + once
                     + "\n    - shell: mkdir " + dir / "killed"
                     + " && kill -9 $PPID && sleep 60\n"
                       "      args: {creates: "
                     + dir / "killed" + "}\n");
  auto run = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--state-dir", dir / "state"});
    return test::run_troupe(std::move(words));
  };
  CHECK(run({"run", dir / "site.yml", "-i", dir / "hosts", "--forks", "1"}).rc
        == -SIGKILL);
  // As if the run had died before the other host heard of it.
  for (auto& each : fs::directory_iterator{dir / "state/runs"})
    REQUIRE(fs::remove_all(each.path() / "hosts/b") > 0);
  auto again = run({"resume"});
  INFO(again.out << again.err);
  CHECK(again.rc == 0);
  CHECK(test::read_file(dir / "log") == "done\n");
}

TEST_CASE_METHOD(killed_hosts,
                 "a failure from before ends the play for all when it goes on",
                 "[e2e][M016][M143]") {
  std::string said
    = GENERATE("any_errors_fatal: true", "max_fail_percentage: 40");
  INFO(said);
  // The other host dies once the failure is written down.
  write("- hosts: all\n"
        "  gather_facts: false\n  "
        + said
        + "\n  tasks:\n"
          "    - shell: |\n"
          "        if [ {{ inventory_hostname }} = a ]; then\n"
          "          echo it=$((1)); exit 1\n"
          "        fi\n"
          "        if [ -e FOLDER/killed ]; then\n"
          "          touch FOLDER/first; exit 0\n"
          "        fi\n"
          "        until grep -aqs it=1 FOLDER/state/runs/*/hosts/a/journal\n"
          "        do :; done\n"
          "        KILL\n"
          "    - file: {path: FOLDER/second, state: touch}\n");
  start();
  auto again = run({"resume", "--on-unknown", "rerun"});
  INFO(again.out << again.err);
  CHECK(again.rc == 2);
  // What had begun beside it comes to its end.
  CHECK(has("first"));
  CHECK_FALSE(has("second"));
}

TEST_CASE_METHOD(killed_hosts,
                 "a failure from before ends nothing because of what is done "
                 "again beside it",
                 "[e2e][M016][M143]") {
  // One host does it for all: its own failure would end the play for all.
  std::string anew = GENERATE("meta: refresh_inventory",
                              "{include_tasks: more.yml, run_once: true}");
  INFO(anew);
  test::write_file(dir / "more.yml", "- debug: {msg: more}\n");
  write(
    "- hosts: all\n"
    "  gather_facts: false\n"
    "  tasks:\n"
    "    - "
    + anew
    + "\n"
      "    - command: 'false'\n"
      "      when: inventory_hostname == 'a'\n"
      "    - shell: KILL\n"
      "      args: {creates: FOLDER/killed}\n"
      "      when: inventory_hostname == 'b'\n"
      "- hosts: all\n"
      "  gather_facts: false\n"
      "  tasks:\n"
      "    - file: {path: 'FOLDER/{{ inventory_hostname }}', state: touch}\n");
  start();
  auto again = run({"resume"});
  INFO(again.out << again.err);
  CHECK(again.rc == 2);
  CHECK(has("b"));
  CHECK_FALSE(has("a"));
}

TEST_CASE_METHOD(killed_hosts,
                 "what meta has done for all is done again where a run goes on",
                 "[e2e][M016][M143]") {
  write("- hosts: all\n"
        "  gather_facts: false\n"
        "  tasks:\n"
        "    - set_fact: {it: known, cacheable: true}\n"
        "    - command: 'false'\n"
        "      when: inventory_hostname == 'a'\n"
        "    - meta: clear_host_errors\n"
        "    - meta: clear_facts\n"
        "    - shell: KILL\n"
        "      args: {creates: FOLDER/killed}\n"
        "      when: inventory_hostname == 'b'\n"
        "- hosts: all\n"
        "  gather_facts: false\n"
        "  tasks:\n"
        "    - copy:\n"
        "        content: \"{{ ansible_facts.it | default('gone') }}\"\n"
        "        dest: 'FOLDER/{{ inventory_hostname }}'\n",
        "c ansible_connection=local\n");
  start();
  auto again = run({"resume"});
  INFO(again.out << again.err);
  CHECK(again.rc == 0);
  // The failure was forgiven, and the host plays on.
  CHECK(has("a"));
  for (auto* host : {"b", "c"})
    CHECK(test::read_file(dir / host) == "gone");
}

TEST_CASE_METHOD(killed_hosts,
                 "a host goes on with what it has included for all",
                 "[e2e][M016][M143]") {
  // Another one, that comes before it, is there again: it does not do it anew.
  bool other = GENERATE(false, true);
  CAPTURE(other);
  test::write_file(dir / "more.yml", "- shell: echo done >> " + dir / "log"
                                       + "\n- set_fact: {it: known}\n");
  write("- hosts: all\n"
        "  gather_facts: false\n"
        "  tasks:\n"
        "    - command: test -e FOLDER/killed\n"
        "      when: "
          + std::string{other ? "inventory_hostname == 'a'" : "false"}
          + "\n"
            "    - include_tasks: more.yml\n"
            "      run_once: true\n"
            "    - shell: KILL\n"
            "      args: {creates: FOLDER/killed}\n"
            "      when: inventory_hostname == 'b'\n"
            "    - copy:\n"
            "        content: \"{{ it | default('lost') }}\"\n"
            "        dest: 'FOLDER/{{ inventory_hostname }}'\n",
        "c ansible_connection=local\n");
  start();
  auto again = run({"resume", "--rerun-failed"});
  INFO(again.out << again.err);
  CHECK(again.rc == 0);
  CHECK(test::read_file(dir / (other ? "b" : "a")) == "known");
  CHECK(test::read_file(dir / "log") == "done\n");
}

TEST_CASE_METHOD(killed_hosts,
                 "a host that was out of reach stays out when a run goes on",
                 "[e2e][M016][M143]") {
  test::write_file(dir / "ssh", "#!/bin/sh\necho dialled >> " + dir / "calls"
                                  + "\necho no way >&2\nexit 255\n");
  fs::permissions(dir / "ssh", fs::perms::owner_all);
  write(
    "- hosts: all\n"
    "  gather_facts: false\n"
    "  tasks:\n"
    "    - block:\n"
    "        - command: 'true'\n"
    "      rescue:\n"
    "        - file: {path: FOLDER/rescued, state: touch}\n"
    "          delegate_to: a\n"
    "      always:\n"
    "        - file: {path: 'FOLDER/{{ inventory_hostname }}', state: touch}\n"
    "          delegate_to: a\n"
    "    - shell: KILL\n"
    "      args: {creates: FOLDER/killed}\n"
    "      when: inventory_hostname == 'a'\n",
    "u ansible_connection=ssh ansible_ssh_executable=" + dir / "ssh" + "\n");
  start();
  CHECK(has("b"));
  auto again = run({"resume"});
  INFO(again.out << again.err);
  CHECK(again.rc == 9);
  CHECK_FALSE(has("rescued"));
  CHECK_FALSE(has("u"));
  CHECK(test::read_file(dir / "calls") == "dialled\n");
  // That there is a rescue keeps nobody from trying it again.
  again = run({"resume", "--rerun-failed"});
  INFO(again.out << again.err);
  CHECK(again.rc == 9);
  CHECK(test::read_file(dir / "calls") == "dialled\ndialled\n");
  CHECK_FALSE(has("rescued"));
}

TEST_CASE_METHOD(killed_hosts,
                 "facts of items from before are those of their hosts",
                 "[e2e][M016][M143]") {
  for (auto* host : {"a", "b"}) {
    fs::create_directory(dir / host);
    test::write_file(dir / host + "/who.fact",
                     std::string{"#!/bin/sh\n"}
                       + (*host == 'a' ? "[ -e " + (dir / "killed") + " ] || { "
                                           + "mkdir " + (dir / "killed")
                                           + "; kill -9 $PPID; sleep 60; }\n"
                                       : "")
                       + "echo '{\"is\": \"" + host + "\"}'\n");
    fs::permissions(dir / host + "/who.fact", fs::perms::owner_all);
  }
  write("- hosts: a\n"
        "  gather_facts: false\n"
        "  tasks:\n"
        "    - setup: {gather_subset: ['!all', '!min', local],\n"
        "              fact_path: 'FOLDER/{{ item }}'}\n"
        "      delegate_to: '{{ item }}'\n"
        "      delegate_facts: true\n"
        "      loop: [b, a]\n"
        "    - assert:\n"
        "        that: [hostvars.b.ansible_local.who.is == 'b',\n"
        "               hostvars.a.ansible_local.who.is == 'a']\n");
  start();
  auto again = run({"resume"});
  INFO(again.out << again.err);
  CHECK(again.rc == 0);
}

TEST_CASE_METHOD(killed_hosts,
                 "a host whose journal was only begun plays from the start",
                 "[e2e][M016][M143]") {
  write(
    "- hosts: all\n"
    "  gather_facts: false\n"
    "  tasks:\n"
    "    - shell: KILL\n"
    "      args: {creates: FOLDER/killed}\n"
    "      when: inventory_hostname == 'a'\n"
    "    - file: {path: 'FOLDER/{{ inventory_hostname }}', state: touch}\n");
  start();
  for (auto& each : fs::directory_iterator{dir / "state/runs"}) {
    auto journal = each.path().string() + "/hosts/b/journal";
    fs::rename(journal, journal + ".new");
    fs::resize_file(journal + ".new", 20);
  }
  auto again = run({"resume"});
  INFO(again.out << again.err);
  CHECK(again.rc == 0);
  CHECK(has("b"));
}

TEST_CASE_METHOD(killed_hosts,
                 "a handler of one play is not taken for that of another",
                 "[e2e][M016][M034][M143]") {
  bool included = GENERATE(false, true);
  for (auto* folder : {"roles/web/tasks", "roles/web/handlers"})
    fs::create_directories(dir / folder);
  test::write_file(dir / "roles/web/tasks/main.yml",
                   "- {name: set up, command: echo, notify: restart}\n");
  test::write_file(dir / "roles/web/handlers/main.yml",
                   "- name: restart\n"
                   "  shell: echo {{ inventory_hostname }} >> "
                     + dir / "log\n");
  std::string play = "- hosts: all\n"
                     "  gather_facts: false\n";
  play += included ? "  tasks:\n"
                     "  - include_role: {name: web}\n"
                   : "  roles: [web]\n"
                     "  tasks:\n";
  write(play + "  - command: echo\n" + play
        + "  - shell: test {{ inventory_hostname }} = b ||"
          " test -d FOLDER/killed || { KILL; }\n");
  start();
  auto done = run({"resume", "--on-unknown", "rerun"});
  INFO(done.out << done.err);
  CHECK(done.rc == 0);
  auto log = test::read_file(dir / "log");
  CHECK(std::count(log.begin(), log.end(), 'a') == 2);
  CHECK(std::count(log.begin(), log.end(), 'b') == 2);
}

TEST_CASE_METHOD(
  killed_hosts, "whose end of a task for all was lost has to tell its handlers",
  "[e2e][M016][M143]") {
  write("- hosts: all\n"
        "  gather_facts: false\n"
        "  tasks:\n"
        "  - name: migrate\n"
        "    shell: echo {{ inventory_hostname }} >> FOLDER/log\n"
        "    run_once: true\n"
        "    notify: told\n"
        "  - shell: test {{ inventory_hostname }} = a ||"
        " test -d FOLDER/killed || { KILL; }\n"
        "  handlers:\n"
        "  - {name: told, shell: echo told >> FOLDER/log}\n");
  start();
  forget_end("a", "migrate");
  auto asked = run({"resume"});
  INFO(asked.out << asked.err);
  CHECK(asked.rc == 5);
  CHECK(test::read_file(dir / "log") == "a\n");
  auto done = run({"resume", "--on-unknown", "rerun"});
  INFO(done.out << done.err);
  CHECK(done.rc == 0);
  CHECK(test::read_file(dir / "log") == "a\na\ntold\n");
}
