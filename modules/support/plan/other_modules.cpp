#include "modules/support/plan/other_modules.hpp"

#include "modules/support/plan/absent_modules.hpp"

#include <algorithm>
#include <iterator>

namespace troupe {

namespace {

// Sorted.
constexpr std::string_view short_names[] = {
  "apache2_module",
  "bower",
  "composer",
  "docker_compose",
  "docker_container",
  "docker_image",
  "docker_login",
  "docker_network",
  "docker_volume",
  "ejabberd_user",
  "filesystem",
  "firewalld",
  "gem",
  "github_release",
  "interfaces_file",
  "java_cert",
  "java_keystore",
  "jenkins_plugin",
  "kernel_blacklist",
  "launchd",
  "ldap_entry",
  "lvg",
  "lvol",
  "maven_artifact",
  "mongodb_user",
  "monit",
  "mysql_db",
  "mysql_info",
  "mysql_query",
  "mysql_replication",
  "mysql_user",
  "mysql_variables",
  "nmcli",
  "npm",
  "openssl_certificate",
  "openssl_csr",
  "openssl_dhparam",
  "openssl_pkcs12",
  "openssl_privatekey",
  "openssl_publickey",
  "osx_defaults",
  "pamd",
  "parted",
  "pear",
  "postgresql_db",
  "postgresql_ext",
  "postgresql_privs",
  "postgresql_query",
  "postgresql_schema",
  "postgresql_user",
  "proxysql_query_rules",
  "rabbitmq_plugin",
  "rabbitmq_user",
  "rabbitmq_vhost",
  "redis",
  "runit",
  "seboolean",
  "sefcontext",
  "selinux",
  "selinux_permissive",
  "selogin",
  "seport",
  "snap",
  "supervisorctl",
  "svc",
  "win_command",
  "win_copy",
  "win_feature",
  "win_file",
  "win_get_url",
  "win_package",
  "win_service",
  "win_shell",
  "win_template",
  "x509_certificate",
  "xml",
  "yarn",
  "zfs",
};

} // namespace

bool lives_elsewhere(std::string_view name) {
  if (!instead_of_absent(name).empty())
    return true;
  auto dots = std::count(name.begin(), name.end(), '.');
  bool builtin = name.starts_with("ansible.builtin.")
                 || name.starts_with("ansible.legacy.");
  if (dots >= 2)
    return !builtin;
  return std::binary_search(std::begin(short_names), std::end(short_names),
                            name);
}

} // namespace troupe
