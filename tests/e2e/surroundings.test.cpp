#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

// What lies in the folder in which a command is started: settings that name an
// inventory, and the files of variables of its hosts.

using namespace troupe;

namespace {

/// A folder whose settings name an inventory with the hosts web1, web2 and db1,
/// which are this machine.
struct settled_folder {
  test::temp_dir dir;

  settled_folder() {
    put("ansible.cfg", "[defaults]\ninventory = inv.ini\n");
    put("inv.ini", "[web]\nweb1\nweb2\n[db]\ndb1\n[all:vars]\n"
                   "ansible_connection=local\n");
    put("site.yml", "- hosts: all\n  gather_facts: false\n  tasks:\n"
                    "  - {name: Step, command: 'true'}\n");
  }

  void put(const std::string& name, const std::string& text) const {
    test::write_file(dir / name, text);
  }

  /// A line for the shell in that folder; `troupe` is the program.
  test::finished run(const std::string& line) const {
    return test::run_program("/bin/sh",
                             {"-c", "cd '" + dir.path() + "' && PATH='"
                                      + test::built_path() + "':$PATH && "
                                      + line},
                             {{"NO_COLOR", "1"}, {"HOME", "/nonexistent"}});
  }
};

} // namespace

TEST_CASE("a broken file of variables of one host is told before anything runs",
          "[e2e][inventory][M141][M143]") {
  settled_folder at;
  auto [file, text, words]
    = GENERATE(table<std::string, std::string, std::string>(
      {{"host_vars/web1.yml", "x: [\n", "host_vars/web1.yml:1:4: "},
       {"group_vars/web.yml", "x: [\n", "group_vars/web.yml:1:4: "},
       {"group_vars/db/more.yml", "- x\n", "group_vars/db/more.yml"}}));
  at.put(file, text);
  for (std::string command :
       {"validate", "lint", "run --no-state", "run --no-state --check"}) {
    auto ran = at.run("troupe " + command + " site.yml");
    INFO(command << ran.out << ran.err);
    CHECK(ran.rc == 4);
    CHECK_THAT(ran.err, Catch::Contains(words));
    CHECK_THAT(ran.out, !Catch::Contains("Step"));
  }
  // Told once, though it lies beside the inventory and beside the playbook.
  auto told = at.run("troupe validate site.yml").err;
  CHECK(told.find(words) == told.rfind(words));
}

TEST_CASE("a host that plays no more is not lost once more to its variables",
          "[e2e][inventory][M141][M143]") {
  settled_folder at;
  // For whom it is shows only when the play begins.
  at.put("books/b.yml", "- hosts: '{{ hostvars.db1.who }}'\n"
                        "  gather_facts: false\n  tasks:\n"
                        "  - {name: Inner, command: 'true'}\n");
  at.put("site.yml", "- hosts: all\n  gather_facts: false\n  tasks:\n"
                     "  - set_fact: {who: all}\n"
                     "  - command: test {{ inventory_hostname }} != web1\n"
                     "- import_playbook: books/b.yml\n"
                     "- hosts: all\n  gather_facts: false\n  tasks:\n"
                     "  - {name: Last, command: 'true'}\n");
  for (auto* host : {"web1", "web2"})
    at.put(std::string{"books/host_vars/"} + host + ".yml", "x: [\n");
  auto ran = at.run("troupe run --no-state site.yml");
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 2);
  auto all = ran.out + ran.err;
  CHECK_THAT(all, !Catch::Contains("the host 'web1' takes no part"));
  CHECK_THAT(all, Catch::Contains("the host 'web2' takes no part"));
  // What the two do not do is counted.
  CHECK_THAT(all, Catch::Contains("1 of 12 tasks failed, 4 did not run"));
}

TEST_CASE(
  "a broken file of variables beside an imported playbook is told before "
  "anything runs",
  "[e2e][inventory][M141][M143]") {
  settled_folder at;
  at.put("books/b.yml", "- hosts: web1\n  gather_facts: false\n  tasks:\n"
                        "  - {name: Step, command: 'true'}\n");
  at.put("site.yml", "- import_playbook: books/b.yml\n");
  at.put("books/host_vars/db1.yml", "x: [\n");
  CHECK(at.run("troupe run --no-state site.yml").rc == 0);
  at.put("books/host_vars/web1.yml", "x: [\n");
  for (std::string command : {"validate", "run --no-state"}) {
    auto ran = at.run("troupe " + command + " site.yml");
    INFO(command << ran.out << ran.err);
    CHECK(ran.rc == 4);
    CHECK_THAT(ran.err, Catch::Contains("books/host_vars/web1.yml:1:4: "));
    CHECK_THAT(ran.out, !Catch::Contains("Step"));
  }
}

TEST_CASE("files of variables of hosts that do not play are not looked at",
          "[e2e][inventory][M141][M143]") {
  settled_folder at;
  at.put("host_vars/web1.yml", "x: [\n");
  CHECK(at.run("troupe run --no-state site.yml --limit db1,web2").rc == 0);
  at.put("site.yml", "- hosts: db\n  gather_facts: false\n  tasks: [ping: ]\n");
  CHECK(at.run("troupe run --no-state site.yml").rc == 0);
}

TEST_CASE("hosts of a play that nothing matches are warned of in front of it",
          "[e2e][inventory][M141][M143]") {
  settled_folder at;
  at.put("site.yml", "- hosts: db\n  gather_facts: false\n  tasks: [ping: ]\n"
                     "- name: Second\n  hosts: webs\n  gather_facts: false\n"
                     "  tasks: [ping: ]\n");
  for (std::string command :
       {"validate", "lint", "run --no-state", "run --list-hosts"}) {
    auto ran = at.run("troupe " + command + " site.yml");
    INFO(command << ran.out << ran.err);
    CHECK(ran.rc == 0);
    CHECK_THAT(ran.err,
               Catch::Contains("troupe: warning: site.yml:5:10: no host and no "
                               "group matches 'webs'; did you mean 'web'?"));
    CHECK_THAT(ran.out, !Catch::Contains("matches 'webs'"));
  }
}

TEST_CASE("one task is for this host where settings name an inventory",
          "[e2e][do][inventory][M082][M141]") {
  settled_folder at;
  for (std::string with : {"", "ANSIBLE_INVENTORY=inv.ini "}) {
    auto ran = at.run(with + "troupe do --no-state ping");
    INFO(ran.out << ran.err);
    CHECK(ran.rc == 0);
    CHECK_THAT(ran.out, Catch::Contains("[localhost]"));
  }
  auto asked = at.run("troupe do --no-state ping --hosts web");
  INFO(asked.out << asked.err);
  CHECK(asked.rc == 0);
  CHECK_THAT(asked.out, Catch::Contains("[web1]") && Catch::Contains("[web2]"));
}

TEST_CASE("an inventory that settings name is shown",
          "[e2e][inventory][completion][M141]") {
  settled_folder at;
  CHECK(at.run("troupe inventory --match all").out == "web1\nweb2\ndb1\n");
  CHECK_THAT(at.run("troupe inventory --graph").out, Catch::Contains("@web:"));
  // What is given, or in the environment, counts more.
  CHECK(at.run("troupe inventory -i a,b --match all").out == "a\nb\n");
  at.put("other", "c\n");
  CHECK(at.run("ANSIBLE_INVENTORY=other troupe inventory --match all").out
        == "c\n");
  at.put("ansible.cfg", "[defaults\n");
  CHECK(at.run("troupe inventory --match all").rc == 64);
}

TEST_CASE("who simulates a number of hosts does not mean the inventory of the "
          "folder",
          "[e2e][simulate][inventory][M149]") {
  settled_folder at;
  auto made = at.run("troupe simulate site.yml --hosts 7");
  INFO(made.out << made.err);
  CHECK(made.rc == 0);
  CHECK_THAT(made.out, Catch::Contains("on 7 simulated hosts"));
  CHECK_THAT(at.run("troupe simulate site.yml").out,
             Catch::Contains("on 3 simulated hosts"));
  auto both = at.run("troupe simulate site.yml --hosts 7 -i inv.ini");
  CHECK(both.rc == 64);
  CHECK_THAT(both.err, Catch::Contains("--hosts and -i exclude each other"));
}

TEST_CASE("tasks of hosts that are this machine fail in a simulation as asked",
          "[e2e][simulate][M149]") {
  settled_folder at;
  auto on = GENERATE(as<std::string>{}, "all", "localhost");
  at.put("site.yml", "- hosts: " + on
                       + "\n  connection: local\n  gather_facts: false\n"
                         "  tasks:\n  - {name: Step, command: 'true'}\n");
  for (std::string share : {"100%", "Step=100%", "command=100%"}) {
    auto ran = at.run("troupe simulate site.yml --fail '" + share + "'");
    INFO(share << ran.out << ran.err);
    CHECK(ran.rc == 2);
    CHECK_THAT(ran.out, Catch::Contains("WHERE IT BREAKS")
                          && Catch::Contains("has this task fail here"));
  }
  CHECK(at.run("troupe simulate site.yml --fail 0%").rc == 0);
}

TEST_CASE("hosts that are this machine are out of reach in a simulation",
          "[e2e][simulate][M149]") {
  settled_folder at;
  auto ran = at.run("troupe simulate site.yml --unreachable 100%");
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 9);
  CHECK_THAT(ran.out, Catch::Contains("3 out of reach"));
  // The host of the plan itself is always there.
  at.put("site.yml", "- hosts: localhost\n  gather_facts: false\n"
                     "  tasks: [command: 'true']\n");
  CHECK(at.run("troupe simulate site.yml --unreachable 100%").rc == 0);
}

TEST_CASE("a packed runner does the same in every folder",
          "[e2e][pack][M100][M140]") {
  settled_folder at;
  at.put("site/site.yml",
         "- hosts: all\n  gather_facts: false\n"
         "  tasks: [debug: {msg: 'as {{ inventory_hostname }}'}]\n");
  at.put("ansible.cfg", "[defaults]\ninventory = inv.ini\n"
                        "vault_password_file = none\n");
  REQUIRE(at.run("ANSIBLE_CONFIG=/dev/null troupe pack site/site.yml -o one").rc
          == 0);
  auto ran = at.run("./one --no-state");
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("as localhost")
                        && !Catch::Contains("web1")
                        && Catch::Contains("PLAY [all]"));
  // What is given counts.
  CHECK_THAT(at.run("./one --no-state -i inv.ini").out,
             Catch::Contains("as web1"));
}

TEST_CASE("what is wrong in a packed plan has the name that it was packed by",
          "[e2e][pack][M100][M140]") {
  settled_folder at;
  at.put("ansible.cfg", "");
  at.put("site/site.yml", "- hosts: localhost\n  gather_facts: false\n"
                          "  tasks:\n  - command: 'false'\n");
  REQUIRE(at.run("troupe pack site/site.yml -o one").rc == 0);
  auto ran = at.run("./one --no-state");
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.out, Catch::Contains("at site.yml:4:5")
                        && !Catch::Contains("plan/site.yml"));
}

TEST_CASE("modules of collections beside the playbook are packed",
          "[e2e][pack][M051][M100][M140]") {
  settled_folder at;
  auto plugins
    = std::string{"ps/collections/ansible_collections/acme/base/"} + "plugins/";
  // Not to be executed, as an archive may have left it.
  at.put(plugins + "modules/tell.sh",
         "#!/bin/sh\necho '{\"changed\": true, \"said\": \"told\"}'\n");
  at.put(plugins + "module_utils/words", "x\n");
  at.put("ps/site.yml", "- hosts: localhost\n  gather_facts: false\n  tasks:\n"
                        "  - {acme.base.tell: {}}\n"
                        "  - {tell: {}, collections: [acme.base]}\n"
                        "  - block: [{tell: {}, register: r},\n"
                        "            {debug: {msg: '{{ r.said }}'}}]\n"
                        "    collections: [acme.base]\n"
                        "- hosts: localhost\n  gather_facts: false\n"
                        "  collections: [acme.base]\n  tasks: [{tell: {}}]\n");
  auto packed = at.run("ANSIBLE_CONFIG=/dev/null troupe pack ps/site.yml -o p");
  INFO(packed.out << packed.err);
  REQUIRE(packed.rc == 0);
  CHECK_THAT(packed.out + packed.err, Catch::Contains("3 files"));
  std::filesystem::remove_all(at.dir / "ps");
  auto ran = at.run("ANSIBLE_CONFIG=/dev/null ./p --no-state");
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("\"told\"") && Catch::Contains("ok=5"));
  // Short names mean nothing where no collection counts.
  at.put("ps/site.yml", "- hosts: localhost\n  tasks: [{tell: {}}]\n");
  CHECK(at.run("troupe pack ps/site.yml -o p").rc == 4);
}

TEST_CASE("a misspelt name of a collection is answered with the right one",
          "[e2e][M040][M140][M147]") {
  settled_folder at;
  std::string base = "collections/ansible_collections/acme/base/";
  at.put(base + "plugins/modules/stamp.py", "#!/usr/bin/python3\n");
  at.put(base + "plugins/modules/led.py", "#!/usr/bin/python3\n");
  at.put(base + "plugins/action/led.py", "");
  at.put(base + "roles/motd/tasks/main.yml", "- ping:\n");
  auto built = std::string{"it is not built in ('troupe modules' lists those), "
                           "and the collection "};
  auto away = std::string{" is neither in the folder collections beside the "
                          "playbook nor in collections_path"};
  struct {
    std::string play;
    std::string said;
  } cases[] = {
    {"tasks: [{acme.base.stmp: }]",
     "the collection 'acme.base' has no module 'stmp'; did you mean "
     "'acme.base.stamp'?"},
    // A task that may be passed over only warns.
    {"tasks: [{acme.base.stmp: , when: false}]",
     "the collection 'acme.base' has no module 'stmp'; did you mean "
     "'acme.base.stamp'? (the task will fail)"},
    {"tasks: [{acme.bas.stamp: }]", "unknown module 'acme.bas.stamp': " + built
                                      + "'acme.bas'" + away
                                      + "; did you mean 'acme.base'?"},
    {"tasks: [{acme.base.led: }]",
     "the module 'acme.base.led' has an action plugin in Python, which is "
     "not run: "},
    {"collections: [acme.base]\n  tasks: [{stmap: }]",
     "unknown module 'stmap'; did you mean 'acme.base.stamp'?"},
    {"tasks: [{stamp: }]",
     "unknown module 'stamp'; did you mean 'acme.base.stamp'?"},
    {"collections: [other.one]\n  tasks: [{qqqqqqqqq: }]",
     "unknown module 'qqqqqqqqq': " + built + "'other.one'" + away},
    // What is nearer to a name of another kind is taken for that.
    {"collections: [acme.base]\n  tasks: [{nmae: }]",
     "a task has no 'nmae'; did you mean 'name'?"},
    {"collections: [acme.base]\n  tasks: [{comand: ls}]",
     "unknown module 'comand'; did you mean 'command'?"},
    {"roles: [acme.base.mtd]",
     ", and the collection 'acme.base' has no role 'mtd'; did you mean "
     "'motd'?"},
    {"roles: [acme.bas.motd]", ", and the collection 'acme.bas' is not in "}};
  for (auto& [play, said] : cases) {
    INFO(play);
    at.put("site.yml", "- hosts: all\n  gather_facts: false\n  " + play + "\n");
    auto ran = at.run("troupe validate site.yml");
    INFO(ran.err);
    CHECK_THAT(ran.err, Catch::Contains(said));
  }
}
