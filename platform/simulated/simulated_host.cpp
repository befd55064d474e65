#include "platform/simulated/simulated_host.hpp"

#include <algorithm>

namespace troupe {

simulated_host::simulated_host() {
  disk.put_folder("/root");
  disk.put_folder("/etc");
}

file_system& simulated_host::files() {
  return disk;
}

process_runner& simulated_host::processes() {
  return programs;
}

account_database& simulated_host::accounts() {
  return people;
}

system_probe& simulated_host::facts() {
  return machine;
}

clock_source& simulated_host::clock() {
  return time;
}

network_access& simulated_host::network() {
  return net;
}

std::vector<std::pair<std::string, std::string>> simulated_host::environment() {
  return variables;
}

std::optional<std::string> simulated_host::variable(std::string_view name) {
  for (auto& [key, text] : variables)
    if (key == name)
      return text;
  return std::nullopt;
}

// -- accounts -----------------------------------------------------------------

namespace {

template <class Account, class Predicate>
std::optional<Account> first(const std::vector<Account>& all,
                             Predicate matches) {
  auto at = std::find_if(all.begin(), all.end(), matches);
  return at == all.end() ? std::nullopt : std::optional{*at};
}

} // namespace

std::optional<user_account> simulated_accounts::user(std::string_view name) {
  return first(users, [&](auto& x) { return x.name == name; });
}

std::optional<user_account> simulated_accounts::user(uint32_t uid) {
  return first(users, [&](auto& x) { return x.uid == uid; });
}

std::optional<group_account> simulated_accounts::group(std::string_view name) {
  return first(groups, [&](auto& x) { return x.name == name; });
}

std::optional<group_account> simulated_accounts::group(uint32_t gid) {
  return first(groups, [&](auto& x) { return x.gid == gid; });
}

std::vector<uint32_t> simulated_accounts::groups_of(const user_account& user) {
  std::vector<uint32_t> out{user.gid};
  for (auto& each : groups)
    for (auto& member : each.members)
      if (member == user.name && each.gid != user.gid)
        out.push_back(each.gid);
  return out;
}

uint32_t simulated_accounts::effective_uid() {
  return acting_uid;
}

uint32_t simulated_accounts::effective_gid() {
  return 0;
}

// -- network ------------------------------------------------------------------

std::vector<std::string> simulated_network::addresses(const std::string& name) {
  return {name == "localhost" ? "127.0.0.1" : name};
}

const simulated_network::service* simulated_network::listening(uint16_t port) {
  auto passed = clock_.steady_now() - start_;
  for (auto& one : services)
    if (one.port == port && one.from <= passed && passed < one.until)
      return &one;
  return nullptr;
}

bool simulated_network::connects(const std::string&, uint16_t port,
                                 std::chrono::nanoseconds) {
  return listening(port) != nullptr;
}

bool simulated_network::reads_until(
  const std::string&, uint16_t port, std::chrono::nanoseconds,
  const std::function<bool(std::string_view)>& enough) {
  auto* found = listening(port);
  return found && enough(found->text);
}

result<std::vector<tcp_connection>> simulated_network::connections() {
  return open;
}

} // namespace troupe
