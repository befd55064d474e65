#include "config/playbook/ansible_settings.hpp"
#include "config/playbook/playbook_setting.hpp"
#include "config/playbook/role_files.hpp"
#include "config/vault/vault.hpp"
#include "platform/simulated/simulated_host.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

using texts = std::vector<std::string>;

/// A playbook folder /pb on a machine in memory.
struct scene {
  std::shared_ptr<simulated_host> machine = std::make_shared<simulated_host>();
  problems found;
  playbook_setting with;

  scene() {
    with.machine = machine;
    with.templates
      = std::make_shared<const language>(language_options{machine, {"/pb"}});
    with.alone = true;
    with.limits.last_key_wins = true;
  }

  void put(const std::string& name, std::string text) {
    machine->disk.put("/pb/" + name, std::move(text), 0644);
  }

  plan read(const std::string& text) {
    auto document = parse_plan(text, "/pb/site.yml", with.limits);
    REQUIRE(document);
    REQUIRE(is_playbook(*document));
    return read_playbook(*document, "/pb/site.yml", "site.yml", with, found);
  }
};

texts names_of(const play& p) {
  texts out;
  for_each_task(p.body, [&](const task& t) {
    if (!t.name.empty())
      out.push_back(t.name);
  });
  return out;
}

} // namespace

TEST_CASE("a list of plays is a playbook, other lists are none",
          "[playbook][playbook_reader][M140]") {
  CHECK(is_playbook(*parse_plan("- hosts: all\n", "a.yml")));
  CHECK(is_playbook(*parse_plan("- import_playbook: b.yml\n", "a.yml")));
  CHECK_FALSE(is_playbook(*parse_plan("- debug: {msg: x}\n", "a.yml")));
  CHECK_FALSE(is_playbook(*parse_plan("hosts: all\n", "a.yml")));
}

TEST_CASE_METHOD(scene, "the sections of a play run in Ansible's order",
                 "[playbook][playbook_reader][M140]") {
  put("roles/r/tasks/main.yml", "- {name: of the role, debug: {msg: x}}\n");
  put("more.yml", "- {name: imported, debug: {msg: x}}\n");
  auto p = read("- hosts: localhost\n"
                "  post_tasks: [{name: last, debug: {msg: x}}]\n"
                "  tasks: [{name: task, debug: {msg: x}},\n"
                "          {import_tasks: more.yml}]\n"
                "  roles: [r]\n"
                "  pre_tasks: [{name: first, debug: {msg: x}}]\n");
  CHECK(found.empty());
  REQUIRE(p.plays.size() == 1);
  CHECK(names_of(p.plays[0])
        == texts{"Gathering Facts", "first", "r : of the role", "task",
                 "imported", "last"});
}

TEST_CASE_METHOD(scene, "plays for other hosts have nothing to do",
                 "[playbook][playbook_reader][M140]") {
  auto p = read("- {hosts: web, tasks: [{debug: {msg: x}}]}\n"
                "- {hosts: 'all', tasks: [{debug: {msg: x}}]}\n");
  CHECK(found.empty());
  CHECK(p.plays[0].elsewhere);
  CHECK(p.task_count() == 2);
  CHECK_FALSE(p.plays[1].elsewhere);
  listed_hosts named{{"web1", "web2"}};
  CHECK(*named.chosen({"all"}) == texts{"web1", "web2"});
  CHECK(*named.chosen({"web2,localhost"}) == texts{"web2", "localhost"});
  CHECK(named.chosen({"db"})->empty());
}

TEST_CASE_METHOD(scene, "which role runs again is known when it is reached",
                 "[playbook][role_expander][M140]") {
  put("roles/a/tasks/main.yml", "- debug: {msg: a}\n");
  put("roles/b/tasks/main.yml", "- debug: {msg: b}\n");
  put("roles/b/meta/main.yml", "allow_duplicates: true\n"
                               "dependencies: [a]\n");
  auto p = read("- hosts: localhost\n"
                "  gather_facts: false\n"
                "  roles: [a, a, {role: a, p: 1}, b, b]\n");
  CHECK(found.empty());
  CHECK(names_of(p.plays[0])
        == texts{"a : debug", "a : debug", "a : debug", "a : debug",
                 "b : debug", "a : debug", "b : debug"});
  texts keys;
  for (auto& each : p.plays[0].body.body)
    keys.push_back(std::get<block>(each.what).role->key);
  REQUIRE(keys.size() == 5);
  CHECK_FALSE(keys[0].empty());
  CHECK(keys[0] == keys[1]);
  CHECK(keys[0] != keys[2]);
  CHECK(keys[3].empty());
  auto& first = std::get<block>(p.plays[0].body.body[3].what).body.front();
  CHECK(std::get<block>(first.what).role->key == keys[0]);
}

TEST_CASE_METHOD(scene, "a mistake names the file, the line and the column",
                 "[playbook][playbook_reader][M147]") {
  struct {
    const char* text;
    const char* place;
    const char* words;
  } table[] = {
    {"- hosts: localhost\n  roles: [nowhere]\n", "site.yml:2:11", "nowhere"},
    {"- hosts: localhost\n  tasks: [{import_tasks: no.yml}]\n", "site.yml:2:26",
     "no.yml"},
    {"- import_playbook: no.yml\n", "site.yml:1:20", "no.yml"},
    {"- hosts: localhost\n  vars_files: [no.yml]\n", "site.yml:2:16", "no.yml"},
    {"- hosts: localhost\n  taks: []\n", "site.yml:2:3", "tasks"},
    {"- tasks: []\n  hosts:\n", "site.yml:2:3", "hosts"},
  };
  for (auto& row : table) {
    INFO(row.text);
    found.clear();
    read(row.text);
    REQUIRE(found.size() == 1);
    CHECK(to_string(found[0].place) == row.place);
    CHECK_THAT(found[0].message, Catch::Contains(row.words));
  }
}

TEST_CASE_METHOD(scene, "what imports itself ends with an error",
                 "[playbook][role_expander][M147]") {
  put("roles/a/meta/main.yml", "dependencies: [b]\n");
  put("roles/b/meta/main.yml", "dependencies: [a]\n");
  put("loop.yml", "- import_tasks: loop.yml\n");
  read("- {hosts: localhost, roles: [a]}\n");
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0].message, Catch::Contains("needs itself"));
  found.clear();
  read("- {hosts: localhost, tasks: [{import_tasks: loop.yml}]}\n");
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0].message, Catch::Contains("100 levels"));
}

TEST_CASE_METHOD(scene, "files of variables and of roles may be encrypted",
                 "[playbook][role_files][M142]") {
  auto passwords = std::make_shared<vault>();
  passwords->add("", "open");
  auto closed
    = [](const char* text) { return *encrypt_vault(text, "open", ""); };
  put("all.yml", closed("port: 80\n"));
  put("roles/r/vars/main.yml", closed("user: bob\n"));
  put("roles/r/tasks/main.yml", "- debug: {msg: x}\n");
  const char* text
    = "- {hosts: localhost, vars_files: [all.yml], roles: [r]}\n";
  with.passwords = passwords;
  read(text);
  CHECK(found.empty());
  found.clear();
  with.passwords = nullptr;
  read(text);
  REQUIRE_FALSE(found.empty());
  CHECK_THAT(found[0].message, Catch::Contains("password"));
}

TEST_CASE_METHOD(scene,
                 "a usual strategy that is none is told where it is said",
                 "[playbook][play_pace][M141]") {
  auto settings = [&] { return *ansible_settings::read(*machine); };
  put("ansible.cfg", "[defaults]\n\nstrategy = fre\n");
  machine->variables.emplace_back("ANSIBLE_CONFIG", "/pb/ansible.cfg");
  with.ansible = settings();
  const char* text = "- {hosts: localhost, tasks: []}\n"
                     "- {hosts: localhost, strategy: linear}\n"
                     "- {hosts: localhost}\n";
  read(text);
  CHECK(format_problems(found, "site.yml")
        == "/pb/ansible.cfg:3:1: 'strategy': there is no such strategy: 'fre'; "
           "did you mean 'free'?\n");
  found.clear();
  machine->variables.emplace_back("ANSIBLE_STRATEGY", "none");
  with.ansible = settings();
  read(text);
  CHECK(format_problems(found, "site.yml")
        == "site.yml: ANSIBLE_STRATEGY: 'strategy': there is no such strategy: "
           "'none'\n");
  found.clear();
  machine->variables.back().second = "ansible.builtin.free";
  with.ansible = settings();
  auto p = read(text);
  CHECK(found.empty());
  CHECK(p.plays[0].strategy == play_strategy::free);
  CHECK(p.plays[1].strategy == play_strategy::linear);
}

TEST_CASE_METHOD(scene, "an imported playbook in which nothing stands is told",
                 "[playbook][playbook_reader][M140]") {
  for (auto* nothing : {"", "---\n", "[]\n", "# later\n"}) {
    found.clear();
    put("more.yml", nothing);
    read("- import_playbook: more.yml\n");
    REQUIRE(found.size() == 1);
    CHECK(found[0].message
          == "there is nothing in it: expected a list of plays");
  }
}

TEST_CASE_METHOD(scene, "a play for another host does not run on this one",
                 "[playbook][playbook_reader][M140]") {
  with.alone = false;
  with.hosts = std::make_shared<listed_hosts>(std::vector<std::string>{"db1"});
  const char* text = "- {hosts: db1, tasks: [{debug: {msg: x}}]}\n";
  read(text);
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0].message, Catch::Contains("'db1', which is another host"));
  SECTION("unless the command line says that all are this one") {
    with.local = true;
  }
  SECTION("unless it is named as this one") {
    with.host_name = "db1";
  }
  SECTION("unless a variable says so") {
    with.extra_vars.set("ansible_connection", "local");
  }
  found.clear();
  CHECK(read(text).host == "db1");
  CHECK(found.empty());
}

TEST_CASE_METHOD(scene,
                 "files that import each other twice are read for so long",
                 "[playbook][role_files][M147]") {
  auto twice = [](const std::string& line) { return line + line; };
  for (int i = 0; i < 40; ++i) {
    auto next = std::to_string(i + 1) + ".yml\n";
    put("p" + std::to_string(i) + ".yml", twice("- import_playbook: p" + next));
    put("t" + std::to_string(i) + ".yml", twice("- import_tasks: t" + next));
  }
  put("p40.yml", "- hosts: localhost\n");
  put("t40.yml", "- debug: {msg: x}\n");
  auto text
    = GENERATE("- import_playbook: p0.yml\n",
               "- {hosts: localhost, tasks: [{import_tasks: t0.yml}]}\n");
  read(text);
  REQUIRE_FALSE(found.empty());
  CHECK(found.size() < 100);
  CHECK_THAT(found[0].message, Catch::Contains("more than 20000 files"));
  CHECK(*with.files_read < role_reader::most_files + 100);
}

TEST_CASE_METHOD(scene, "a playbook that imports itself is refused",
                 "[playbook][playbook_reader][M147]") {
  put("a.yml", "- import_playbook: b.yml\n- import_playbook: b.yml\n");
  put("b.yml", "- import_playbook: a.yml\n- import_playbook: a.yml\n");
  read("- import_playbook: a.yml\n");
  REQUIRE_FALSE(found.empty());
  CHECK(found.size() < 10);
  CHECK_THAT(found[0].message, Catch::Contains("imports itself"));
}

TEST_CASE_METHOD(scene, "a play says how its hosts go on",
                 "[playbook][play_pace]") {
  auto p = read("- hosts: all\n  strategy: free\n  order: sorted\n"
                "  serial: [1, \"30%\", 0, -1]\n");
  REQUIRE(found.empty());
  auto& play = p.plays.at(0);
  CHECK(play.strategy == play_strategy::free);
  CHECK(play.order == host_order::sorted);
  REQUIRE(play.serial.size() == 4);
  CHECK(play.serial[0].of(7) == 1);
  CHECK(play.serial[1].of(7) == 2);
  // Never none, but where all are meant.
  CHECK(play.serial[1].of(1) == 1);
  CHECK(play.serial[2].of(7) == 0);
  CHECK(play.serial[3].of(7) == 0);
}

TEST_CASE_METHOD(scene, "what a play cannot mean by its pace is refused",
                 "[playbook][play_pace]") {
  auto [said, word] = GENERATE(table<std::string, std::string>({
    {"strategy: fre", "did you mean"},
    {"order: backwards", "order"},
    {"serial: some", "expected numbers of hosts"},
    {"serial: [1, true]", "expected numbers of hosts"},
    {"serial: 4294967296", "expected numbers of hosts"},
  }));
  read("- hosts: all\n  " + said + "\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].place.at.line == 2);
  CHECK(found[0].message.find(word) != std::string::npos);
}

TEST_CASE_METHOD(scene, "a play has at most a thousand sizes of batches",
                 "[playbook][play_pace]") {
  auto many = GENERATE(1000, 1001);
  std::string sizes = "1";
  for (int i = 1; i < many; ++i)
    sizes += ", 1";
  auto p = read("- hosts: all\n  serial: [" + sizes + "]\n");
  CHECK(found.empty() == (many == 1000));
}

TEST_CASE_METHOD(scene, "a loop may be called with its collection",
                 "[playbook][playbook_reader][M140]") {
  auto p = read("- hosts: all\n  gather_facts: false\n  tasks:\n"
                "  - debug: {}\n    with_community.general.flattened: [[1]]\n"
                "  - debug: {}\n    with_ansible.builtin.items: [1]\n");
  CHECK(found.empty());
  texts lookups;
  for_each_task(p.plays.front().body, [&](const task& t) {
    lookups.push_back(t.flatten_loop ? "items" : t.loop_lookup);
  });
  CHECK(lookups == texts{"flattened", "items"});
}

TEST_CASE_METHOD(scene, "an import of a collection that has no such playbook",
                 "[playbook][playbook_reader][M082][M141]") {
  put("collections/ansible_collections/acme/tools/playbooks/one.yml",
      "- hosts: all\n");
  read("- import_playbook: acme.tools.onee\n");
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0].message,
             Catch::EndsWith("; the collection 'acme.tools' has no playbook of "
                             "that name; did you mean 'acme.tools.one'?"));
}

TEST_CASE_METHOD(scene, "variables beside a playbook need no inventory",
                 "[playbook][playbook_reader][M141]") {
  put("group_vars/all.yml", "of_all: 1\nboth: all\n");
  put("host_vars/localhost.yml", "both: host\n");
  put("host_vars/web1.yml", "both: web1\n");
  auto p = read("- hosts: all\n  tasks: []\n");
  CHECK(found.empty());
  CHECK(*p.vars->find("of_all") == value{1});
  CHECK(*p.vars->find("both") == value{"host"});
  with.host_name = "web1";
  p = read("- hosts: all\n  tasks: []\n");
  CHECK(*p.vars->find("both") == value{"web1"});
}

TEST_CASE_METHOD(scene, "keys that are there twice are told, in roles too",
                 "[playbook][playbook_reader][M140]") {
  std::vector<std::string> told;
  with.limits.passed_over = &told;
  put("roles/db/tasks/main.yml", "- ping:\n  ping:\n");
  static_cast<void>(read("- hosts: all\n  roles: [db]\n"));
  REQUIRE(told.size() == 1);
  CHECK_THAT(told.front(), Catch::Contains("roles/db/tasks/main.yml:2:3: "
                                           "found a duplicate dict key"));
}

TEST_CASE_METHOD(scene, "handlers of roles that roles include are there",
                 "[playbook][role_expander][M140]") {
  put("roles/outer/tasks/main.yml",
      "- include_role: {name: inner, handlers_from: other}\n"
      "- include_tasks: more.yml\n");
  put("roles/outer/tasks/more.yml", "- include_role: {name: needs}\n");
  put("roles/inner/tasks/main.yml", "- include_role: {name: outer}\n"
                                    "- {command: id, notify: inner other}\n");
  put("roles/inner/handlers/main.yml", "- {name: inner main, debug: }\n");
  put("roles/inner/handlers/other.yml", "- {name: inner other, debug: }\n");
  put("roles/needs/meta/main.yml", "dependencies: [needed]\n");
  put("roles/needed/handlers/main.yml", "- {name: of needed, debug: }\n");
  auto p = read("- hosts: localhost\n"
                "  gather_facts: false\n"
                "  tasks:\n"
                "    - include_role: {name: outer}\n"
                "    - debug: {msg: x}\n");
  CHECK(found.empty());
  texts handlers;
  for (auto& each : p.plays[0].handlers)
    handlers.push_back(std::get<task>(each.what).name);
  CHECK(handlers == texts{"inner : inner other", "needed : of needed"});
  CHECK(names_of(p.plays[0]) == texts{"include_role : outer", "debug"});
}

TEST_CASE_METHOD(scene, "what is wrong in an included role is no mistake yet",
                 "[playbook][role_expander][M147]") {
  put("roles/a/tasks/main.yml", "- import_tasks: nowhere.yml\n");
  read("- hosts: localhost\n"
       "  tasks: [{include_role: {name: a}}, {include_tasks: no.yml}]\n");
  CHECK(found.empty());
}

TEST_CASE_METHOD(scene, "public names are those of the files that are chosen",
                 "[playbook][role_expander][M140]") {
  put("roles/a/tasks/main.yml", "[]");
  put("roles/a/vars/main.yml", "x: main\n");
  put("roles/a/vars/other.yml", "x: other\n");
  auto p = read("- hosts: localhost\n"
                "  gather_facts: false\n"
                "  tasks:\n"
                "    - include_role: {name: a, vars_from: other, public: true}"
                "\n");
  CHECK(found.empty());
  REQUIRE(p.plays[0].said.vars());
  CHECK(*p.plays[0].said.vars()->find("x") == value{"other"});
  // Those of a later inclusion are not there before.
  p = read("- hosts: localhost\n"
           "  gather_facts: false\n"
           "  tasks:\n"
           "    - include_role: {name: a, public: true}\n"
           "    - include_role: {name: a, vars_from: other, public: true}\n");
  CHECK(found.empty());
  CHECK(*p.plays[0].said.vars()->find("x") == value{"main"});
}

TEST_CASE_METHOD(scene, "handlers are those of the last use of their role",
                 "[playbook][role_expander][M140]") {
  put("roles/a/tasks/main.yml", "- debug:\n");
  // What a handler imports may lead back to where it stands.
  put("roles/a/handlers/main.yml",
      "- {name: said, debug: }\n"
      "- import_role: {name: a, tasks_from: main}\n");
  put("roles/b/handlers/main.yml", "- {name: other, debug: }\n");
  auto p = read("- hosts: localhost\n"
                "  gather_facts: false\n"
                "  roles: [{role: a, p: 1}, b, {role: a, p: 2}]\n");
  CHECK(found.empty());
  REQUIRE(p.plays[0].handlers.size() == 3);
  auto& first = std::get<task>(p.plays[0].handlers[0].what);
  auto& second = std::get<task>(p.plays[0].handlers[1].what);
  CHECK(first.name == "b : other");
  CHECK(second.name == "a : said");
  CHECK(*second.role->params->find("p") == value{2});
  // That its role has run is no reason to leave one out.
  CHECK(second.role->key.empty());
}

TEST_CASE_METHOD(scene, "options of inclusions that cannot be meant are told",
                 "[playbook][role_option_checks][M147]") {
  put("a.yml", "[]");
  put("roles/r/tasks/main.yml", "[]");
  struct {
    const char* task;
    const char* place;
    const char* words;
  } table[] = {
    {"include_role: {name: r, apply: {tagz: x}}", "site.yml:3:39", "'tags'"},
    {"include_role: {name: r, apply: {loop: [1]}}", "site.yml:3:39",
     "a block has no 'loop'"},
    {"include_role: {name: r, apply: x}", "site.yml:3:38", "expected keywords"},
    {"include_tasks: {file: a.yml, apply: {bogus: 1}}", "site.yml:3:44",
     "a block has no 'bogus'"},
    {"include_role: {name: r, tasks_from: [a]}", "site.yml:3:43",
     "'tasks_from' of 'include_role'"},
    {"include_role: {name: [r]}", "site.yml:3:28", "'name' of 'include_role'"},
    {"import_role: {name: r, vars_from: {a: b}}", "site.yml:3:41",
     "'vars_from' of 'import_role'"},
    {"include_tasks: {file: 5}", "site.yml:3:29", "the name of a file"},
    {"include_tasks: [a.yml]", "site.yml:3:22", "the name of a file"},
    {"{include_tasks: a.yml, args: {file: a.yml}}", "site.yml:3:43",
     "has two files"},
    {"{include_tasks: {file: a.yml}, args: {file: a.yml}}", "site.yml:3:51",
     "has two files"},
    {"{include_tasks: a.yml, check_mode: true}", "site.yml:3:30",
     "'include_tasks' has no 'check_mode': it would not reach"},
    {"{include_role: {name: r}, retries: 3}", "site.yml:3:33",
     "do something themselves"},
    {"{include_role: {name: r}, listen: x}", "site.yml:3:33", "only handlers"},
    {"local_action: include_tasks a.yml", "site.yml:3:7",
     "has no 'delegate_to'"},
    {"{block: }", "site.yml:3:8", "'block' has no tasks"},
    {"{block: [ping: ], rescue: }", "site.yml:3:25", "'rescue' has no tasks"},
    {"{block: [], always: [ping: ]}", "site.yml:3:19",
     "'always' needs tasks in 'block'"},
    {"{block: [], rescue: []}", nullptr, nullptr},
    {"{include_tasks: a.yml, run_once: true, no_log: true, timeout: 3}",
     nullptr, nullptr},
    {"include_role: {name: r, apply: {tags: x, when: y, become: true}}",
     nullptr, nullptr},
    {"include_role: {name: r, apply: '{{ some }}'}", nullptr, nullptr},
    {"include_role: {name: '{{ x }}', tasks_from: '{{ y }}'}", nullptr,
     nullptr},
    {"{include_tasks: , args: {file: a.yml}}", nullptr, nullptr},
  };
  for (auto& row : table) {
    INFO(row.task);
    found.clear();
    read(std::string{"- hosts: localhost\n  tasks:\n    - "} + row.task + "\n");
    for (auto& each : found)
      UNSCOPED_INFO(to_string(each.place) << ": " << each.message);
    REQUIRE(found.size() == (row.place ? 1 : 0));
    if (!row.place)
      continue;
    CHECK(to_string(found[0].place) == row.place);
    CHECK_THAT(found[0].message, Catch::Contains(row.words));
  }
}

TEST_CASE_METHOD(scene, "an inclusion says a file and nothing unknown",
                 "[playbook][playbook_reader][M147]") {
  put("a.yml", "[]");
  struct {
    const char* task;
    const char* place;
    const char* words;
  } table[] = {
    {"include_tasks: ''", "site.yml:3:7", "'include_tasks' needs a file"},
    {"include_tasks:", "site.yml:3:7", "'include_tasks' needs a file"},
    {"include_tasks: '  '", "site.yml:3:7", "'include_tasks' needs a file"},
    {"include_tasks: {file: ''}", "site.yml:3:7", "needs a file"},
    {"include_tasks: {apply: {tags: x}}", "site.yml:3:7", "needs a file"},
    {"import_tasks:", "site.yml:3:7", "'import_tasks' needs a file"},
    {"include_tasks: a.yml b=c", "site.yml:3:22", "no option 'b'"},
    {"import_tasks: a.yml b=c", "site.yml:3:21", "no option 'b'"},
    {"include_tasks: file=a.yml b=c", "site.yml:3:22", "no option 'b'"},
    {"include_tasks: {file: a.yml, b: c}", "site.yml:3:36", "no option 'b'"},
    {"include_tasks: {file: a.yml, when: c}", "site.yml:3:36",
     "no option 'when': it is a keyword of the task, written beside "
     "'include_tasks'"},
    {"import_tasks: '{{ nobody }}.yml'", "site.yml:3:21",
     "has to be known before the run, and 'nobody' is undefined: write "
     "'include_tasks'"},
    {"ansible.builtin.include_tasks: a.yml b=c", "site.yml:3:38",
     "no option 'b'"},
    {"import_tasks: {file: a.yml, apply: {tags: x}}", "site.yml:3:35",
     "no option 'apply'"},
    {"include_tasks: {file: a.yml, apply: x}", "site.yml:3:43",
     "expected keywords"},
    {"include_tasks: a.yml", nullptr, nullptr},
    {"include_tasks: {file: a.yml, apply: {tags: x}}", nullptr, nullptr},
    {"include_tasks: \"{{ 'a.yml' if 1 == 1 else 'b.yml' }}\"", nullptr,
     nullptr},
    {"include: a.yml b=c", nullptr, nullptr},
  };
  for (auto& row : table) {
    INFO(row.task);
    found.clear();
    read(std::string{"- hosts: localhost\n  tasks:\n    - "} + row.task + "\n");
    REQUIRE(found.size() == (row.place ? 1 : 0));
    if (!row.place)
      continue;
    CHECK(to_string(found[0].place) == row.place);
    CHECK_THAT(found[0].message, Catch::Contains(row.words));
  }
}

TEST_CASE_METHOD(scene, "the name of a play may be a template",
                 "[playbook][playbook_reader][M140]") {
  with.extra_vars.set("given", "extra");
  auto p = read("- {hosts: localhost, name: 'a {{ x }} {{ given }}', vars: {x: "
                "1}}\n"
                "- {hosts: localhost, name: 'a {{ ansible_host }}'}\n");
  CHECK(found.empty());
  CHECK(p.plays[0].name == "a 1 extra");
  CHECK(p.plays[1].name == "a {{ ansible_host }}");
}
