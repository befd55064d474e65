#include "platform/predicted/predicted_accounts.hpp"

#include "platform/predicted/predicted_files.hpp"

#include <charconv>

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

std::vector<std::string> cut(std::string_view text, char mark) {
  std::vector<std::string> out;
  for (size_t at = 0; at <= text.size();) {
    auto end = std::min(text.find(mark, at), text.size());
    out.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::optional<uint32_t> number_in(const std::string& text) {
  uint32_t out = 0;
  auto* end = text.data() + text.size();
  auto [at, code] = std::from_chars(text.data(), end, out);
  return code == std::errc{} && at == end ? std::optional{out} : std::nullopt;
}

std::optional<user_account> user_in(const std::vector<std::string>& row) {
  constexpr size_t all = 7;
  if (row.size() < all)
    return std::nullopt;
  auto uid = number_in(row[2]);
  auto gid = number_in(row[3]);
  if (!uid || !gid)
    return std::nullopt;
  return user_account{row[0], *uid, *gid, row[4], row[5], row[6]};
}

std::optional<group_account> group_in(const std::vector<std::string>& row) {
  auto gid = row.size() > 2 ? number_in(row[2]) : std::nullopt;
  if (!gid)
    return std::nullopt;
  return group_account{row[0], *gid,
                       row.size() > 3 && !row[3].empty()
                         ? cut(row[3], ',')
                         : std::vector<std::string>{}};
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
  if (described_.size() < limit_ || described_.contains(who.name))
    described_.insert_or_assign(who.name, std::move(who));
}

std::optional<user_account>
predicted_names::described(std::string_view name) const {
  std::lock_guard guard{mutex_};
  auto at = described_.find(name);
  return at == described_.end() ? std::nullopt : std::optional{at->second};
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

std::optional<std::vector<std::string>>
predicted_accounts::written(const char* path, size_t field,
                            std::string_view text) {
  constexpr size_t longest = size_t{8} << 20U;
  if (!files_ || reading_)
    return std::nullopt;
  reading_ = true;
  auto content = files_->predicts(path) ? files_->read(path, longest)
                                        : result<std::string>{std::string{}};
  reading_ = false;
  if (!content)
    return std::nullopt;
  for (auto& line : cut(*content, '\n'))
    if (auto row = cut(line, ':'); row.size() > field && row[field] == text)
      return row;
  return std::nullopt;
}

std::optional<user_account> predicted_accounts::user(std::string_view name) {
  auto number = names_.number(name, false);
  auto gone = names_.is_removed(name, false);
  auto out = gone ? std::nullopt : machine_.user(name);
  if (auto told = names_.described(name); told && !gone && (out || number))
    out = std::move(told);
  else if (!out && number)
    out = user_of(std::string{name}, *number);
  else if (!out && !gone)
    if (auto row = written("/etc/passwd", 0, name))
      return user_in(*row);
  if (out)
    out->uid = number.value_or(out->uid);
  return out;
}

std::optional<user_account> predicted_accounts::user(uint32_t uid) {
  if (auto real = machine_.user(uid))
    if (auto now = user(real->name); now && now->uid == uid)
      return now;
  if (auto name = names_.name(uid, false))
    return user(*name);
  auto row = written("/etc/passwd", 2, std::to_string(uid));
  return row && !names_.is_removed((*row)[0], false) ? user_in(*row)
                                                     : std::nullopt;
}

std::optional<group_account> predicted_accounts::group(std::string_view name) {
  auto number = names_.number(name, true);
  auto gone = names_.is_removed(name, true);
  auto out = gone ? std::nullopt : machine_.group(name);
  if (!out && number)
    out = group_account{std::string{name}, *number, {}};
  else if (!out && !gone)
    if (auto row = written("/etc/group", 0, name))
      return group_in(*row);
  if (out)
    out->gid = number.value_or(out->gid);
  return out;
}

std::optional<group_account> predicted_accounts::group(uint32_t gid) {
  if (auto real = machine_.group(gid))
    if (auto now = group(real->name); now && now->gid == gid)
      return now;
  if (auto name = names_.name(gid, true))
    return group(*name);
  auto row = written("/etc/group", 2, std::to_string(gid));
  return row && !names_.is_removed((*row)[0], true) ? group_in(*row)
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
