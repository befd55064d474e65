#include "tests/actors/lint_scene.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <set>

using namespace troupe;
using namespace troupe::test;

namespace {

struct lint_case {
  std::string_view rule;
  std::string_view expected;
  std::string_view tasks;
};

// Each finding, and beside it what looks like it and is right.
const lint_case cases[] = {
  {"failing-task", "3:22 failing-task", R"(- hosts: localhost
  tasks:
  - copy: {dest: /a, contents: x}
  - copy: {dest: /a, content: x}
)"},
  {"undefined-name", "4:20 undefined-name", R"(vars: {port: 80}
tasks:
- debug: {msg: '{{ port }}'}
- debug: {msg: '{{ prot }}'}
- debug: {msg: '{{ other | default(1) }} {{ ansible_hostname }}'}
- debug: {msg: '{{ maybe }}'}
  when: maybe is defined
- debug: {msg: '{% for x in [1] %}{{ x }}{{ loop.index }}{% endfor %}'}
- debug: {msg: '{{ groups.all }} {{ hostvars[inventory_hostname].port }}'}
- debug: {msg: '{{ given }}'}
- debug: {msg: "{{ lookup('vars', 'port') }} {{ range(3) | list }}"}
- debug: {msg: '{{ needed | mandatory }}'}
)"},
  {"undefined-name", "3:9 undefined-name, 10:20 undefined-name", R"(tasks:
- debug: {msg: "{{ item }} {{ place }}"}
  when: item > 1
- debug: {msg: "{{ item }} {{ place }}"}
  loop: [1, 2]
- debug: {msg: "{{ one }} {{ second }}"}
  vars: {one: 1, place: 2}
  loop: [1, 2]
  loop_control: {loop_var: second}
- debug: {msg: "{{ second }}"}
)"},
  {"undefined-name", "2:9 undefined-name", R"(tasks:
- when: first is success
  command: 'false'
- command: 'true'
  register: first
- command: 'true'
  when: first is success
)"},
  {"misspelt-fact", "2:20 misspelt-fact", R"(tasks:
- debug: {msg: '{{ ansible_os_famly }}'}
- debug: {msg: '{{ ansible_os_family }} {{ ansible_distribution }}'}
- debug: {msg: '{{ ansible_distributio | default(1) }}'}
- debug: {msg: '{{ ansible_eth1 }} {{ ansible_failed_result }}'}
- debug: {msg: '{{ ansible_ssh_host_key_dsa_public }}'}
)"},
  {"unused-register", "2:3 unused-register", R"(tasks:
- command: hostname
  register: named
- command: hostname
  register: used
- command: hostname
  register: own
  until: own is success
- debug: {var: used.stdout}
)"},
  {"broken-file", "3:3 broken-file, 4:3 broken-file", R"(tasks:
- include_tasks: tasks.yml
- include_tasks: wrong.yml
- import_tasks: torn.yml
- include_tasks: '{{ inventory_hostname }}.yml'
)"},
  {"missing-file", "3:15 missing-file, 4:19 missing-file", R"(tasks:
- copy: {src: there, dest: /a}
- copy: {src: missing, dest: /a}
- template: {src: none.j2, dest: /a}
- template: {src: t.j2, dest: /a}
- copy: {src: /on/the/host, dest: /a}
- copy: {src: missing, dest: /a, remote_src: true}
)"},
  {"number-as-mode", "2:40 number-as-mode", R"(tasks:
- file: {path: /a, state: touch, mode: 420}
- file: {path: /a, state: touch, mode: 0644}
- file: {path: /a, state: touch, mode: '0644'}
)"},
  {"unused-handler", "6:3 unused-handler", R"(tasks:
- copy: {content: a, dest: /a}
  notify: [restart, other]
handlers:
- {name: restart, service: {name: a, state: restarted}}
- {name: reload, service: {name: a, state: reloaded}}
- {name: any, listen: other, service: {name: a, state: reloaded}}
)"},
  {"idle-notify", "3:11 idle-notify", R"(tasks:
- command: hostname
  notify: restart
  changed_when: false
- command: hostname
  notify: restart
  changed_when: 1 > 2
handlers:
- {name: restart, service: {name: a, state: restarted}}
)"},
  {"braces-in-condition", "3:9 braces-in-condition", R"(vars: {yes_please: true}
tasks:
- when: '{{ yes_please }}'
  command: hostname
- when: yes_please
  command: hostname
)"},
  {"text-as-condition",
   "3:22 text-as-condition, 4:30 text-as-condition, 6:20 text-as-condition",
   R"(vars: {flag: "no", real: no, yes_text: "yes"}
tasks:
- {command: a, when: flag}
- {command: b, when: real or flag}
- command: c
  when: [real, not flag, flag | bool, flag == "no", yes_text]
)"},
  {"ignored-error", "3:18 ignored-error", R"(tasks:
- command: hostname
  ignore_errors: true
- command: hostname
  ignore_errors: true
  register: named
- debug: {var: named}
- command: hostname
  ignore_errors: '{{ ansible_check_mode }}'
)"},
  {"partial-become", "3:16 partial-become", R"(tasks:
- command: hostname
  become_user: app
- block:
  - command: hostname
    become_user: app
  become: true
)"},
  {"command-instead-of-module",
   "2:12 command-instead-of-module, 3:10 command-instead-of-module, "
   "4:12 command-instead-of-module, 5:12 command-instead-of-module, "
   "6:19 command-instead-of-module, 7:12 command-instead-of-module, "
   "13:12 command-instead-of-module, 14:12 command-instead-of-module",
   R"(tasks:
- command: mkdir -p /srv/{{ ansible_hostname }}
- shell: rm -rf /srv/old
- command: /usr/bin/systemctl restart nginx
- command: apt-get install -y nginx
- command: {argv: [chmod, '0644', /a]}
- command: sudo id
- command: systemctl status nginx
- command: mkdir /srv creates=/srv
- shell: rm -rf /srv/*
- shell: mkdir /a && cp b /a
- command: apt-cache policy nginx
- command: git clone a b
- command: curl -O a
- command: mount -a
- command: crontab -l
)"},
  {"command-instead-of-shell", "2:10 command-instead-of-shell", R"(tasks:
- shell: hostname -f
- shell: hostname | sort
- shell: cd /srv
- shell: A=1 env
- {shell: hostname, args: {executable: /bin/bash}}
- shell: echo $HOME
)"},
  {"shell-word-in-command",
   "2:12 shell-word-in-command, 3:12 shell-word-in-command", R"(tasks:
- command: cat /etc/passwd | wc -l
- command: ls /tmp/*
- command: find /tmp -name *.log
- command: echo '|'x
- command: "echo {{ ['a'] | first }}"
- command: {argv: [echo, '|']}
- command: find /tmp -exec chmod 600 {} ;
- command: psql -c 'select 1;'
)"},
  {"unnamed-task", "2:3 unnamed-task", R"(tasks:
- command: hostname creates=/a
- {name: Read the name, command: hostname creates=/a}
- meta: flush_handlers
)"},
  {"always-changed", "2:22 always-changed", R"(tasks:
- {name: a, command: hostname}
- {name: b, command: hostname creates=/a}
- {name: c, command: hostname, changed_when: false}
)"},
  {"unsafe-pipe", "2:20 unsafe-pipe", R"(tasks:
- {name: a, shell: cat /a | sort, changed_when: false}
- {name: b, shell: cat /a || true, changed_when: false}
- {name: c, shell: set -o pipefail; cat /a | sort, changed_when: false}
)"},
  {"missing-mode", "2:13 missing-mode", R"(tasks:
- {name: a, copy: {content: a, dest: /a}}
- {name: b, copy: {content: a, dest: /a, mode: '0644'}}
- {name: c, file: {path: /a, state: absent}}
)"},
  {"latest-package", "2:43 latest-package", R"(tasks:
- {name: a, package: {name: nginx, state: latest}}
- {name: b, package: {name: nginx, state: present}}
)"},
};

std::string page() {
  return test::read_file(test::source_path("docs/lint.md"));
}

/// All rules but one.
std::vector<std::string> others(std::string_view rule) {
  std::vector<std::string> out;
  for (auto& each : lint_rules())
    if (each.id != rule)
      out.emplace_back(each.id);
  return out;
}

} // namespace

TEST_CASE("each rule of lint finds what is wrong and nothing beside it",
          "[actors][lint]") {
  // What needs an inventory has a test of its own.
  std::set<std::string_view> seen{"stray-variables"};
  for (auto& each : cases) {
    seen.insert(each.rule);
    INFO(each.tasks);
    CHECK(found_in(std::string{each.tasks},
                   {{"files/there", "a"},
                    {"templates/t.j2", "a"},
                    {"tasks.yml", "- command: ls\n"},
                    {"wrong.yml", "- command: ls\n  wehn: x\n"},
                    {"torn.yml", "- {command: ls\n"}},
                   {.skip = others(each.rule), .strict = true}, {{"given", 1}})
          == each.expected);
  }
  for (auto& rule : lint_rules()) {
    INFO(rule.id);
    CHECK(seen.contains(rule.id));
    CHECK(page().find(fmt::format("\n| `{}` |", rule.id)) != std::string::npos);
  }
}

TEST_CASE("lint follows files of tasks, variables and templates",
          "[actors][lint]") {
  constexpr auto plan = R"(tasks:
- include_vars: more.yml
- include_tasks: {file: each.yml}
  loop: [1, 2]
- template: {src: t.j2, dest: /a}
- debug: {msg: '{{ from_file }} {{ set_there }}'}
)";
  files beside{{"more.yml", "from_file: 1\n"},
               {"tasks/each.yml", "- set_fact: {set_there: '{{ item }}'}\n"
                                  "- debug: {msg: '{{ wrong }}'}\n"},
               {"templates/t.j2", "{% set own = from_file %}{{ own }}\n"
                                  "{{ template_path }} {{ wrong_too }}\n"
                                  "{% include 'more.j2' %}\n"},
               {"templates/more.j2", "{{ own }}{{ wrong_three }}\n"}};
  CHECK(found_in(plan, beside)
        == "each.yml:2:20 undefined-name, more.j2:1:13 undefined-name, "
           "t.j2:2:24 undefined-name");
}

TEST_CASE("lint finds templates that cannot be filled, each once",
          "[actors][lint]") {
  constexpr auto plan = R"(tasks:
- template: {src: a.j2, dest: /a}
- template: {src: a.j2, dest: /b}
- debug: {msg: "{{ lookup('template', 'b.j2') }}"}
- template: {src: own.j2, dest: /c, variable_start_string: '[%'}
- template: {src: whole.j2, dest: /d}
)";
  CHECK(found_in(plan, {{"templates/a.j2", "x\n{% for i in [1] %}\n"},
                        {"templates/b.j2", "{{ 1 | no_such_filter }}"},
                        {"templates/own.j2", "{% for %}"},
                        {"templates/whole.j2", "{% include 'part.j2' %}"},
                        {"templates/part.j2", "{{ 1 + }}"}})
        == "a.j2:2:19 broken-file, b.j2:1:8 broken-file, part.j2:1:8 "
           "broken-file");
}

TEST_CASE("lint says the same of a place once, however often it is there",
          "[actors][lint]") {
  constexpr auto again = "- {name: a, copy: {content: x, dest: /a}}\n";
  CHECK(found_in("- hosts: localhost\n  gather_facts: false\n"
                 "  roles: [{role: r, p: 1}, {role: r, p: 2}]\n",
                 {{"roles/r/tasks/main.yml", again}},
                 {.skip = others("missing-mode"), .strict = true})
        == "main.yml:1:13 missing-mode");
}

TEST_CASE("lint of facts runs no program that the host keeps as a fact",
          "[actors][lint]") {
  auto machine = std::make_shared<simulated_machine>(machine_profile{});
  machine->disk.put("/etc/ansible/facts.d/site.fact", "#!/bin/sh\necho 1\n",
                    0755);
  std::string plan{"tasks:\n- debug: {msg: '{{ ansible_os_famly }}'}\n"};
  machine->disk.put("/plan/p.yml", plan);
  auto what = prepare(plan, "/plan/p.yml", {}, machine);
  REQUIRE(what);
  lint_plan p{*what->ctx, plan};
  auto found = lint(p, {.skip = others("misspelt-fact")}).findings;
  CHECK(found.size() == 1);
  CHECK(machine->programs.count("*site.fact*") == 0);
}

TEST_CASE("lint says the same of the same place in two files",
          "[actors][lint]") {
  constexpr auto same = "- command: hostname\n  become_user: app\n";
  CHECK(found_in("tasks:\n- include_tasks: a.yml\n- include_tasks: b.yml\n",
                 {{"a.yml", same}, {"b.yml", same}},
                 {.skip = others("partial-become")})
        == "a.yml:2:16 partial-become, b.yml:2:16 partial-become");
}

TEST_CASE("what a file uses that a lookup fills is used", "[actors][lint]") {
  constexpr auto plan = R"(tasks:
- {command: hostname, register: named}
- {command: hostname, register: idle}
- debug: {msg: "{{ lookup('template', 'looked.j2') }}"}
)";
  CHECK(found_in(plan, {{"templates/looked.j2", "{{ named.stdout }}"}})
        == "3:3 unused-register");
  auto more
    = std::string{plan} + "- template: {src: /on/the/host.j2, dest: /a}";
  CHECK(found_in(more, {{"templates/looked.j2", ""}}).empty());
}

TEST_CASE("lint says nothing of names that it cannot know", "[actors][lint]") {
  for (auto* more : {"- include_tasks: '{{ ansible_system }}.yml'",
                     "- include_vars: none", "- include_vars: {dir: vars}",
                     "- set_fact: {'{{ name }}': 1}", "- facts_of_mine:"}) {
    INFO(more);
    auto plan = std::string{"tasks:\n"} + more
                + "\n- debug: {msg: '{{ wrong }}'}\n- {command: hostname, "
                  "register: r}\nhandlers: [{name: h, command: hostname}]\n";
    auto found
      = found_in(plan, {{"library/facts_of_mine.py", "'ansible_facts'"}},
                 {.skip = {"missing-file", "unused-handler"}});
    CHECK(found.empty());
  }
}

TEST_CASE("lint misses no file whose name a task sets over a default",
          "[actors][lint]") {
  auto found = [](const std::string& before) {
    return found_in(
      "- hosts: localhost\n  gather_facts: false\n"
      "  roles: [r]\n",
      {{"roles/r/defaults/main.yml", "conf: ''\n"},
       {"roles/r/templates/a.j2", "x\n"},
       {"roles/r/tasks/main.yml",
        "- template: {src: '{{ conf }}.j2', dest: /a}\n" + before}},
      {.skip = others("missing-file")});
  };
  CHECK(found("") == "main.yml:1:19 missing-file");
  CHECK(found("- set_fact: {conf: a}\n").empty());
  CHECK(found("- ansible.builtin.set_fact: conf=a\n").empty());
}

TEST_CASE("a comment takes a finding of lint out", "[actors][lint]") {
  auto found = [](const char* behind_task, const char* behind_value) {
    return found_in(fmt::format("tasks:\n- name: Say it{}\n  debug:\n    "
                                "msg: '{{{{ wrong }}}}'{}\n",
                                behind_task, behind_value));
  };
  CHECK(found("", "") == "4:14 undefined-name");
  CHECK(found("", " # right") == "4:14 undefined-name");
  CHECK(found("", " # noqa: unused-register") == "4:14 undefined-name");
  CHECK(found("", " # noqa").empty());
  CHECK(found(" # noqa: undefined-name unused-register", "").empty());
  CHECK(found("", " # noqa: undefined-name").empty());
}

TEST_CASE("lint takes a time that grows with what there is to say",
          "[actors][lint][M082]") {
  auto seconds = [](int count) {
    std::string plan = "tasks:\n";
    for (int i = 0; i < count; ++i)
      plan += fmt::format("# noqa: unsafe-pipe\n- name: task {}\n  file: "
                          "{{path: '/x{}', mode: 420}}\n",
                          i, i);
    auto begun = std::clock();
    auto found = found_in(plan);
    auto lines = std::count(found.begin(), found.end(), ',') + 1;
    CHECK(lines == count);
    return static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
  };
  static_cast<void>(seconds(100));
  // Eight times as much takes about eight times as long, and not sixty-four.
  auto few = seconds(500);
  auto many = seconds(4000);
  CHECK(many < 24 * few);
}

TEST_CASE("lint finds in playbooks what their tasks will fail of",
          "[actors][lint][M140]") {
  auto found = [](const std::string& tasks) {
    return found_in("- hosts: localhost\n  tasks:\n" + tasks,
                    {{"templates/a.j2", "{{ port }}"}});
  };
  CHECK(found("  - copy: {dest: /a, contents: x}\n") == "3:22 failing-task");
  CHECK(found("  - file: {path: /a, state: file, mode: 755}\n")
        == "3:41 failing-task");
  CHECK(found("  - file: {path: /a, state: file, mode: 420}\n")
        == "3:41 number-as-mode");
  // Arguments in a line are arguments.
  CHECK(found("  - template: src=none.j2 dest=/b\n") == "3:15 missing-file");
  CHECK(found("  - template: src=a.j2 dest=/b\n") == "a.j2:1:4 undefined-name");
  CHECK(
    found("  - set_fact: port=80\n  - template: src=a.j2 dest=/b\n").empty());
}

TEST_CASE("a quotation mark that is quoted in a line is none of its template",
          "[lint][M140]") {
  auto found = [](const std::string& task) {
    return found_in("- hosts: localhost\n  gather_facts: false\n  tasks:\n  - "
                    + task + "\n");
  };
  CHECK(found(R"(debug: msg="{{ lookup(\"env\", \"HOME\") }}")").empty());
  // What is no argument keeps its quotes.
  CHECK(found(R"(shell: echo "{{ lookup(\"env\", \"HOME\") }}" > /x)")
        == "4:28 failing-task");
}
