#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>

using namespace troupe;

namespace {

const std::string oracle = test::source_path("tests/oracle/inventory");

/// What a line for the shell does in a folder; `troupe` is the program.
test::finished in_folder(const std::string& folder, const std::string& line) {
  return test::run_program("/bin/sh",
                           {"-c", "cd '" + folder + "' && PATH='"
                                    + test::built_path() + "':$PATH && "
                                    + line},
                           {{"NO_COLOR", "1"}, {"HOME", "/nonexistent"}});
}

std::vector<std::string> case_names() {
  std::vector<std::string> out;
  for (auto& each : std::filesystem::directory_iterator{oracle + "/cases"})
    out.push_back(each.path().filename().string());
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    out.push_back(line);
  return out;
}

} // namespace

TEST_CASE("inventories are shown as ansible-inventory shows them",
          "[e2e][inventory][M141]") {
  auto names = case_names();
  CHECK(names.size() >= 15);
  for (auto& name : names) {
    auto folder = oracle;
    folder.append("/cases/").append(name);
    auto asked = lines_of(test::read_file(folder + "/asked"));
    for (size_t i = 0; i < asked.size(); ++i) {
      INFO(name << ": " << asked[i]);
      auto ran = in_folder(folder, "troupe inventory " + asked[i]);
      auto expected = oracle;
      expected.append("/expected/").append(name).append(".");
      expected.append(std::to_string(i + 1));
      auto wanted = test::read_file(expected);
      CHECK(ran.rc == 0);
      CHECK(ran.out == wanted);
    }
  }
}

TEST_CASE("patterns choose the hosts that ansible lists",
          "[e2e][inventory][M141]") {
  auto rows = lines_of(test::read_file(oracle + "/expected/patterns"));
  CHECK(rows.size() >= 30);
  for (auto& row : rows) {
    auto tab = row.find('\t');
    REQUIRE(tab != std::string::npos);
    INFO(row);
    auto ran = in_folder(oracle, "troupe inventory -i farm --match '"
                                   + row.substr(0, tab) + "'");
    std::string names;
    for (auto& each : lines_of(ran.out))
      names += (names.empty() ? "" : " ") + each;
    CHECK(names == row.substr(tab + 1));
  }
}

TEST_CASE("an inventory that is wrong is refused with the place",
          "[e2e][inventory][M141][M120]") {
  test::temp_dir dir;
  test::write_file(dir / "hosts", "[web]\nweb1 port\n");
  auto ran = in_folder(dir.path(), "troupe inventory -i hosts --list");
  CHECK(ran.rc == 4);
  CHECK_THAT(ran.err, Catch::Contains("hosts:2:6: expected NAME=VALUE"));
  CHECK_THAT(ran.err, Catch::Contains("web1 port\n         ^\n"));
  CHECK(in_folder(dir.path(), "troupe inventory -i hosts").rc == 64);
  CHECK(in_folder(dir.path(), "troupe inventory -i none --list").rc == 4);
  test::write_file(dir / "hosts", "[web]\nweb1\n");
  CHECK(in_folder(dir.path(), "troupe inventory -i hosts --host web").rc == 0);
  CHECK(in_folder(dir.path(), "troupe inventory -i hosts --host x").rc == 64);
  CHECK(in_folder(dir.path(), "troupe inventory -i hosts --graph wbe").err
        == "troupe: no group named 'wbe'; did you mean 'web'?\n");
}

namespace {

/// A folder with an inventory, and a playbook whose only task waits for a file.
struct waiting_playbook {
  test::temp_dir dir;

  waiting_playbook() {
    test::write_file(dir / "hosts", "web1 ansible_connection=local\n");
    test::write_file(dir / "site.yml",
                     "- hosts: web1\n  gather_facts: false\n  tasks:\n"
                     "  - command: cat there\n    args: {chdir: "
                       + dir.path() + "}\n");
  }

  test::finished run(const std::string& line) const {
    return in_folder(dir.path(), line);
  }
};

} // namespace

TEST_CASE("a run over an inventory goes on from any folder",
          "[e2e][inventory][M016][M141]") {
  waiting_playbook one;
  auto state = std::string{" --state-dir '"} + (one.dir / "state") + "'";
  REQUIRE(one.run("troupe run site.yml -i hosts" + state).rc == 2);
  auto resume = "cd / && troupe resume last --rerun-failed" + state;
  CHECK(one.run(resume).rc == 2);
  // Without its host it would end well, and nothing would have been done.
  one.run("mv hosts kept; echo other ansible_connection=local > hosts");
  CHECK(one.run(resume).rc == 4);
  one.run("echo '[broken' > hosts");
  CHECK(one.run(resume).rc == 4);
  one.run("rm hosts");
  CHECK(one.run(resume).rc == 4);
  one.run("mv kept hosts; touch there");
  auto last = one.run(resume);
  INFO(last.err);
  CHECK(last.rc == 0);
  CHECK(last.out.find("[web1]") != std::string::npos);
}

TEST_CASE("a run goes on with the settings it had, from any folder",
          "[e2e][inventory][M016][M092][M141]") {
  waiting_playbook one;
  one.run("mkdir -p else; echo secret > else/pw; chmod 600 else/pw");
  test::write_file(one.dir / "ansible.cfg",
                   "[defaults]\ninventory = hosts\nroles_path = else\n"
                   "vault_password_file = else/pw\n");
  test::write_file(one.dir / "else/r/tasks/main.yml",
                   "- debug: {msg: 'the word is {{ word }}'}\n");
  one.run("mkdir group_vars; printf 'word: open\\n' > group_vars/all.yml; "
          "troupe vault encrypt group_vars/all.yml");
  test::write_file(one.dir / "site.yml",
                   "- hosts: web1\n  gather_facts: false\n  tasks:\n"
                   "  - command: cat there\n    args: {chdir: "
                     + one.dir.path() + "}\n  - import_role: {name: r}\n");
  auto state = std::string{" --state-dir '"} + (one.dir / "state") + "'";
  REQUIRE(one.run("troupe run site.yml" + state).rc == 2);
  auto resume = "cd / && troupe resume last --rerun-failed" + state;
  one.run("touch there; mv ansible.cfg kept");
  // Without them something else would be done.
  CHECK(one.run(resume).rc == 4);
  one.run("mv kept ansible.cfg");
  auto last = one.run(resume);
  INFO(last.out << last.err);
  CHECK(last.rc == 0);
  CHECK_THAT(last.out, Catch::Contains("the word is open"));
}

TEST_CASE("an inventory that cannot be read ends a run before it begins",
          "[e2e][inventory][M141]") {
  waiting_playbook one;
  one.run("touch there; echo '[broken' > bad");
  for (std::string source : {"bad", "missing"}) {
    INFO(source);
    auto line = "troupe run --no-state site.yml -i hosts -i " + source;
    CHECK(one.run(line).rc == 4);
  }
  CHECK(one.run("troupe run --no-state site.yml -i hosts").rc == 0);
  // As there: called so, it warns.
  one.run("ln -s \"$(command -v troupe)\" ansible-playbook");
  CHECK(one.run("./ansible-playbook site.yml -i hosts -i missing").rc == 0);
}

TEST_CASE("what the environment names is for playbooks",
          "[e2e][inventory][M141]") {
  waiting_playbook one;
  one.run("touch there");
  test::write_file(one.dir / "plan.yml", "tasks:\n- debug: {msg: x}\n");
  for (std::string command : {"run --no-state", "validate", "lint"}) {
    INFO(command);
    auto with = [&](const std::string& rest) {
      auto line = "ANSIBLE_INVENTORY=missing troupe " + command;
      line += rest;
      return one.run(line).rc;
    };
    CHECK(with(" plan.yml") == 0);
    CHECK(with(" site.yml") == 4);
    CHECK(with(" plan.yml -i hosts") == 64);
  }
}

TEST_CASE("lint knows what roles and inventories give",
          "[e2e][inventory][lint][M140]") {
  waiting_playbook one;
  one.run("mkdir -p roles/web/tasks roles/web/defaults roles/web/handlers");
  test::write_file(one.dir / "roles/web/defaults/main.yml", "port: 80\n");
  test::write_file(one.dir / "roles/web/handlers/main.yml",
                   "- name: restart\n  debug: {msg: x}\n"
                   "- name: forgotten\n  debug: {msg: x}\n");
  test::write_file(one.dir / "roles/web/tasks/main.yml",
                   "- name: speak\n  debug: {msg: '{{ port }} {{ of_host }}"
                   " {{ nowhere }}'}\n  changed_when: true\n"
                   "  notify: restart\n");
  test::write_file(one.dir / "hosts",
                   "web1 ansible_connection=local of_host=1\n");
  test::write_file(one.dir / "lint.yml", "- hosts: web1\n  roles: [web]\n");
  auto found = one.run("troupe lint lint.yml -i hosts");
  INFO(found.out << found.err);
  CHECK(found.rc == 2);
  CHECK(found.out.find("'port'") == std::string::npos);
  CHECK(found.out.find("'of_host'") == std::string::npos);
  CHECK(found.out.find("restart") == std::string::npos);
  CHECK(found.out.find("'nowhere'") != std::string::npos);
  CHECK(found.out.find("forgotten") != std::string::npos);
}

TEST_CASE("a template is rendered with the variables of a host",
          "[e2e][inventory][M060][M141]") {
  test::temp_dir dir;
  test::write_file(dir / "hosts", "[web]\nweb1 port=80\nweb2 port=81\n"
                                  "[web:vars]\nurl=http://{{ name }}\n");
  test::write_file(dir / "group_vars/web.yml",
                   "name: '{{ inventory_hostname }}:{{ port }}'\n");
  test::write_file(dir / "t.j2",
                   "{{ url }} {% for h in groups.web %}"
                   "{{ hostvars[h].port }},{% endfor %}{{ port + more }}\n");
  auto run = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"-i", dir / "hosts"});
    return test::run_troupe(std::move(words));
  };
  auto made
    = run({"template", dir / "t.j2", "--host", "web2", "-e", "{more: 1}"});
  INFO(made.err);
  CHECK(made.out == "http://web2:81 80,81,82\n");
  CHECK(run({"eval", "port", "--host", "web1"}).out == "80\n");
  CHECK(run({"eval", "port", "--host", "web1", "-e", "port=9"}).out
        == "\"9\"\n");
  auto wrong = run({"eval", "port", "--host", "wbe1"});
  CHECK(wrong.rc == 64);
  CHECK_THAT(wrong.err, Catch::Contains("did you mean 'web1'?"));
  wrong = run({"eval", "port", "--host", "web"});
  CHECK_THAT(wrong.err, Catch::Contains("'web' stands for 2 hosts"));
  wrong = run({"eval", "port"});
  CHECK(wrong.rc == 64);
  CHECK_THAT(wrong.err, Catch::Contains("say with --host"));
}
