#include "config/playbook/ansible_settings.hpp"

#include "config/playbook/settings_text.hpp"
#include "platform/simulated/simulated_host.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

struct settings_scene {
  simulated_host machine;

  void say(const std::string& name, const std::string& text) {
    std::erase_if(machine.variables,
                  [&](auto& each) { return each.first == name; });
    machine.variables.emplace_back(name, text);
  }

  settings_scene() {
    say("HOME", "/home/ann");
  }

  std::shared_ptr<const ansible_settings> read() {
    auto got = ansible_settings::read(machine);
    INFO((got ? std::string{} : got.why().message));
    REQUIRE(got);
    return *got;
  }
};

} // namespace

TEST_CASE_METHOD(settings_scene, "settings that nobody says are Ansible's",
                 "[playbook][ansible_settings][M141]") {
  auto got = read();
  CHECK(got->all()->find("DEFAULT_FORKS")->to_int() == 5);
  CHECK(got->texts("DEFAULT_ROLES_PATH")
        == std::vector<std::string>{"/home/ann/.ansible/roles",
                                    "/usr/share/ansible/roles",
                                    "/etc/ansible/roles"});
  CHECK(got->text("DEFAULT_GATHERING") == "implicit");
  CHECK_FALSE(got->merges());
  CHECK_FALSE(got->said("DEFAULT_FORKS"));
  CHECK(got->all()->find("CONFIG_FILE")->is_null());
  CHECK(got->warnings().empty());
}

TEST_CASE_METHOD(settings_scene, "the environment wins over the file",
                 "[playbook][ansible_settings][M141]") {
  machine.disk.put("/cfg/ansible.cfg", "[defaults]\n"
                                       "forks = 7 ; a few\n"
                                       "roles_path = near:/far\n"
                                       "hash_behaviour = merge\n"
                                       "any_errors_fatal: Yes\n");
  say("ANSIBLE_CONFIG", "/cfg");
  say("ANSIBLE_FORKS", "9");
  auto got = read();
  CHECK(got->all()->find("DEFAULT_FORKS")->to_int() == 9);
  CHECK(got->texts("DEFAULT_ROLES_PATH")
        == std::vector<std::string>{"/cfg/near", "/far"});
  CHECK(got->merges());
  CHECK(got->flag("ANY_ERRORS_FATAL"));
  CHECK(got->said("DEFAULT_ROLES_PATH"));
  CHECK(got->text("CONFIG_FILE") == "/cfg/ansible.cfg");
}

TEST_CASE_METHOD(settings_scene,
                 "a file that everybody may put there is passed over",
                 "[playbook][ansible_settings][M141]") {
  auto here = machine.files().working_folder();
  auto path = (here == "/" ? "" : here) + "/ansible.cfg";
  machine.disk.put(path, "[defaults]\nforks = 7\n");
  auto set
    = [&](uint32_t mode) { REQUIRE(machine.files().set_mode(here, mode)); };
  set(0755);
  CHECK(find_ansible_settings(machine).path == path);
  set(0777);
  auto found = find_ansible_settings(machine);
  CHECK(found.path.empty());
  CHECK_THAT(found.warning, Catch::Contains("everybody may write"));
  machine.disk.put("/home/ann/.ansible.cfg", "[defaults]\nforks = 3\n");
  CHECK(find_ansible_settings(machine).path == "/home/ann/.ansible.cfg");
}

TEST_CASE_METHOD(settings_scene,
                 "a value that its setting cannot have is an error",
                 "[playbook][ansible_settings][M141]") {
  say("ANSIBLE_CONFIG", "/a.cfg");
  machine.disk.put("/a.cfg", "[defaults]\n\nforks = many\n");
  auto got = ansible_settings::read(machine);
  REQUIRE_FALSE(got);
  CHECK(got.why().message
        == "/a.cfg:3: [defaults] forks: expected a whole number, found 'many'");
  machine.disk.put("/a.cfg", "[defaults]\nhash_behaviour = mix\n");
  got = ansible_settings::read(machine);
  REQUIRE_FALSE(got);
  CHECK_THAT(got.why().message, Catch::Contains("one of replace, merge"));
  machine.disk.put("/a.cfg", "[defaults]\n");
  say("ANSIBLE_FORKS", "few");
  got = ansible_settings::read(machine);
  REQUIRE_FALSE(got);
  CHECK(got.why().message
        == "ANSIBLE_FORKS: expected a whole number, found 'few'");
}

TEST_CASE_METHOD(settings_scene, "what is neither yes nor no is told",
                 "[playbook][ansible_settings][M082][M141]") {
  machine.disk.put("/cfg/ansible.cfg", "[defaults]\nhost_key_checking = Flase\n"
                                       "deprecation_warnings = Off\n"
                                       "[privilege_escalation]\n"
                                       "become = YES\n");
  say("ANSIBLE_CONFIG", "/cfg");
  say("NO_COLOR", "please");
  auto got = read();
  CHECK_FALSE(got->flag("HOST_KEY_CHECKING"));
  CHECK(got->misspelt()
        == std::vector<std::string>{
          "/cfg/ansible.cfg:2: [defaults] host_key_checking: 'Flase' is "
          "neither yes nor no, and counts as no"});
}

TEST_CASE("a file of settings has sections, comments and long values",
          "[playbook][ansible_settings][M141]") {
  auto got = read_settings_text("# first\n[defaults]\nA = 1 ; one\n"
                                "b: x\n  y\n; last\n\n[diff]\nalways = yes\n",
                                "a.cfg");
  REQUIRE(got);
  REQUIRE(got->size() == 3);
  CHECK((*got)[0].key == "a");
  CHECK((*got)[0].text == "1");
  CHECK((*got)[1].text == "x\ny");
  CHECK((*got)[2].section == "diff");
  CHECK((*got)[2].line == 9);
}

TEST_CASE("what is wrong in a file of settings has its place",
          "[playbook][ansible_settings][M141]") {
  auto [text, why] = GENERATE(table<std::string, std::string>(
    {{"a = 1\n", "a.cfg:1:1: a setting needs a section above it, such as "
                 "[defaults]"},
     {"[defaults\na = 1\n", "a.cfg:1:1: the heading of a section that begins "
                            "with '[' has no ']'"},
     {"[d]\n[e\na = 1\n", "a.cfg:2:1: the heading of a section that begins "
                          "with '[' has no ']'"},
     {"[d]\nword\n", "a.cfg:2:1: expected 'name = value'"},
     {"[d]\na = 1\nA = 2\n", "a.cfg:3:1: 'a' is there twice in [d]"},
     {"[d]\n[d]\n", "a.cfg:2:1: the section [d] is there twice"}}));
  auto got = read_settings_text(text, "a.cfg");
  REQUIRE_FALSE(got);
  CHECK(got.why().message == why);
}

TEST_CASE_METHOD(settings_scene, "settings that are nearly there are told",
                 "[playbook][ansible_settings][M082][M141]") {
  machine.disk.put("/cfg/ansible.cfg",
                   "[defaults]\nrole_path = x\nhost_key_chekcing = no\n"
                   "ssh_args = -C\nforks = 3\n"
                   // Of plugins, and of nobody.
                   "remote_tmp = /x\nasync_dir = /x\nfact_caching_prefix = x\n"
                   "display_skipped_hosts = no\nmine = 1\n"
                   "[privilege_escalation]\nbecom = yes\n"
                   "[ssh_connection]\npipelining = yes\nretries = 3\n"
                   "[inventory]\ncache = yes\n[mine]\nrole_path = x\n");
  say("ANSIBLE_CONFIG", "/cfg");
  const std::string file = "/cfg/ansible.cfg:";
  CHECK(read()->misspelt()
        == std::vector{
          file
            + "2: [defaults] has no setting 'role_path'; did you mean "
              "'roles_path'?",
          file
            + "3: [defaults] has no setting 'host_key_chekcing'; did you "
              "mean 'host_key_checking'?",
          file
            + "4: [defaults] has no setting 'ssh_args': it stands in "
              "[ssh_connection]",
          file
            + "12: [privilege_escalation] has no setting 'becom'; did you "
              "mean 'become'?"});
}
