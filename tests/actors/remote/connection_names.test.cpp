#include "actors/remote/connection_names.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("no fact decides how a host is reached", "[actors][remote][M144]") {
  for (auto* name :
       {"ansible_connection", "ansible_host", "ansible_ssh_executable",
        "ansible_ssh_common_args", "ansible_become", "ansible_become_password",
        "ansible_sudo_pass", "ansible_remote_tmp", "ansible_docker_extra_args",
        "ansible_python_interpreter", "ansible_user"}) {
    INFO(name);
    CHECK(is_connection_name(name));
  }
  for (auto* name :
       {"ansible_ssh_host_key_rsa_public", "ansible_user_id",
        "ansible_hostname", "ansible_system", "connection", "ansible_python"}) {
    INFO(name);
    CHECK(!is_connection_name(name));
  }
  dict facts{{"ansible_system", "Linux"},
             {"ansible_connection", "local"},
             {"discovered_interpreter_python", "/tmp/python"},
             {"ansible_discovered_interpreter_other", "/tmp/other"}};
  drop_connection_names(facts);
  CHECK(facts == dict{{"ansible_system", "Linux"}});
}
