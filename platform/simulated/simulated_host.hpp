#pragma once

#include "platform/host.hpp"
#include "platform/simulated/simulated_clock.hpp"
#include "platform/simulated/simulated_files.hpp"
#include "platform/simulated/simulated_processes.hpp"

#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace troupe {

/// Accounts that a test or a fleet of simulated hosts sets.
class simulated_accounts final : public account_database {
public:
  std::vector<user_account> users{
    {"root", 0, 0, "root", "/root", "/bin/sh"},
    {"app", 1000, 1000, "", "/home/app", "/bin/sh"}};
  std::vector<group_account> groups{{"root", 0, {}}, {"app", 1000, {}}};
  /// Who the program runs as.
  uint32_t acting_uid = 0;

  /// Whose rights the calling thread has.
  user_rights acting();

  std::optional<user_account> user(std::string_view name) override;
  std::optional<user_account> user(uint32_t uid) override;
  std::optional<group_account> group(std::string_view name) override;
  std::optional<group_account> group(uint32_t gid) override;
  std::vector<uint32_t> groups_of(const user_account& user) override;
  uint32_t effective_uid() override;
  uint32_t effective_gid() override;
  result<std::unique_ptr<assumed_rights>>
  act_as(const user_rights& of) override;

private:
  class taken_rights;

  std::mutex lock_;
  std::map<std::thread::id, user_rights> taken_;
};

/// Facts that are what one sets; a topic whose error is set fails.
class simulated_probe final : public system_probe {
public:
  explicit simulated_probe(simulated_files& files);

  kernel_facts kernel_answer;
  distribution_facts distribution_answer;
  network_facts network_answer;
  processor_facts processor_answer;
  memory_facts memory_answer;
  std::vector<mount_facts> mounts_answer;
  std::vector<block_device> devices_answer;
  std::map<std::string, std::string> firmware_answer;
  virtualization_facts virtualization_answer;
  security_facts security_answer;
  process_facts process_answer;
  std::map<std::string, std::pair<std::string, std::string>> keys_answer;
  /// Errors by the name of the member function.
  std::map<std::string, error> failures;

  std::string host_name() override;
  result<kernel_facts> kernel() override;
  result<distribution_facts> distribution() override;
  result<network_facts> network() override;
  result<processor_facts> processor() override;
  result<memory_facts> memory() override;
  result<std::vector<mount_facts>> mounts() override;
  result<std::vector<block_device>> devices() override;
  result<std::map<std::string, std::string>> firmware() override;
  result<virtualization_facts> virtualization() override;
  result<security_facts> security() override;
  result<process_facts> process() override;
  result<std::map<std::string, std::pair<std::string, std::string>>>
  ssh_host_keys() override;
  bool exists(const std::string& path) override;

private:
  template <class T>
  result<T> answer(const char* name, const T& x) const {
    auto at = failures.find(name);
    if (at != failures.end())
      return at->second;
    return x;
  }

  simulated_files& files_;
};

/// A network of ports that are open from some moment on.
class simulated_network final : public network_access {
public:
  simulated_network(simulated_clock& clock, simulated_files& files)
      : clock_{clock}, files_{files} {
  }

  /// `port` answers from `from` on until `until`; `text` comes so long after
  /// a connection, and then the peer closes or is silent.
  struct service {
    uint16_t port = 0;
    std::chrono::nanoseconds from{};
    std::chrono::nanoseconds until = std::chrono::hours{24 * 365};
    std::string text = {};
    std::chrono::nanoseconds text_after{};
    bool closes = true;
  };

  /// What a web server answers to a method (empty: any) and a target; the
  /// first that fits counts, and without one the connection is refused.
  struct page {
    std::string method;
    std::string target;
    http_head head = {.status = 200};
    std::string body = {};
    std::chrono::nanoseconds after{};
  };

  std::vector<page> pages;
  /// All that was asked.
  std::vector<http_request> asked;
  std::vector<service> services;
  std::vector<tcp_connection> open;

  std::vector<std::string> addresses(const std::string& name,
                                     const wait_limit& limit) override;
  bool connects(const std::string& name, uint16_t port,
                const wait_limit& limit) override;
  bool
  reads_until(const std::string& name, uint16_t port,
              const wait_limit& connecting, const wait_limit& reading,
              const std::function<bool(std::string_view)>& enough) override;
  result<http_answer> exchange(const http_request& request) override;
  result<std::vector<tcp_connection>> connections() override;

private:
  const service* listening(uint16_t port);

  simulated_clock& clock_;
  simulated_files& files_;
  std::chrono::steady_clock::time_point start_ = clock_.steady_now();
};

/// A machine in memory: every module runs on it as on a real one, and nothing
/// real is touched.
class simulated_host : public host {
  std::shared_ptr<simulated_clock> clock_;

public:
  /// @param clock may be that of other hosts, too
  explicit simulated_host(std::shared_ptr<simulated_clock> clock
                          = std::make_shared<simulated_clock>());

  // The parts with their own ways to set the scene.
  simulated_clock& time{*clock_};
  simulated_accounts people;
  simulated_files disk{time, [this] { return people.acting(); }};
  simulated_processes programs{time};
  simulated_probe machine{disk};
  simulated_network net{time, disk};
  std::vector<std::pair<std::string, std::string>> variables{
    {"HOME", "/root"}, {"PATH", "/usr/bin:/bin"}};

  file_system& files() override;
  process_runner& processes() override;
  account_database& accounts() override;
  system_probe& facts() override;
  clock_source& clock() override;
  network_access& network() override;
  std::vector<std::pair<std::string, std::string>> environment() override;
  std::optional<std::string> variable(std::string_view name) override;
};

} // namespace troupe
