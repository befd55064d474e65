#include "platform/host.hpp"
#include "platform/linux/system_probe.hpp"
#include "platform/posix/accounts.hpp"
#include "platform/posix/files.hpp"
#include "platform/posix/network.hpp"
#include "platform/posix/process.hpp"

#include <condition_variable>
#include <cstdlib>
#include <mutex>

extern char** environ;

namespace troupe {

namespace {

class posix_clock final : public clock_source {
public:
  std::chrono::system_clock::time_point now() override {
    return std::chrono::system_clock::now();
  }

  std::chrono::steady_clock::time_point steady_now() override {
    return std::chrono::steady_clock::now();
  }

  std::tm local_time(std::time_t when) override {
    std::tm out{};
    ::localtime_r(&when, &out);
    return out;
  }

  std::time_t from_local_time(std::tm fields) override {
    return std::mktime(&fields);
  }

  bool sleep_until(std::chrono::steady_clock::time_point end,
                   std::stop_token stop) override {
    std::mutex alone;
    std::condition_variable_any never;
    std::unique_lock guard{alone};
    // In pieces: not every C library can wait until the end of time.
    while (!stop.stop_requested() && steady_now() < end)
      never.wait_until(guard, stop,
                       std::min(end, steady_now() + std::chrono::hours{1}),
                       [] { return false; });
    return !stop.stop_requested();
  }
};

/// What the handles on this machine share.
struct machine_parts {
  std::unique_ptr<process_runner> processes = make_posix_processes();
  std::unique_ptr<account_database> accounts = make_posix_accounts(*processes);
  std::unique_ptr<system_probe> facts = make_linux_probe(*accounts);
  std::unique_ptr<network_access> network = make_posix_network(*processes);
  posix_clock clock;
};

class real_host final : public host {
public:
  real_host(std::shared_ptr<machine_parts> parts, bool durable)
      : parts_{std::move(parts)}, files_{make_posix_files(durable)} {
  }

  file_system& files() override {
    return *files_;
  }

  process_runner& processes() override {
    return *parts_->processes;
  }

  account_database& accounts() override {
    return *parts_->accounts;
  }

  system_probe& facts() override {
    return *parts_->facts;
  }

  clock_source& clock() override {
    return parts_->clock;
  }

  network_access& network() override {
    return *parts_->network;
  }

  std::vector<std::pair<std::string, std::string>> environment() override {
    std::vector<std::pair<std::string, std::string>> out;
    for (auto entry = environ; entry && *entry; ++entry) {
      std::string_view text{*entry};
      auto mark = text.find('=');
      if (mark != std::string_view::npos)
        out.emplace_back(text.substr(0, mark), text.substr(mark + 1));
    }
    return out;
  }

  std::optional<std::string> variable(std::string_view name) override {
    // No name has a NUL; the system would look for what is before it.
    if (name.find('\0') != name.npos)
      return std::nullopt;
    auto found = std::getenv(std::string{name}.c_str());
    return found ? std::optional<std::string>{found} : std::nullopt;
  }

  std::shared_ptr<host> durable() override {
    return std::make_shared<real_host>(parts_, true);
  }

private:
  std::shared_ptr<machine_parts> parts_;
  std::unique_ptr<file_system> files_;
};

} // namespace

std::shared_ptr<host> make_real_host() {
  return std::make_shared<real_host>(std::make_shared<machine_parts>(), false);
}

} // namespace troupe
