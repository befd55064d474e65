#include "platform/linux/probes.hpp"
#include "platform/linux/proc_file.hpp"

#include <unistd.h>

#include <array>
#include <string_view>

namespace troupe {

namespace {

// What distributions wrote before os-release existed, and what says more
// than it does even now (the point release of Debian).
constexpr const char* version_files[]
  = {"/etc/debian_version", "/etc/alpine-release",   "/etc/arch-release",
     "/etc/redhat-release", "/etc/oracle-release",   "/etc/centos-release",
     "/etc/SuSE-release",   "/etc/gentoo-release",   "/etc/slackware-version",
     "/etc/system-release", "/etc/altlinux-release", "/etc/openwrt_release"};

// A link to the description of a product of SUSE.
constexpr const char* product_link = "/etc/products.d/baseproduct";

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

result<distribution_facts> probe_distribution(const std::string& root) {
  distribution_facts out;
  out.os_release = parse_os_release(read_proc_file(root + "/etc/os-release"));
  if (out.os_release.empty())
    out.os_release
      = parse_os_release(read_proc_file(root + "/usr/lib/os-release"));
  out.lsb_release = parse_os_release(read_proc_file(root + "/etc/lsb-release"));
  for (auto path : version_files) {
    auto there = root + path;
    if (::access(there.c_str(), R_OK) != 0)
      continue;
    auto lines = text_lines(read_proc_file(there));
    out.version_files[path] = lines.empty() ? std::string{} : lines.front();
  }
  std::array<char, 4096> target{};
  auto n
    = ::readlink((root + product_link).c_str(), target.data(), target.size());
  if (n > 0) {
    std::string_view name{target.data(), static_cast<size_t>(n)};
    out.version_files[product_link] = name.substr(name.rfind('/') + 1);
  }
  return out;
}

} // namespace troupe
