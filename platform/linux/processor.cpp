#include "platform/linux/probes.hpp"
#include "platform/linux/proc_file.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>

namespace troupe {

namespace {

/// One pass over /proc/cpuinfo.
struct cpuinfo_reader {
  processor_facts out;
  // Cores and siblings of each physical package.
  std::map<std::string, unsigned> cores;
  std::map<std::string, unsigned> siblings;
  std::string package;
  unsigned processors = 0;

  void line(const std::string& key, const std::string& text) {
    // The order of the keys in the file is the order in Ansible's list.
    if (key == "processor") {
      ++processors;
      out.descriptions.push_back(text);
    } else if (key == "model name" || key == "Processor" || key == "vendor_id"
               || key == "cpu" || key == "Vendor") {
      out.descriptions.push_back(text);
    } else if (key == "physical id") {
      package = text;
    } else if (key == "cpu cores") {
      cores[package] = static_cast<unsigned>(std::atoi(text.c_str()));
    } else if (key == "siblings") {
      siblings[package] = static_cast<unsigned>(std::atoi(text.c_str()));
    }
  }

  processor_facts finish() {
    auto sockets = static_cast<unsigned>(cores.size());
    if (sockets == 0) {
      // Machines whose kernel does not describe packages: one core each.
      out.sockets = processors;
      out.cores_per_socket = 1;
      out.threads_per_core = 1;
      out.virtual_processors = processors;
      return std::move(out);
    }
    out.sockets = sockets;
    out.cores_per_socket = std::max(1U, cores.begin()->second);
    auto threads
      = siblings.empty() ? out.cores_per_socket : siblings.begin()->second;
    out.threads_per_core = std::max(1U, threads / out.cores_per_socket);
    out.virtual_processors
      = out.threads_per_core * out.sockets * out.cores_per_socket;
    return std::move(out);
  }
};

unsigned usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0)
    return static_cast<unsigned>(CPU_COUNT(&set));
  return static_cast<unsigned>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
}

} // namespace

processor_facts parse_cpuinfo(const std::string& text) {
  cpuinfo_reader reader;
  for (auto& line : text_lines(text)) {
    auto mark = line.find(':');
    if (mark == std::string::npos)
      continue;
    auto key = line.substr(0, line.find_last_not_of(" \t", mark - 1) + 1);
    auto at = line.find_first_not_of(" \t", mark + 1);
    reader.line(key, at == std::string::npos ? "" : line.substr(at));
  }
  return reader.finish();
}

result<processor_facts> probe_processor() {
  auto text = read_proc_file("/proc/cpuinfo");
  if (text.empty())
    return error{errc::not_found, "cannot read '/proc/cpuinfo'"};
  auto out = parse_cpuinfo(text);
  out.usable = usable_processors();
  return out;
}

} // namespace troupe
