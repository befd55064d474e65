#include "platform/linux/probes.hpp"
#include "platform/linux/proc_file.hpp"

#include <unistd.h>

#include <cstdlib>

namespace troupe {

namespace {

constexpr std::pair<const char*, const char*> host_keys[] = {
  {"dsa", "/ssh_host_dsa_key.pub"},
  {"rsa", "/ssh_host_rsa_key.pub"},
  {"ecdsa", "/ssh_host_ecdsa_key.pub"},
  {"ed25519", "/ssh_host_ed25519_key.pub"},
};

constexpr const char* key_folders[] = {"/etc/ssh", "/etc/openssh", "/etc"};

} // namespace

result<security_facts> probe_security() {
  security_facts out;
  out.apparmor = ::access("/sys/kernel/security/apparmor", F_OK) == 0;
  out.selinux_present = ::access("/sys/fs/selinux/enforce", F_OK) == 0;
  auto config = parse_os_release(read_proc_file("/etc/selinux/config"));
  if (auto at = config.find("SELINUX"); at != config.end())
    out.selinux_configured_mode = at->second;
  if (auto at = config.find("SELINUXTYPE"); at != config.end())
    out.selinux_type = at->second;
  if (!out.selinux_present)
    return out;
  out.selinux_mode = read_proc_line("/sys/fs/selinux/enforce") == "1"
                       ? "enforcing"
                       : "permissive";
  out.selinux_policy_version
    = std::atoi(read_proc_line("/sys/fs/selinux/policyvers").c_str());
  return out;
}

result<std::map<std::string, std::pair<std::string, std::string>>>
probe_ssh_host_keys() {
  std::map<std::string, std::pair<std::string, std::string>> out;
  for (auto folder : key_folders) {
    for (auto& [type, name] : host_keys) {
      auto line = read_proc_line(std::string{folder} + name);
      auto blank = line.find(' ');
      if (blank == std::string::npos)
        continue;
      auto end = line.find(' ', blank + 1);
      out[type]
        = {line.substr(0, blank),
           line.substr(blank + 1, end == std::string::npos ? std::string::npos
                                                           : end - blank - 1)};
    }
    // As Ansible: the first folder that has any key has them all.
    if (!out.empty())
      break;
  }
  return out;
}

} // namespace troupe
