#include "platform/simulated/simulated_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace troupe {

simulated_host::simulated_host(std::shared_ptr<simulated_clock> clock)
    : clock_{std::move(clock)} {
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

user_rights simulated_accounts::acting() {
  std::lock_guard guard{lock_};
  auto taken = taken_.find(std::this_thread::get_id());
  if (taken != taken_.end())
    return taken->second;
  auto account = user(acting_uid);
  return {acting_uid, account ? account->gid : 0, {}};
}

uint32_t simulated_accounts::effective_uid() {
  return acting().uid;
}

uint32_t simulated_accounts::effective_gid() {
  return acting().gid;
}

class simulated_accounts::taken_rights final : public assumed_rights {
public:
  explicit taken_rights(simulated_accounts& from) : from_{from} {
  }

  ~taken_rights() override {
    std::lock_guard guard{from_.lock_};
    from_.taken_.erase(std::this_thread::get_id());
  }

private:
  simulated_accounts& from_;
};

result<std::unique_ptr<assumed_rights>>
simulated_accounts::act_as(const user_rights& of) {
  if (acting_uid != 0)
    return system_error(EPERM, fmt::format("cannot act as user {}", of.uid));
  std::lock_guard guard{lock_};
  taken_.insert_or_assign(std::this_thread::get_id(), of);
  std::unique_ptr<assumed_rights> out = std::make_unique<taken_rights>(*this);
  return out;
}

// -- network ------------------------------------------------------------------

std::vector<std::string> simulated_network::addresses(const std::string& name,
                                                      const wait_limit&) {
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
                                 const wait_limit&) {
  return listening(port) != nullptr;
}

bool simulated_network::reads_until(
  const std::string&, uint16_t port, const wait_limit&,
  const wait_limit& reading,
  const std::function<bool(std::string_view)>& enough) {
  auto* found = listening(port);
  if (!found)
    return false;
  auto comes = later(clock_.steady_now(), found->text_after);
  auto seen = comes <= reading.until;
  if (!clock_.sleep_until(reading.at_most(comes).until, reading.stop))
    return false;
  if (seen && enough(found->text))
    return true;
  if (!found->closes)
    clock_.sleep_until(reading.until, reading.stop);
  return false;
}

result<std::vector<tcp_connection>> simulated_network::connections() {
  return open;
}

} // namespace troupe
