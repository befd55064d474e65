#include "platform/predicted/predicted_accounts.hpp"

namespace troupe {

namespace {

user_account user_of(std::string name, uint32_t number) {
  user_account out;
  out.uid = out.gid = number;
  out.home = "/home/" + name;
  out.shell = "/bin/sh";
  out.name = std::move(name);
  return out;
}

} // namespace

bool predicted_names::add(std::string_view name, bool group,
                          account_database& machine) {
  if (number(name, group))
    return true;
  // Without the lock: `machine` may ask here as well.
  auto number = next_++;
  while (group ? machine.group(number).has_value()
               : machine.user(number).has_value())
    number = next_++;
  std::lock_guard guard{mutex_};
  if (users_.size() + groups_.size() >= limit_)
    return false;
  (group ? groups_ : users_).emplace(name, number);
  return true;
}

std::optional<uint32_t> predicted_names::number(std::string_view name,
                                                bool group) const {
  std::lock_guard guard{mutex_};
  auto& of = group ? groups_ : users_;
  auto at = of.find(name);
  return at == of.end() ? std::nullopt : std::optional{at->second};
}

std::optional<std::string> predicted_names::name(uint32_t number,
                                                 bool group) const {
  std::lock_guard guard{mutex_};
  for (auto& [name, own] : group ? groups_ : users_)
    if (own == number)
      return name;
  return std::nullopt;
}

std::optional<user_account> predicted_accounts::user(std::string_view name) {
  if (auto real = machine_.user(name))
    return real;
  auto number = names_.number(name, false);
  return number ? std::optional{user_of(std::string{name}, *number)}
                : std::nullopt;
}

std::optional<user_account> predicted_accounts::user(uint32_t uid) {
  if (auto real = machine_.user(uid))
    return real;
  auto name = names_.name(uid, false);
  return name ? std::optional{user_of(*std::move(name), uid)} : std::nullopt;
}

std::optional<group_account> predicted_accounts::group(std::string_view name) {
  if (auto real = machine_.group(name))
    return real;
  auto number = names_.number(name, true);
  return number ? std::optional{group_account{std::string{name}, *number, {}}}
                : std::nullopt;
}

std::optional<group_account> predicted_accounts::group(uint32_t gid) {
  if (auto real = machine_.group(gid))
    return real;
  auto name = names_.name(gid, true);
  return name ? std::optional{group_account{*std::move(name), gid, {}}}
              : std::nullopt;
}

std::vector<uint32_t> predicted_accounts::groups_of(const user_account& user) {
  return machine_.groups_of(user);
}

uint32_t predicted_accounts::effective_uid() {
  return machine_.effective_uid();
}

uint32_t predicted_accounts::effective_gid() {
  return machine_.effective_gid();
}

result<std::unique_ptr<assumed_rights>>
predicted_accounts::act_as(const user_rights& of) {
  return machine_.act_as(of);
}

} // namespace troupe
