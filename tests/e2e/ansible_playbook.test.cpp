#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>

using namespace troupe;

namespace {

/// `troupe` under its second name, beside a playbook with these tasks.
struct playbook {
  test::temp_dir dir;

  explicit playbook(const std::string& tasks) {
    std::filesystem::create_symlink(test::built_path("troupe"),
                                    dir / "ansible-playbook");
    test::write_file(dir / "site.yml",
                     "- hosts: localhost\n  gather_facts: false\n  tasks:\n"
                       + tasks);
  }

  test::finished run(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), dir / "site.yml");
    return test::run_program(dir / "ansible-playbook", arguments);
  }
};

} // namespace

TEST_CASE("called as ansible-playbook it prints and ends as that does",
          "[e2e][ansible_playbook][M145]") {
  SECTION("well") {
    playbook some{"    - name: speak\n      debug: {msg: hello}\n"};
    auto ran = some.run();
    CHECK(ran.rc == 0);
    CHECK_THAT(ran.out, Catch::Contains("\nTASK [speak] ***"));
    CHECK_THAT(ran.out, Catch::Contains("ok: [localhost] => {\n    \"msg\": "
                                        "\"hello\"\n}\n"));
    CHECK_THAT(ran.out,
               Catch::Contains("localhost                  : ok=1    changed=0"
                               "    unreachable=0    failed=0"));
    // Nothing of the view that troupe has under its own name.
    CHECK_THAT(ran.out, !Catch::Contains("ended well"));
  }
  SECTION("with a failure") {
    auto ran = playbook{"    - fail: {msg: no}\n"}.run();
    CHECK(ran.rc == 2);
    CHECK_THAT(ran.out, Catch::Contains("fatal: [localhost]: FAILED! => "));
  }
  SECTION("with options that are none") {
    CHECK(playbook{"    - debug:\n"}.run({"--nothing-like-that"}).rc == 2);
  }
  SECTION("without the playbook") {
    playbook none{""};
    std::filesystem::remove(none.dir / "site.yml");
    CHECK(none.run().rc == 1);
  }
  SECTION("with syntax that is wrong") {
    CHECK(playbook{"    - {debug: [}\n"}.run().rc == 4);
  }
}

TEST_CASE("a playbook that a collection has not is told",
          "[e2e][ansible_playbook][M082][M145]") {
  playbook some{"    - debug:\n"};
  auto folder = some.dir / "c/ansible_collections/acme/tools/playbooks";
  std::filesystem::create_directories(folder);
  std::filesystem::rename(some.dir / "site.yml", folder + "/deploy.yml");
  std::vector<std::pair<std::string, std::string>> where{
    {"ANSIBLE_COLLECTIONS_PATH", some.dir / "c"}};
  auto run = [&](const std::string& program, std::vector<std::string> words) {
    return test::run_program(program, words, where);
  };
  auto troupe = test::built_path("troupe");
  CHECK(run(troupe, {"validate", "acme.tools.deploy"}).rc == 0);
  for (auto& ran : {run(troupe, {"run", "acme.tools.deploi", "--no-state"}),
                    run(troupe, {"validate", "acme.tools.deploi"})}) {
    CHECK(ran.rc == 4);
    CHECK_THAT(ran.err,
               Catch::Contains("the collection 'acme.tools' has no playbook of "
                               "that name; did you mean 'acme.tools.deploy'?"));
  }
  CHECK_THAT(run(troupe, {"run", "acme.tool.deploy", "--no-state"}).err,
             Catch::Contains("'acme.tool' is not in " + (some.dir / "c")));
}

TEST_CASE("the options of ansible-playbook do what they say",
          "[e2e][ansible_playbook][M145]") {
  playbook some{"    - {name: a, debug: {msg: '{{ word }}'}, tags: [one]}\n"
                "    - {name: b, debug: {msg: other}, tags: [two]}\n"};
  auto chosen = some.run({"-t", "one", "-e", "word=said"});
  CHECK(chosen.rc == 0);
  CHECK_THAT(chosen.out, Catch::Contains("\"said\""));
  CHECK_THAT(chosen.out, !Catch::Contains("other"));
  auto nobody = some.run({"-t", "two", "-u", "alice", "-T", "5"});
  CHECK(nobody.rc == 0);
  CHECK(nobody.err.empty());
  auto listed = some.run({"--list-tasks"});
  CHECK(listed.rc == 0);
  CHECK_THAT(listed.out, Catch::Contains("b\tTAGS: [two]"));
  CHECK_THAT(listed.out, !Catch::Contains("ok: [localhost]"));
  // Another host is this one only when somebody says so.
  test::write_file(
    some.dir / "site.yml",
    "- {hosts: db1, gather_facts: false, tasks: [{command: id}]}\n");
  auto remote = some.run({"-i", "db1,"});
  CHECK(remote.rc == 4);
  CHECK_THAT(remote.out, Catch::Contains("fatal: [db1]: UNREACHABLE!"));
  auto local = some.run({"-i", "db1,", "-c", "ssh", "-l", "nobody", "-c",
                         "local", "--limit", "db1", "-v", "-v"});
  CHECK(local.rc == 0);
  CHECK_THAT(local.out, Catch::Contains("changed: [db1]"));
}

TEST_CASE("options for programs that are not used are taken with a warning",
          "[e2e][ansible_playbook][M145]") {
  playbook some{"    - debug:\n"};
  auto ran = some.run({"--scp-extra-args=-O", "--sftp-extra-args", "-C"});
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.err, Catch::Contains("--scp-extra-args change nothing"));
}

TEST_CASE("a module of another collection stops only who comes to it",
          "[e2e][ansible_playbook][M145]") {
  std::string task = "    - community.docker.docker_login: {username: x}\n";
  playbook certain{task};
  CHECK(certain.run().rc == 4);
  playbook skipped{task + "      when: false\n"};
  auto ran = skipped.run();
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.err, Catch::Contains("site.yml:4:7: unknown module "
                                      "'community.docker.docker_login': "));
  playbook reached{task + "      when: true\n"};
  ran = reached.run();
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.out, Catch::Contains("unknown module "
                                      "'community.docker.docker_login'"));
  // A slip is one wherever it stands.
  playbook slip{"    - copyy: {dest: /x}\n      when: false\n"};
  CHECK(slip.run().rc == 4);
}

TEST_CASE("lists of tasks are those of ansible-playbook",
          "[e2e][ansible_playbook][M145]") {
  playbook some{"    - name: a block\n"
                "      tags: [blk]\n"
                "      block:\n"
                "        - {name: inside, debug: , tags: [b, a]}\n"
                "        - debug:\n"
                "      rescue: [{name: saves, debug: , tags: [res]}]\n"
                "      always: [{name: ends, debug: }]\n"
                "    - include_role: {name: r}\n"
                "    - import_role: {name: r}\n"
                "    - {name: last, debug: }\n"};
  test::write_file(some.dir / "roles/r/tasks/main.yml",
                   "- {name: named, debug: }\n"
                   "- ansible.builtin.debug:\n"
                   "- include_tasks: more.yml\n");
  auto text = test::read_file(some.dir / "site.yml");
  test::write_file(some.dir / "site.yml",
                   text
                     + "- hosts: localhost\n  name: 'two {{ 1 + 1 }}'\n"
                       "  tags: [play]\n  tasks: [{debug: , tags: [t]}]\n");
  std::string first = "\nplaybook: " + (some.dir / "site.yml")
                      + "\n\n  play #1 (localhost): localhost\tTAGS: []\n";
  auto listed = some.run({"--list-tasks", "--start-at-task", "last"});
  CHECK(listed.rc == 0);
  CHECK(listed.out
        == first
             + "    tasks:\n"
               "      inside\tTAGS: [a, b, blk]\n"
               "      debug\tTAGS: [blk]\n"
               "      include_role\tTAGS: []\n"
               "      r : named\tTAGS: []\n"
               "      ansible.builtin.debug\tTAGS: []\n"
               "      include_tasks\tTAGS: []\n"
               "      last\tTAGS: []\n"
               "\n  play #2 (localhost): two 2\tTAGS: [play]\n"
               "    tasks:\n"
               "      debug\tTAGS: [play, t]\n");
  auto tags = some.run({"--list-tags", "--tags", "blk"});
  CHECK(tags.out
        == first
             + "      TASK TAGS: [a, b, blk]\n"
               "\n  play #2 (localhost): two 2\tTAGS: [play]\n"
               "      TASK TAGS: [play]\n");
}

TEST_CASE("roles that an included role needs run once for what they are given",
          "[e2e][ansible_playbook][M140]") {
  playbook some{"    - include_role: {name: outer}\n"
                "    - include_role: {name: outer}\n"
                "    - include_role: {name: other}\n"};
  test::write_file(some.dir / "roles/dep/tasks/main.yml",
                   "- debug: {msg: 'dep {{ p }} {{ v | default(0) }}'}\n");
  test::write_file(some.dir / "roles/outer/meta/main.yml",
                   "dependencies:\n"
                   "  - {role: dep, p: 1}\n"
                   "  - {role: dep, p: 2, vars: {v: 3}}\n");
  test::write_file(some.dir / "roles/outer/tasks/main.yml",
                   "- debug: {msg: 'outer {{ v }}'}\n");
  test::write_file(some.dir / "roles/other/meta/main.yml",
                   "dependencies: [{role: dep, p: 1}, {role: dep, p: 4}]\n");
  test::write_file(some.dir / "roles/other/tasks/main.yml",
                   "- debug: {msg: other}\n");
  auto said = [](const std::string& out) {
    std::vector<std::string> all;
    for (auto at = out.find("\"msg\": \""); at != out.npos;
         at = out.find("\"msg\": \"", at)) {
      at += 8;
      all.push_back(out.substr(at, out.find('"', at) - at));
    }
    return all;
  };
  auto ran = some.run();
  CHECK(ran.rc == 0);
  CHECK(said(ran.out)
        == std::vector<std::string>{"dep 1 0", "dep 2 3", "outer 3", "outer 3",
                                    "dep 4 0", "other"});
  // What an earlier play ran counts for none after it, and a role that a task
  // has chosen is none that others need.
  test::write_file(some.dir / "site.yml",
                   "- hosts: localhost\n  gather_facts: false\n"
                   "  roles: [other]\n"
                   "  tasks: [{include_role: {name: other}}]\n"
                   "- hosts: localhost\n  gather_facts: false\n"
                   "  tasks:\n"
                   "    - {include_role: {name: dep}, vars: {p: 1}}\n"
                   "    - include_role: {name: other}\n");
  ran = some.run();
  CHECK(ran.rc == 0);
  CHECK(said(ran.out)
        == std::vector<std::string>{"dep 1 0", "dep 4 0", "other", "other",
                                    "dep 1 0", "dep 1 0", "dep 4 0", "other"});
}

TEST_CASE("a role that a role includes is notified, with its own files",
          "[e2e][ansible_playbook][M140]") {
  playbook some{"    - include_role: {name: outer}\n"
                "    - include_role: {name: inner, vars_from: other}\n"};
  test::write_file(some.dir / "roles/outer/tasks/main.yml",
                   "- include_role: {name: inner, handlers_from: other}\n");
  test::write_file(some.dir / "roles/inner/tasks/main.yml",
                   "- debug: {msg: 'inner {{ x }}'}\n"
                   "  changed_when: true\n"
                   "  notify: said\n");
  test::write_file(some.dir / "roles/inner/handlers/other.yml",
                   "- {name: said, debug: {msg: handled}}\n");
  test::write_file(some.dir / "roles/inner/vars/main.yml", "x: main\n");
  test::write_file(some.dir / "roles/inner/vars/other.yml", "x: other\n");
  auto ran = some.run();
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("inner main")
                        && Catch::Contains("inner other")
                        && Catch::Contains("handled"));
}

TEST_CASE("a file without tasks may be included", "[e2e][ansible_playbook]"
                                                  "[M140]") {
  playbook some{"    - include_tasks: \"{{ item }}\"\n"
                "      loop: [empty.yml, dashes.yml]\n"
                "    - debug: {msg: last}\n"};
  test::write_file(some.dir / "empty.yml", "");
  test::write_file(some.dir / "dashes.yml", "---\n");
  auto ran = some.run();
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("\"last\""));
  playbook none{"    - include_tasks: \"{{ '' }}\"\n"};
  ran = none.run();
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.out, Catch::Contains("the name of the file to include is "
                                      "empty"));
}

TEST_CASE("jobs that a task waits for are called and told of as there",
          "[e2e][ansible_playbook][M145]") {
  auto ran = playbook{"    - command: 'true'\n"
                      "      async: 60\n"
                      "      poll: 1\n"
                      "      register: job\n"
                      "    - command: 'false'\n"
                      "      async: 60\n"
                      "      poll: 1\n"
                      "      ignore_errors: true\n"
                      "    - assert:\n"
                      "        that: job.ansible_job_id is "
                      "match('j[0-9]+[.][0-9]+$')\n"}
               .run();
  CHECK(ran.rc == 0);
  for (auto word : {"OK", "FAILED"}) {
    auto head = "\nASYNC " + std::string{word} + " on localhost: jid=j";
    INFO(ran.out);
    auto at = ran.out.find(head);
    REQUIRE(at != ran.out.npos);
    auto id = ran.out.substr(at + head.size());
    id.resize(id.find('\n'));
    CHECK(id.find_first_not_of("0123456789.") == id.npos);
    CHECK(std::count(id.begin(), id.end(), '.') == 1);
  }
}

TEST_CASE("defaults of groups of modules are warned of with their place",
          "[e2e][ansible_playbook][M145]") {
  playbook some{"    - debug:\n"};
  test::write_file(some.dir / "site.yml", "- hosts: localhost\n"
                                          "  gather_facts: false\n"
                                          "  module_defaults:\n"
                                          "    debug: {msg: usual}\n"
                                          "    group/clouds: {region: here}\n"
                                          "  tasks:\n"
                                          "    - debug:\n"
                                          "      module_defaults:\n"
                                          "        group/tasks: {a: b}\n"
                                          "    - block: [{debug: }]\n"
                                          "      module_defaults:\n"
                                          "        group/blocks: {a: b}\n"
                                          "  handlers:\n"
                                          "    - name: told\n"
                                          "      debug:\n"
                                          "      module_defaults:\n"
                                          "        group/handlers: {a: b}\n");
  auto ran = some.run();
  CHECK(ran.rc == 0);
  for (auto* each : {"site.yml:9:9: ", "'group/tasks'", "site.yml:12:9: ",
                     "'group/blocks'", "site.yml:17:9: ", "'group/handlers'"})
    CHECK_THAT(ran.err, Catch::Contains(each));
  CHECK_THAT(ran.out, Catch::Contains("\"msg\": \"usual\""));
  // In lines of the width of a terminal.
  CHECK_THAT(ran.err, Catch::Contains("site.yml:5:5: "));
  CHECK_THAT(ran.err, Catch::Contains("'group/clouds'"));
}

TEST_CASE("attempts are told by a task's own name, in roles, too",
          "[e2e][ansible_playbook][M145]") {
  playbook some{"    - import_role: {name: web}\n"};
  std::filesystem::create_directories(some.dir / "roles/web/tasks");
  std::string again = "  until: false\n  retries: 1\n  delay: 0\n"
                      "  ignore_errors: true\n";
  test::write_file(some.dir / "roles/web/tasks/main.yml",
                   "- name: ask {{ playbook_dir | basename | length > 0 }}\n"
                   "  command: \"true\"\n"
                     + again + "- command: \"true\"\n" + again);
  auto ran = some.run();
  INFO(ran.err);
  CHECK(ran.rc == 0);
  for (auto* each :
       {"\nTASK [web : ask True] ***",
        "\nFAILED - RETRYING: [localhost]: ask True (1 retries left).\n",
        "\nFAILED - RETRYING: [localhost]: web : command (1 retries left).\n"})
    CHECK_THAT(ran.out, Catch::Contains(each));
}
