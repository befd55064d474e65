#include "platform/linux/system_probe.hpp"

#include "platform/linux/probes.hpp"

#include <unistd.h>

namespace troupe {

namespace {

class linux_probe final : public system_probe {
public:
  explicit linux_probe(account_database& accounts) : accounts_{accounts} {
  }

  std::string host_name() override {
    return probe_host_name();
  }

  result<kernel_facts> kernel() override {
    return probe_kernel();
  }

  result<distribution_facts> distribution() override {
    return probe_distribution();
  }

  result<network_facts> network() override {
    return probe_network();
  }

  result<processor_facts> processor() override {
    return probe_processor();
  }

  result<memory_facts> memory() override {
    return probe_memory();
  }

  result<std::vector<mount_facts>> mounts() override {
    return probe_mounts();
  }

  result<std::vector<block_device>> devices() override {
    return probe_devices();
  }

  result<std::map<std::string, std::string>> firmware() override {
    return probe_firmware();
  }

  result<virtualization_facts> virtualization() override {
    return probe_virtualization();
  }

  result<security_facts> security() override {
    return probe_security();
  }

  result<process_facts> process() override {
    return probe_process(accounts_);
  }

  result<std::map<std::string, std::pair<std::string, std::string>>>
  ssh_host_keys() override {
    return probe_ssh_host_keys();
  }

  bool exists(const std::string& path) override {
    return ::access(path.c_str(), F_OK) == 0;
  }

private:
  account_database& accounts_;
};

} // namespace

std::unique_ptr<system_probe> make_linux_probe(account_database& accounts) {
  return std::make_unique<linux_probe>(accounts);
}

} // namespace troupe
