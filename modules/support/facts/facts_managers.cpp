#include "modules/support/facts/ansible_facts.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
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

/// What a service manager is called whose first process is called otherwise.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> managers{
  {{"procd", "openwrt_init"},
   {"runit-init", "runit"},
   {"svscan", "svc"},
   {"openrc-init", "openrc"}}};

/// Whether a program is where programs of the system are.
bool has_program(system_probe& probe, std::string_view name) {
  constexpr std::array folders{"/usr/bin",       "/bin",  "/usr/sbin",
                               "/usr/local/bin", "/sbin", "/usr/local/sbin"};
  return std::any_of(folders.begin(), folders.end(), [&](auto* folder) {
    return probe.exists(fmt::format("{}/{}", folder, name));
  });
}

/// What process 1 is called; empty where that does not say which service
/// manager there is: containers often have a shell in its place.
std::string telling_init(fact_collection& to) {
  auto kernel = to.probe().kernel();
  auto init = kernel ? kernel->init : std::string{};
  if (init.empty())
    if (auto leads = to.ctx.machine.files().read_link("/sbin/init"))
      init = base_name(*leads);
  return init == "init" || init.ends_with("sh") ? std::string{} : init;
}

/// A systemd that runs under another name has left these folders.
bool runs_systemd(system_probe& probe) {
  constexpr std::array marks{"/run/systemd/system/", "/dev/.run/systemd/",
                             "/dev/.systemd/"};
  return std::any_of(marks.begin(), marks.end(),
                     [&](auto* mark) { return probe.exists(mark); });
}

/// By what lies on the disk, as Ansible does it: of a system that is not
/// booted, too.
std::string manager_of_files(fact_collection& to) {
  auto& probe = to.probe();
  bool has_systemd = has_program(probe, "systemctl");
  if (has_systemd && runs_systemd(probe))
    return "systemd";
  if (has_program(probe, "initctl") && probe.exists("/etc/init/"))
    return "upstart";
  if (probe.exists("/sbin/openrc"))
    return "openrc";
  auto init = to.ctx.machine.files().read_link("/sbin/init");
  if (has_systemd && init && base_name(*init) == "systemd")
    return "systemd";
  return probe.exists("/etc/init.d/") ? "sysvinit" : "service";
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
  auto init = telling_init(to);
  auto kernel = to.probe().kernel();
  if (init.empty())
    init
      = kernel && kernel->name == "Darwin" ? "launchd" : manager_of_files(to);
  for (auto& [process, name] : managers)
    if (init == process)
      init = name;
  to.set_text("service_mgr", init);
}

} // namespace troupe
