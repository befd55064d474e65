#pragma once

#include "platform/accounts.hpp"
#include "platform/system_facts.hpp"

#include <map>
#include <string>
#include <vector>

namespace troupe {

// One function for each topic, each in a file of its own.

std::string probe_host_name();
result<kernel_facts> probe_kernel();
/// `root`: where the files lie, for those of another system; without a slash at
/// its end.
result<distribution_facts> probe_distribution(const std::string& root = {});
result<network_facts> probe_network();
result<processor_facts> probe_processor();
result<memory_facts> probe_memory();
result<std::vector<mount_facts>> probe_mounts();
result<std::vector<block_device>> probe_devices();
result<std::map<std::string, std::string>> probe_firmware();
result<virtualization_facts> probe_virtualization();
result<security_facts> probe_security();
result<process_facts> probe_process(account_database& accounts);
result<std::map<std::string, std::pair<std::string, std::string>>>
probe_ssh_host_keys();

class proc_folders;

/// The text of `/dev/disk/by-...` links: name of the link by name of the
/// device.
std::multimap<std::string, std::string> disk_names(const std::string& folder,
                                                   proc_folders& from);

// Parsers of the formats, which tests feed with captured text.

processor_facts parse_cpuinfo(const std::string& text);
memory_facts parse_meminfo(const std::string& text);
std::map<std::string, std::string> parse_os_release(const std::string& text);

/// Lines of `text` without their ends.
std::vector<std::string> text_lines(const std::string& text);

} // namespace troupe
