#include "platform/simulated/simulated_packages.hpp"

#include <algorithm>

namespace troupe {

namespace {

struct known_package {
  std::string_view name;
  std::string_view service;
  std::string_view configuration;
};

// Those whose service or configuration is not called as they are.
constexpr known_package known_packages[] = {
  {"apache2", "apache2", "/etc/apache2/apache2.conf"},
  {"httpd", "httpd", "/etc/httpd/conf/httpd.conf"},
  {"nginx", "nginx", "/etc/nginx/nginx.conf"},
  {"haproxy", "haproxy", "/etc/haproxy/haproxy.cfg"},
  {"openssh-server", "ssh", "/etc/ssh/sshd_config"},
  {"postgresql", "postgresql", ""},
  {"postgresql-server", "postgresql", ""},
  {"mariadb-server", "mariadb", "/etc/mysql/my.cnf"},
  {"mysql-server", "mysql", "/etc/mysql/my.cnf"},
  {"redis-server", "redis-server", "/etc/redis/redis.conf"},
  {"redis", "redis", "/etc/redis/redis.conf"},
  {"memcached", "memcached", "/etc/memcached.conf"},
  {"docker.io", "docker", ""},
  {"docker-ce", "docker", ""},
  {"ntpsec", "ntpsec", "/etc/ntpsec/ntp.conf"},
  {"chrony", "chrony", "/etc/chrony/chrony.conf"},
  {"bind9", "named", "/etc/bind/named.conf"},
  {"bind", "named", "/etc/named.conf"},
  {"cronie", "crond", "/etc/crontab"},
  {"fail2ban", "fail2ban", "/etc/fail2ban/jail.conf"},
  {"rsyslog", "rsyslog", "/etc/rsyslog.conf"},
  {"sudo", "", "/etc/sudoers"},
  {"ca-certificates", "", "/etc/ca-certificates.conf"},
};

} // namespace

simulated_package usual_package(const std::string& name) {
  simulated_package out{.versions = {"1.0-1"}, .files = {"/usr/bin/" + name}};
  auto* at = std::find_if(std::begin(known_packages), std::end(known_packages),
                          [&](auto& each) { return each.name == name; });
  bool known = at != std::end(known_packages);
  out.service = known ? std::string{at->service} : name;
  if (known && !at->configuration.empty())
    out.files.emplace_back(at->configuration);
  return out;
}

} // namespace troupe
