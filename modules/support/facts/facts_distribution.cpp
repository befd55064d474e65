#include "modules/support/facts/ansible_facts.hpp"

#include <algorithm>
#include <array>

namespace troupe {

namespace {

struct family {
  std::string_view name;
  std::vector<std::string_view> members;
};

// Which distributions Ansible counts to which family.
const std::vector<family>& families() {
  static const std::vector<family> table{
    {"RedHat",
     {"RedHat",     "RHEL",        "Fedora",    "CentOS",
      "Scientific", "SLC",         "Ascendos",  "CloudLinux",
      "PSBM",       "OracleLinux", "OVS",       "OEL",
      "Amazon",     "Amzn",        "Virtuozzo", "XenServer",
      "Alibaba",    "EulerOS",     "openEuler", "AlmaLinux",
      "Rocky",      "TencentOS",   "EuroLinux", "Kylin Linux Advanced Server"}},
    {"Debian",
     {"Debian", "Ubuntu", "Raspbian", "Neon", "KDE neon", "Linux Mint",
      "SteamOS", "Devuan", "Kali", "Cumulus Linux", "Pop!_OS", "Parrot",
      "Pardus GNU/Linux", "Uos", "Deepin", "OSMC"}},
    {"Suse",
     {"SuSE", "SLES", "SLED", "openSUSE", "openSUSE Tumbleweed", "SLES_SAP",
      "SUSE_LINUX", "openSUSE Leap", "ALP-Dolomite", "openSUSE MicroOS"}},
    {"Archlinux", {"Archlinux", "Antergos", "Manjaro"}},
    {"Mandrake", {"Mandrake", "Mandriva"}},
    {"Solaris", {"Solaris", "Nexenta", "OmniOS", "OpenIndiana", "SmartOS"}},
    {"Slackware", {"Slackware"}},
    {"Altlinux", {"Altlinux"}},
    {"SGML", {"SGML"}},
    {"Gentoo", {"Gentoo", "Funtoo"}},
    {"Alpine", {"Alpine"}},
    {"AIX", {"AIX"}},
    {"HP-UX", {"HPUX"}},
    {"Darwin", {"MacOSX"}},
    {"FreeBSD", {"FreeBSD", "TrueOS"}},
    {"ClearLinux", {"Clear Linux OS", "Clear Linux Mix"}},
    {"DragonFly", {"DragonflyBSD", "DragonFlyBSD", "Gentoo/DragonflyBSD"}},
    {"NetBSD", {"NetBSD"}},
  };
  return table;
}

// The names that Ansible uses for the values of ID in os-release.
constexpr std::array<std::pair<std::string_view, std::string_view>, 28> names{
  {{"debian", "Debian"},
   {"ubuntu", "Ubuntu"},
   {"raspbian", "Raspbian"},
   {"linuxmint", "Linux Mint"},
   {"kali", "Kali"},
   {"devuan", "Devuan"},
   {"neon", "KDE neon"},
   {"pop", "Pop!_OS"},
   {"parrot", "Parrot"},
   {"steamos", "SteamOS"},
   {"deepin", "Deepin"},
   {"fedora", "Fedora"},
   {"centos", "CentOS"},
   {"rhel", "RedHat"},
   {"rocky", "Rocky"},
   {"almalinux", "AlmaLinux"},
   {"ol", "OracleLinux"},
   {"amzn", "Amazon"},
   {"alpine", "Alpine"},
   {"arch", "Archlinux"},
   {"manjaro", "Manjaro"},
   {"opensuse-leap", "openSUSE Leap"},
   {"opensuse-tumbleweed", "openSUSE Tumbleweed"},
   {"sles", "SLES"},
   {"sles_sap", "SLES_SAP"},
   {"gentoo", "Gentoo"},
   {"slackware", "Slackware"},
   {"openEuler", "openEuler"}}};

std::string entry(const std::map<std::string, std::string>& from,
                  const std::string& key) {
  auto at = from.find(key);
  return at == from.end() ? std::string{} : at->second;
}

std::string distribution_name(const distribution_facts& facts) {
  auto id = entry(facts.os_release, "ID");
  for (auto& [key, name] : names)
    if (key == id)
      return std::string{name};
  auto full = entry(facts.os_release, "NAME");
  if (!full.empty())
    return full.substr(0, full.find(" Linux"));
  if (facts.version_files.contains("/etc/alpine-release"))
    return "Alpine";
  if (facts.version_files.contains("/etc/arch-release"))
    return "Archlinux";
  if (facts.version_files.contains("/etc/redhat-release"))
    return "RedHat";
  return "Linux";
}

std::string family_of(const std::string& name,
                      const distribution_facts& facts) {
  for (auto& one : families())
    if (std::find(one.members.begin(), one.members.end(), name)
        != one.members.end())
      return std::string{one.name};
  // A derivative that nobody listed says itself what it is like.
  auto like = entry(facts.os_release, "ID_LIKE");
  if (like.find("debian") != std::string::npos
      || like.find("ubuntu") != std::string::npos)
    return "Debian";
  if (like.find("rhel") != std::string::npos
      || like.find("fedora") != std::string::npos
      || like.find("centos") != std::string::npos)
    return "RedHat";
  if (like.find("suse") != std::string::npos)
    return "Suse";
  if (like.find("arch") != std::string::npos)
    return "Archlinux";
  return name;
}

/// The version with its point release where a file knows it: os-release of
/// Debian says "12" while /etc/debian_version says "12.11".
std::string version_of(const std::string& name,
                       const distribution_facts& facts) {
  auto version = entry(facts.os_release, "VERSION_ID");
  std::string detailed;
  if (name == "Debian")
    detailed = entry(facts.version_files, "/etc/debian_version");
  else if (name == "Alpine")
    detailed = entry(facts.version_files, "/etc/alpine-release");
  else if (name == "CentOS")
    for (auto& path : {"/etc/centos-release", "/etc/redhat-release"}) {
      auto line = entry(facts.version_files, path);
      auto begin = line.find_first_of("0123456789");
      if (begin != std::string::npos && detailed.empty()) {
        auto end = line.find_first_not_of("0123456789.", begin);
        detailed = line.substr(
          begin, end == std::string::npos ? std::string::npos : end - begin);
        // 7.9.2009 is the build of release 7.9.
        auto first = detailed.find('.');
        auto second = detailed.find('.', first + 1);
        if (first != std::string::npos && second != std::string::npos)
          detailed.erase(second);
      }
    }
  if (!detailed.empty() && detailed[0] >= '0' && detailed[0] <= '9')
    return detailed;
  return version.empty() ? "NA" : version;
}

std::string code_name(const distribution_facts& facts) {
  auto name = entry(facts.os_release, "VERSION_CODENAME");
  if (!name.empty())
    return name;
  // "8 (Core)": what stands in parentheses.
  auto text = entry(facts.os_release, "VERSION");
  auto begin = text.find('(');
  auto end = text.find(')');
  if (begin != std::string::npos && end != std::string::npos && end > begin)
    return text.substr(begin + 1, end - begin - 1);
  return "NA";
}

} // namespace

void collect_distribution(fact_collection& to) {
  auto facts = to.probe().distribution();
  if (!facts)
    return to.warn("distribution", facts.why());
  auto name = distribution_name(*facts);
  auto version = version_of(name, *facts);
  auto dot = version.find('.');
  to.set_text("distribution", name);
  to.set_text("distribution_version", version);
  to.set_text("distribution_release", code_name(*facts));
  to.set_text("distribution_major_version", version.substr(0, dot));
  if (dot != std::string::npos) {
    auto minor = version.substr(dot + 1);
    to.set_text("distribution_minor_version", minor.substr(0, minor.find('.')));
  }
  to.set_text("os_family", family_of(name, *facts));
  if (!facts->os_release.empty()) {
    to.facts.set("distribution_file_parsed", true);
    to.facts.set("distribution_file_path", "/etc/os-release");
    to.set_text("distribution_file_variety", name);
  }
}

void collect_lsb(fact_collection& to) {
  auto facts = to.probe().distribution();
  if (!facts)
    return;
  auto& lsb = facts->lsb_release;
  auto& os = facts->os_release;
  // Without the file, the program of that name shows os-release.
  if (lsb.empty() && !to.probe().exists("/usr/bin/lsb_release")) {
    to.facts.set("lsb", dict{});
    return;
  }
  auto either = [&](const char* key, const std::string& other) {
    auto text = entry(lsb, key);
    return text.empty() ? other : text;
  };
  auto release = either("DISTRIB_RELEASE", entry(os, "VERSION_ID"));
  to.facts.set(
    "lsb",
    dict{
      {"id", value::from_host(either("DISTRIB_ID", distribution_name(*facts)))},
      {"description", value::from_host(either("DISTRIB_DESCRIPTION",
                                              entry(os, "PRETTY_NAME")))},
      {"release", value::from_host(release)},
      {"codename", value::from_host(either("DISTRIB_CODENAME",
                                           entry(os, "VERSION_CODENAME")))},
      {"major_release",
       value::from_host(release.substr(0, release.find('.')))}});
}

} // namespace troupe
