#include "platform/linux/probes.hpp"
#include "platform/linux/proc_file.hpp"

#include <unistd.h>

namespace troupe {

namespace {

// What distributions wrote before os-release existed, and what says more
// than it does even now (the point release of Debian).
constexpr const char* version_files[]
  = {"/etc/debian_version", "/etc/alpine-release",  "/etc/arch-release",
     "/etc/redhat-release", "/etc/oracle-release",  "/etc/centos-release",
     "/etc/SuSE-release",   "/etc/gentoo-release",  "/etc/slackware-version",
     "/etc/system-release", "/etc/altlinux-release"};

std::string without_quotes(std::string text) {
  if (text.size() >= 2 && (text[0] == '"' || text[0] == '\'')
      && text.back() == text[0])
    text = text.substr(1, text.size() - 2);
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size())
      ++i;
    out += text[i];
  }
  return out;
}

} // namespace

std::map<std::string, std::string> parse_os_release(const std::string& text) {
  std::map<std::string, std::string> out;
  for (auto& line : text_lines(text)) {
    auto mark = line.find('=');
    if (mark == std::string::npos || line.starts_with("#"))
      continue;
    out[line.substr(0, mark)] = without_quotes(line.substr(mark + 1));
  }
  return out;
}

result<distribution_facts> probe_distribution() {
  distribution_facts out;
  out.os_release = parse_os_release(read_proc_file("/etc/os-release"));
  if (out.os_release.empty())
    out.os_release = parse_os_release(read_proc_file("/usr/lib/os-release"));
  out.lsb_release = parse_os_release(read_proc_file("/etc/lsb-release"));
  for (auto path : version_files) {
    if (::access(path, R_OK) != 0)
      continue;
    auto lines = text_lines(read_proc_file(path));
    out.version_files[path] = lines.empty() ? std::string{} : lines.front();
  }
  if (out.os_release.empty() && out.version_files.empty())
    return error{errc::not_found,
                 "no /etc/os-release or other file names the distribution"};
  return out;
}

} // namespace troupe
