#include "modules/support/plan/absent_modules.hpp"

#include "modules/module.hpp"
#include "modules/support/plan/other_modules.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>

using namespace troupe;

namespace {

// Of ansible-core 2.14.
constexpr std::string_view ansible_modules[] = {
  "add_host",
  "apt",
  "apt_key",
  "apt_repository",
  "assemble",
  "assert",
  "async_status",
  "blockinfile",
  "command",
  "copy",
  "cron",
  "debconf",
  "debug",
  "dnf",
  "dpkg_selections",
  "expect",
  "fail",
  "fetch",
  "file",
  "find",
  "gather_facts",
  "get_url",
  "getent",
  "git",
  "group",
  "group_by",
  "hostname",
  "import_playbook",
  "import_role",
  "import_tasks",
  "include",
  "include_role",
  "include_tasks",
  "include_vars",
  "iptables",
  "known_hosts",
  "lineinfile",
  "meta",
  "package",
  "package_facts",
  "pause",
  "ping",
  "pip",
  "raw",
  "reboot",
  "replace",
  "rpm_key",
  "script",
  "service",
  "service_facts",
  "set_fact",
  "set_stats",
  "setup",
  "shell",
  "slurp",
  "stat",
  "subversion",
  "systemd",
  "systemd_service",
  "sysvinit",
  "tempfile",
  "template",
  "unarchive",
  "uri",
  "user",
  "validate_argument_spec",
  "wait_for",
  "wait_for_connection",
  "yum",
  "yum_repository",
};

} // namespace

TEST_CASE("every module of Ansible is there, or what to write instead is said",
          "[modules][absent_modules][M040]") {
  auto page = test::read_file(test::source_path("docs/from-ansible.md"));
  size_t rows = 0;
  for (auto name : ansible_modules) {
    INFO(name);
    auto there = builtin_modules().find(name) != nullptr;
    auto instead = instead_of_absent(name);
    CHECK(there == instead.empty());
    CHECK(instead_of_absent(fmt::format("ansible.builtin.{}", name))
          == instead);
    if (there)
      continue;
    ++rows;
    CHECK(page.find(fmt::format("\n| `{}` | {} |\n", name, instead))
          != std::string::npos);
  }
  // None more.
  auto begin = page.find("\n| not there | instead |\n");
  REQUIRE(begin != std::string::npos);
  auto table = page.substr(begin + 1, page.find("\n\n", begin) - begin);
  CHECK(static_cast<size_t>(std::count(table.begin(), table.end(), '\n'))
        == rows + 2);
}

TEST_CASE("names of modules that may be elsewhere are told from slips",
          "[modules][absent_modules][M040]") {
  for (auto* name : {"community.docker.docker_login", "ansible.posix.mount",
                     "apache2_module", "zfs", "seport", "mysql_user"})
    CHECK(lives_elsewhere(name));
  for (auto* name : {"", "copyy", "ansible.builtin.copyy", "a.b", "seports",
                     "ansible.legacy.x"})
    CHECK_FALSE(lives_elsewhere(name));
}
