#include "platform/linux/probes.hpp"
#include "platform/linux/proc_file.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace troupe {

namespace {

/// The full name as /etc/hosts has it. The resolver is not asked: it would
/// load foreign libraries and may wait for a network that is not there.
std::string full_name(const std::string& node) {
  if (node.find('.') != std::string::npos)
    return node;
  for (auto& line : text_lines(read_proc_file("/etc/hosts"))) {
    std::istringstream words{line.substr(0, line.find('#'))};
    std::string address;
    words >> address;
    std::string canonical;
    for (std::string name; words >> name;) {
      if (canonical.empty())
        canonical = name;
      auto short_name = name.substr(0, name.find('.'));
      if (short_name == node && canonical.find('.') != std::string::npos)
        return canonical;
    }
  }
  return node;
}

std::string status_entry(const char* name) {
  for (auto& line : text_lines(read_proc_file("/proc/self/status")))
    if (line.starts_with(name)) {
      auto at = line.find_first_not_of(" \t", line.find(':') + 1);
      return at == std::string::npos ? "" : line.substr(at);
    }
  return {};
}

} // namespace

std::vector<std::string> text_lines(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with("\r"))
      line.pop_back();
    out.push_back(std::move(line));
  }
  return out;
}

std::string probe_host_name() {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0)
    return "localhost";
  return name;
}

result<kernel_facts> probe_kernel() {
  utsname names;
  if (::uname(&names) != 0)
    return system_error(errno, "cannot ask the kernel for its name");
  kernel_facts out;
  out.name = names.sysname;
  out.node = names.nodename;
  out.release = names.release;
  out.version = names.version;
  out.machine = names.machine;
  out.fully_qualified_name = full_name(out.node);
  out.machine_id = read_proc_line("/etc/machine-id");
  if (out.machine_id.empty())
    out.machine_id = read_proc_line("/var/lib/dbus/machine-id");
  out.command_line = read_proc_line("/proc/cmdline");
  out.init = read_proc_line("/proc/1/comm");
  double uptime = 0;
  auto text = read_proc_file("/proc/uptime");
  if (std::sscanf(text.c_str(), "%lf", &uptime) == 1)
    out.uptime_seconds = static_cast<uint64_t>(uptime);
  // The file has only two places behind the point.
  ::getloadavg(out.load, 3);
  out.effective_capabilities = status_entry("CapEff:");
  out.fips = read_proc_line("/proc/sys/crypto/fips_enabled") == "1";
  out.word_bits = sizeof(long) * 8;
  return out;
}

} // namespace troupe
