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
                          account_database& machine,
                          std::optional<uint32_t> own) {
  if (!own && number(name, group) && !is_removed(name, group))
    return true;
  // Without the lock: `machine` may ask here as well.
  auto number = own ? *own : next_++;
  while (!own
         && (group ? machine.group(number).has_value()
                   : machine.user(number).has_value()))
    number = next_++;
  std::lock_guard guard{mutex_};
  removed_.erase({std::string{name}, group});
  if (users_.size() + groups_.size() >= limit_)
    return false;
  (group ? groups_ : users_).insert_or_assign(std::string{name}, number);
  return true;
}

void predicted_names::describe(user_account who) {
  std::lock_guard guard{mutex_};
  if (users_.contains(who.name))
    described_.insert_or_assign(who.name, std::move(who));
}

user_account predicted_names::described(std::string name,
                                        uint32_t number) const {
  std::lock_guard guard{mutex_};
  auto at = described_.find(name);
  if (at == described_.end())
    return user_of(std::move(name), number);
  auto out = at->second;
  out.uid = number;
  return out;
}

void predicted_names::remove(std::string_view name, bool group) {
  std::lock_guard guard{mutex_};
  if (!group)
    described_.erase(std::string{name});
  (group ? groups_ : users_).erase(std::string{name});
  if (removed_.size() < limit_)
    removed_.emplace(name, group);
}

bool predicted_names::is_removed(std::string_view name, bool group) const {
  std::lock_guard guard{mutex_};
  return removed_.contains({std::string{name}, group});
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
  auto number = names_.number(name, false);
  auto real = machine_.user(name);
  if (real && !names_.is_removed(name, false)) {
    real->uid = number.value_or(real->uid);
    return real;
  }
  return number ? std::optional{names_.described(std::string{name}, *number)}
                : std::nullopt;
}

std::optional<user_account> predicted_accounts::user(uint32_t uid) {
  if (auto real = machine_.user(uid);
      real && !names_.is_removed(real->name, false))
    return real;
  auto name = names_.name(uid, false);
  return name ? std::optional{names_.described(*std::move(name), uid)}
              : std::nullopt;
}

std::optional<group_account> predicted_accounts::group(std::string_view name) {
  auto number = names_.number(name, true);
  auto real = machine_.group(name);
  if (real && !names_.is_removed(name, true)) {
    real->gid = number.value_or(real->gid);
    return real;
  }
  return number ? std::optional{group_account{std::string{name}, *number, {}}}
                : std::nullopt;
}

std::optional<group_account> predicted_accounts::group(uint32_t gid) {
  if (auto real = machine_.group(gid);
      real && !names_.is_removed(real->name, true))
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
