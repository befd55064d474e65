#include "platform/linux/mount_sizes.hpp"
#include "platform/linux/probes.hpp"
#include "platform/linux/proc_file.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <climits>
#include <sstream>

namespace troupe {

namespace {

/// Blanks and backslashes in mount tables are written as `\040`.
std::string unescaped(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    auto is_octal = text[i] == '\\' && i + 3 < text.size();
    for (size_t k = 1; is_octal && k <= 3; ++k)
      is_octal = text[i + k] >= '0' && text[i + k] <= '7';
    if (is_octal) {
      out += static_cast<char>((text[i + 1] - '0') * 64
                               + (text[i + 2] - '0') * 8 + text[i + 3] - '0');
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string base(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

bool counts(const mount_facts& one) {
  // As Ansible: file systems with a device, and those of other machines.
  auto has_device = one.device.starts_with("/") || one.device.starts_with("\\")
                    || one.device.find(":/") != std::string::npos;
  return (has_device || one.type.find("nfs") != std::string::npos)
         && one.type != "none";
}

/// How long a file system of another machine may take, and all of them.
constexpr std::chrono::seconds patience{2};
constexpr std::chrono::seconds patience_for_all{5};

void ask_system(mount_facts& one) {
  struct statvfs raw;
  if (::statvfs(one.path.c_str(), &raw) != 0)
    return;
  one.block_size = raw.f_bsize;
  one.blocks_total = raw.f_blocks;
  one.blocks_available = raw.f_bavail;
  one.inodes_total = raw.f_files;
  one.inodes_available = raw.f_favail;
  one.size_total = raw.f_frsize * raw.f_blocks;
  one.size_available = raw.f_frsize * raw.f_bavail;
}

} // namespace

std::multimap<std::string, std::string> disk_names(const std::string& folder,
                                                   proc_folders& from) {
  std::multimap<std::string, std::string> out;
  for (auto& name : from.names_in(folder)) {
    char target[PATH_MAX];
    auto n = ::readlink((folder + "/" + name).c_str(), target, sizeof target);
    if (n > 0)
      out.emplace(base({target, static_cast<size_t>(n)}), name);
  }
  return out;
}

result<std::vector<mount_facts>> probe_mounts() {
  auto text = read_proc_file("/proc/self/mounts");
  if (text.empty())
    return error{errc::not_found, "cannot read '/proc/self/mounts'"};
  proc_folders folders;
  auto uuids = disk_names("/dev/disk/by-uuid", folders);
  if (!folders.outcome())
    return folders.outcome().why();
  std::vector<mount_facts> out;
  for (auto& line : text_lines(text)) {
    mount_facts one;
    std::istringstream words{line};
    words >> one.device >> one.path >> one.type >> one.options;
    one.device = unescaped(one.device);
    one.path = unescaped(one.path);
    if (!counts(one))
      continue;
    auto uuid = uuids.find(base(one.device));
    one.uuid = uuid == uuids.end() ? "N/A" : uuid->second;
    out.push_back(std::move(one));
  }
  // It knows those of earlier calls that never answered.
  static const mount_meter meter{ask_system, patience, patience_for_all};
  meter.measure(out);
  return out;
}

} // namespace troupe
