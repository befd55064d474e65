#include "modules/support/facts/ansible_facts.hpp"

#include <algorithm>
#include <array>
#include <optional>

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

/// By what os-release says it is, where no other file tells.
std::string name_by_id(const distribution_facts& facts) {
  auto id = entry(facts.os_release, "ID");
  for (auto& [key, name] : names)
    if (key == id)
      return std::string{name};
  auto full = entry(facts.os_release, "NAME");
  return full.empty() ? "OtherLinux" : full;
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

/// What the file that decides makes of a distribution.
struct decision {
  std::string name;
  std::string path;
  std::string variety;
  /// The file was read and not only there.
  bool is_read = true;
  std::string search_string = {};
};

bool mentions(const std::map<std::string, std::string>& entries,
              std::string_view what) {
  return std::any_of(entries.begin(), entries.end(), [&](auto& each) {
    return each.second.find(what) != std::string::npos;
  });
}

std::string first_word(const std::string& text) {
  return text.substr(0, text.find_first_of(" \t"));
}

/// The files that some distributions have beside os-release, in the order in
/// which Ansible looks for them.
std::optional<decision> by_own_file(const distribution_facts& facts) {
  auto line
    = [&](const char* path) { return entry(facts.version_files, path); };
  auto has = [&](const char* path, std::string_view what) {
    return line(path).find(what) != std::string::npos;
  };
  if (has("/etc/altlinux-release", "ALT"))
    return decision{"Altlinux", "/etc/altlinux-release", "Altlinux", true,
                    "ALT"};
  if (has("/etc/oracle-release", "Oracle Linux"))
    return decision{"OracleLinux", "/etc/oracle-release", "OracleLinux", true,
                    "Oracle Linux"};
  if (has("/etc/slackware-version", "Slackware"))
    return decision{"Slackware", "/etc/slackware-version", "Slackware"};
  if (has("/etc/centos-release", "CentOS Stream"))
    return decision{"CentOS", "/etc/centos-release", "CentOS"};
  if (has("/etc/centos-release", "TencentOS Server"))
    return decision{"TencentOS", "/etc/centos-release", "CentOS"};
  if (has("/etc/redhat-release", "Red Hat"))
    return decision{"RedHat", "/etc/redhat-release", "RedHat", true, "Red Hat"};
  if (auto text = line("/etc/redhat-release"); !text.empty())
    return decision{first_word(text), "/etc/redhat-release", "RedHat"};
  if (has("/etc/openwrt_release", "OpenWrt"))
    return decision{"OpenWrt", "/etc/openwrt_release", "OpenWrt"};
  if (mentions(facts.os_release, "Amazon"))
    return decision{"Amazon", "/etc/os-release", "Amazon"};
  if (has("/etc/system-release", "Amazon"))
    return decision{"Amazon", "/etc/system-release", "Amazon"};
  if (!line("/etc/alpine-release").empty())
    return decision{"Alpine", "/etc/alpine-release", "Alpine"};
  if (facts.version_files.contains("/etc/arch-release"))
    return decision{"Archlinux", "/etc/arch-release", "Archlinux", false};
  return std::nullopt;
}

/// Otherwise os-release decides, by what it says or by its family.
decision decide(const distribution_facts& facts) {
  if (auto own = by_own_file(facts))
    return *std::move(own);
  auto by_id = name_by_id(facts);
  if (facts.os_release.empty())
    return {by_id, "", "", false};
  auto family = family_of(by_id, facts);
  constexpr auto path = "/etc/os-release";
  if (family == "Archlinux")
    return {"Archlinux", path, "Archlinux"};
  if (family == "Suse") {
    auto product = entry(facts.version_files, "/etc/products.d/baseproduct");
    return {product == "SLES_SAP.prod" ? "SLES_SAP"
                                       : entry(facts.os_release, "NAME"),
            path, "SUSE"};
  }
  // Pop!_OS and the like are none to Ansible, but of the family.
  static constexpr std::array debian{
    "Debian", "Ubuntu", "SteamOS",    "Kali", "Parrot",
    "Devuan", "Deepin", "Linux Mint", "Uos",  "Cumulus Linux"};
  if (by_id == "Raspbian")
    by_id = "Debian";
  auto is_debian
    = std::find(debian.begin(), debian.end(), by_id) != debian.end();
  return {by_id, path, is_debian ? "Debian" : "NA"};
}

/// The version in the line of a release file; no build behind the second
/// number.
std::string version_in(const std::string& line) {
  auto begin = line.find_first_of("0123456789");
  if (begin == std::string::npos)
    return {};
  auto end = line.find_first_not_of("0123456789.", begin);
  auto out = line.substr(begin, end == std::string::npos ? std::string::npos
                                                         : end - begin);
  if (auto second = out.find('.', out.find('.') + 1);
      out.find('.') != std::string::npos && second != std::string::npos)
    out.erase(second);
  return out;
}

/// The version with its point release where a file knows it: os-release of
/// Debian says "12" while /etc/debian_version says "12.11".
std::string version_of(const std::string& name,
                       const distribution_facts& facts) {
  auto line
    = [&](const char* path) { return entry(facts.version_files, path); };
  std::string detailed;
  if (entry(facts.os_release, "ID") == "debian")
    detailed = line("/etc/debian_version");
  else if (name == "Alpine")
    detailed = line("/etc/alpine-release");
  else if (name == "CentOS")
    for (auto* path : {"/etc/centos-release", "/etc/redhat-release"})
      if (detailed.empty())
        detailed = version_in(line(path));
  if (detailed.empty())
    detailed = entry(facts.os_release, "VERSION_ID");
  return detailed.empty() ? "NA" : detailed;
}

/// Ansible's words for what is between the versions of these.
std::optional<std::string> own_release(const decision& of,
                                       const distribution_facts& facts) {
  if (of.path == "/etc/centos-release" && of.name == "CentOS")
    return "Stream";
  if (of.variety != "SUSE")
    return std::nullopt;
  auto version = entry(facts.os_release, "VERSION_ID");
  auto dot = version.find('.');
  if (dot != std::string::npos)
    return version.substr(dot + 1);
  return of.name.starts_with("open") ? "" : "0";
}

std::string code_name(const decision& of, const distribution_facts& facts) {
  if (auto own = own_release(of, facts))
    return *std::move(own);
  // Where it is empty, as Fedora has it, there is none.
  for (auto* key : {"VERSION_CODENAME", "UBUNTU_CODENAME"})
    if (facts.os_release.contains(key))
      return entry(facts.os_release, key);
  // "8 (Core)": what stands in parentheses.
  auto text = entry(facts.os_release, "VERSION");
  auto begin = text.find('(');
  auto end = text.find(')');
  if (begin != std::string::npos && end != std::string::npos && end > begin)
    return text.substr(begin + 1, end - begin - 1);
  return "NA";
}

/// Only Ansible's parsers of these two say one.
std::string minor_version(const decision& of, const std::string& version,
                          const distribution_facts& facts) {
  if (of.variety == "Amazon") {
    auto dot = version.find('.');
    return dot == std::string::npos ? "NA" : version.substr(dot + 1);
  }
  if (of.name != "Debian")
    return {};
  auto line = entry(facts.version_files, "/etc/debian_version");
  auto dot = line.find('.');
  if (dot == std::string::npos)
    return {};
  auto end = line.find_first_not_of("0123456789", dot + 1);
  return line.substr(dot + 1, end == std::string::npos ? end : end - dot - 1);
}

} // namespace

void collect_distribution(fact_collection& to) {
  auto facts = to.probe().distribution();
  if (!facts)
    return to.warn("distribution", facts.why());
  auto of = decide(*facts);
  auto version = version_of(of.name, *facts);
  to.set_text("distribution", of.name);
  to.set_text("distribution_version", version);
  to.set_text("distribution_release", code_name(of, *facts));
  to.set_text("distribution_major_version",
              version.substr(0, version.find('.')));
  if (auto minor = minor_version(of, version, *facts); !minor.empty())
    to.set_text("distribution_minor_version", minor);
  to.set_text("os_family", family_of(of.name, *facts));
  if (of.path.empty())
    return;
  to.facts.set("distribution_file_path", of.path);
  to.set_text("distribution_file_variety", of.variety);
  if (of.is_read)
    to.facts.set("distribution_file_parsed", true);
  if (!of.search_string.empty())
    to.facts.set("distribution_file_search_string", of.search_string);
}

void collect_lsb(fact_collection& to) {
  auto facts = to.probe().distribution();
  if (!facts)
    return;
  auto& lsb = facts->lsb_release;
  auto& os = facts->os_release;
  // The file by itself says what it says.
  if (!to.probe().exists("/usr/bin/lsb_release")) {
    dict out;
    for (auto& [key, name] : {std::pair{"DISTRIB_ID", "id"},
                              {"DISTRIB_DESCRIPTION", "description"},
                              {"DISTRIB_RELEASE", "release"},
                              {"DISTRIB_CODENAME", "codename"}})
      if (lsb.contains(key))
        out.set(name, value::from_host(entry(lsb, key)));
    if (auto release = entry(lsb, "DISTRIB_RELEASE"); !release.empty())
      out.set("major_release",
              value::from_host(release.substr(0, release.find('.'))));
    to.facts.set("lsb", std::move(out));
    return;
  }
  auto either = [&](const char* key, const std::string& other) {
    auto text = entry(lsb, key);
    return text.empty() ? other : text;
  };
  auto release = either("DISTRIB_RELEASE", entry(os, "VERSION_ID"));
  to.facts.set(
    "lsb",
    dict{{"id", value::from_host(either("DISTRIB_ID", name_by_id(*facts)))},
         {"description", value::from_host(either("DISTRIB_DESCRIPTION",
                                                 entry(os, "PRETTY_NAME")))},
         {"release", value::from_host(release)},
         {"codename", value::from_host(either("DISTRIB_CODENAME",
                                              entry(os, "VERSION_CODENAME")))},
         {"major_release",
          value::from_host(release.substr(0, release.find('.')))}});
}

} // namespace troupe
