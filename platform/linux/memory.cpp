#include "platform/linux/probes.hpp"
#include "platform/linux/proc_file.hpp"

#include <cstdlib>

namespace troupe {

memory_facts parse_meminfo(const std::string& text) {
  memory_facts out;
  const std::pair<const char*, uint64_t*> wanted[] = {
    {"MemTotal", &out.total},         {"MemFree", &out.free},
    {"MemAvailable", &out.available}, {"Buffers", &out.buffers},
    {"Cached", &out.cached},          {"SwapTotal", &out.swap_total},
    {"SwapFree", &out.swap_free},     {"SwapCached", &out.swap_cached},
  };
  for (auto& line : text_lines(text)) {
    auto name = line.substr(0, line.find(':'));
    for (auto& [key, field] : wanted)
      // The kernel writes kB and means KiB.
      if (name == key)
        *field
          = std::strtoull(line.c_str() + name.size() + 1, nullptr, 10) * 1024;
  }
  return out;
}

result<memory_facts> probe_memory() {
  auto text = read_proc_file("/proc/meminfo");
  if (text.empty())
    return error{errc::not_found, "cannot read '/proc/meminfo'"};
  return parse_meminfo(text);
}

} // namespace troupe
