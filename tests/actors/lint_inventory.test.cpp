#include "tests/actors/lint_scene.hpp"

// What lint knows of hosts and of what an inventory gives them.

using namespace troupe;
using namespace troupe::test;

TEST_CASE("lint knows the variables of every host of an inventory",
          "[actors][lint]") {
  CHECK(found_in(R"({"tasks": [{"debug": {"msg": "{{ a }}{{ b }}{{ c }}"}}],
  "inventory": {"hosts": {"x": {"variables": {"a": 1}}, "y": {}},
                "groups": {"g": {"hosts": ["x"], "variables": {"b": 1}}}}})")
        == "1:48 undefined-name");
}

TEST_CASE("lint knows what an inventory gives to the hosts of a playbook",
          "[actors][lint][M082][M140]") {
  const files beside{{"hosts",
                      "[web]\na\nb listen=1\n[db]\nc\n[web:vars]\n"
                      "site=example.com\n[spare]\n[spare:vars]\nnobody=1\n"},
                     {"group_vars/all.yml", "base: 'http://{{ site }}'\n"
                                            "url: '{{ base }}/{{ lost }}'\n"
                                            "idle: '{{ never_there }}'\n"
                                            "maybe: '{{ gone }}'\n"
                                            "told: '{{ greeted.stdout }}'\n"},
                     {"host_vars/c.yml", "own: '{{ item }}'\n"},
                     {"roles/r/defaults/main.yml", "weak: 1\n"},
                     {"roles/r/tasks/main.yml",
                      "- debug: {msg: '{{ weak }} {{ role_wrong }}'}\n"}};
  auto found = [&](const std::string& tasks) {
    return found_in("- hosts: web\n  roles: [r]\n  vars: {of_play: 1}\n"
                    "- hosts: db\n  tasks:\n"
                      + tasks,
                    beside);
  };
  const std::string of_role = "main.yml:1:31 undefined-name";
  CHECK(found("  - debug: {msg: '{{ wrong }}'}\n")
        == "6:22 undefined-name, " + of_role);
  // What some host has, however it comes to it, is there; and what it rests on,
  // where it is read.
  CHECK(found("  - debug: {msg: '{{ listen }} {{ site }} {{ own }}'}\n"
              "    loop: [1]\n"
              "  - debug: {msg: '{{ of_play }} {{ play_hosts }} {{ weak }}'}\n"
              "  - debug: {msg: \"{{ hostvars['a'].any }}\"}\n")
        == of_role);
  CHECK(found("  - debug: {msg: '{{ url }}'}\n")
        == "6:22 undefined-name, " + of_role);
  CHECK(found("  - debug: {msg: '{{ maybe | default(1) }}'}\n") == of_role);
  CHECK(found("  - debug: {msg: '{{ own }}'}\n")
        == "6:22 undefined-name, " + of_role);
  // Stronger than the inventory's.
  CHECK(found("  - debug: {msg: '{{ url }}'}\n    vars: {url: 1}\n")
        == of_role);
  CHECK(found("  - {command: hostname, register: greeted}\n"
              "  - {command: hostname, register: unheard}\n")
        == "7:5 unused-register, " + of_role);
  CHECK(found("  - {add_host: {name: d, port: 1}}\n"
              "  - debug: {msg: '{{ port }}'}\n")
        == of_role);
  // Of these groups nobody knows the variables, or who is in them.
  CHECK(found("  - {group_by: {key: 'os_{{ ansible_system }}'}}\n"
              "  - debug: {msg: '{{ wrong }}'}\n")
          .empty());
  CHECK(found("  - {add_host: {name: d, groups: [spare]}}\n"
              "  - debug: {msg: '{{ nobody }}'}\n")
          .empty());
}

TEST_CASE("lint finds variables that nobody has",
          "[actors][lint][M082][M140]") {
  auto found = [](const std::string& name, const std::string& tasks = {},
                  const std::string& more = "group_vars/all.yml") {
    return found_in("- hosts: web_servers\n  gather_facts: false\n"
                    "  tasks:\n  - debug: {msg: hello}\n"
                      + tasks,
                    {{"hosts", "[web_servers]\nweb1.example.com\nb\n[db]\n"},
                     {name, "a: 1\n"},
                     {more, "b: 1\n"}});
  };
  CHECK(found("group_vars/web-servers.yml")
        == "web-servers.yml:1:1 stray-variables");
  CHECK(found("group_vars/web_server/a.yml")
        == "web_server:1:1 stray-variables");
  CHECK(found("group_vars/web_serverss") == "web_serverss:1:1 stray-variables");
  CHECK(found("host_vars/web2.example.com")
        == "web2.example.com:1:1 stray-variables");
  // Those are read.
  CHECK(found("group_vars/web_servers.yml").empty());
  CHECK(found("host_vars/web1.example.com.yml").empty());
  // Not near to anything, or what it is near to has its own.
  CHECK(found("group_vars/staging.yml").empty());
  CHECK(found("group_vars/web-servers.yml", "", "group_vars/web_servers.json")
          .empty());
  // Nobody reads those anyhow, whatever they are called.
  for (auto* name :
       {"group_vars/.web_server.yml", "group_vars/web_server.yml~"})
    CHECK(found(name).empty());
  // Which groups there will be only the run knows.
  CHECK(
    found("group_vars/web-servers.yml", "  - group_by: {key: web-servers}\n")
      .empty());
}

TEST_CASE("lint says through which variable of an inventory a name is read",
          "[actors][lint][M082]") {
  auto machine = std::make_shared<simulated_machine>(machine_profile{});
  const std::string plan{"- hosts: localhost\n  tasks:\n"
                         "  - debug: {msg: '{{ url }}'}\n"};
  machine->disk.put("/plan/group_vars/all.yml", "\n\nurl: '{{ hots }}'\n"
                                                "host: example.com\n");
  machine->disk.put("/plan/p.yml", plan);
  auto what = prepare(plan, "/plan/p.yml", {}, machine);
  REQUIRE(what);
  lint_plan p{*what->ctx, plan};
  auto found = lint(p, {}).findings;
  REQUIRE(found.size() == 1);
  CHECK_THAT(
    format_finding(found.front(), p),
    Catch::StartsWith("/plan/p.yml:3:22: nothing gives 'hots' (in the "
                      "inventory's 'url') a value; did you mean 'host'? "
                      "[undefined-name]\n")
      && Catch::Contains("\n" + std::string(25, ' ') + "^"));
}
