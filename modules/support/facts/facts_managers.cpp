#include "modules/support/facts/ansible_facts.hpp"

#include <array>

namespace troupe {

namespace {

struct manager_mark {
  std::string_view path;
  std::string_view name;
};

// The first one that exists is the package manager. dnf before yum: where
// both are, yum is only another name for dnf.
constexpr std::array<manager_mark, 20> package_managers{
  {{"/usr/bin/dnf5", "dnf5"},
   {"/usr/bin/dnf", "dnf"},
   {"/usr/bin/yum", "yum"},
   {"/usr/bin/apt-get", "apt"},
   {"/usr/bin/zypper", "zypper"},
   {"/usr/bin/pacman", "pacman"},
   {"/sbin/apk", "apk"},
   {"/usr/bin/emerge", "portage"},
   {"/usr/sbin/urpmi", "urpmi"},
   {"/bin/opkg", "opkg"},
   {"/usr/bin/xbps-install", "xbps"},
   {"/usr/bin/swupd", "swupd"},
   {"/usr/sbin/slackpkg", "slackpkg"},
   {"/opt/homebrew/bin/brew", "homebrew"},
   {"/usr/local/bin/brew", "homebrew"},
   {"/opt/local/bin/port", "macports"},
   {"/usr/sbin/pkg", "pkgng"},
   {"/usr/bin/pkg", "pkg5"},
   {"/usr/bin/rpm-ostree", "atomic_container"},
   {"/usr/bin/installp", "installp"}}};

/// The name of process 1 where it means a service manager.
std::string_view by_init(const std::string& init) {
  if (init == "systemd" || init == "runit" || init == "upstart")
    return init == "systemd" ? std::string_view{"systemd"}
           : init == "runit" ? std::string_view{"runit"}
                             : std::string_view{"upstart"};
  if (init == "runit-init")
    return "runit";
  if (init == "openrc-init")
    return "openrc";
  if (init == "procd")
    return "openwrt_init";
  if (init == "svscan")
    return "svc";
  return {};
}

} // namespace

void collect_package_manager(fact_collection& to) {
  auto& probe = to.probe();
  for (auto& [path, name] : package_managers)
    if (probe.exists(std::string{path})) {
      to.facts.set("pkg_mgr", name);
      return;
    }
  to.facts.set("pkg_mgr", "unknown");
}

void collect_service_manager(fact_collection& to) {
  auto& probe = to.probe();
  auto kernel = probe.kernel();
  auto init = kernel ? kernel->init : std::string{};
  auto known = by_init(init);
  auto answer = [&] {
    if (!known.empty())
      return std::string{known};
    if (kernel && kernel->name == "Darwin")
      return std::string{"launchd"};
    // A systemd that is process 1 under another name leaves these folders.
    for (auto mark :
         {"/run/systemd/system/", "/dev/.run/systemd/", "/dev/.systemd/"})
      if (probe.exists(mark))
        return std::string{"systemd"};
    if (probe.exists("/etc/init/"))
      return std::string{"upstart"};
    if (probe.exists("/sbin/openrc"))
      return std::string{"openrc"};
    if (probe.exists("/etc/init.d/"))
      return std::string{"sysvinit"};
    // Containers: what runs as process 1 is no service manager at all.
    return init.empty() || init == "init" || init.ends_with("sh")
             ? std::string{"service"}
             : init;
  };
  to.set_text("service_mgr", answer());
}

} // namespace troupe
