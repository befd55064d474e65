#include "platform/simulated/account_rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace troupe {

namespace {

constexpr const char* user_path = "/etc/passwd";
constexpr const char* group_path = "/etc/group";
constexpr const char* shadow_path = "/etc/shadow";

account_fields* named(std::vector<account_fields>& table,
                      std::string_view name) {
  auto at = std::find_if(table.begin(), table.end(),
                         [&](auto& row) { return row[0] == name; });
  return at == table.end() ? nullptr : &*at;
}

uint32_t number_of(const std::string& text) {
  return static_cast<uint32_t>(std::strtoul(text.c_str(), nullptr, 10));
}

} // namespace

std::vector<std::string> cut_at(std::string_view text, char mark) {
  std::vector<std::string> out;
  for (;;) {
    auto at = text.find(mark);
    out.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos)
      return out;
    text.remove_prefix(at + 1);
  }
}

std::string day_number(const std::string& date) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (std::sscanf(date.c_str(), "%d-%u-%u", &year, &month, &day) != 3)
    return {};
  std::chrono::sys_days days{std::chrono::year{year} / std::chrono::month{month}
                             / std::chrono::day{day}};
  return std::to_string(days.time_since_epoch().count());
}

account_rows::account_rows(simulated_host& machine) : machine_{machine} {
  auto& people = machine.people;
  users = read(user_path);
  if (users.empty())
    for (auto& each : people.users)
      users.push_back({each.name, "x", std::to_string(each.uid),
                       std::to_string(each.gid), each.gecos, each.home,
                       each.shell});
  groups = read(group_path);
  if (groups.empty())
    for (auto& each : people.groups)
      groups.push_back({each.name, "x", std::to_string(each.gid),
                        fmt::format("{}", fmt::join(each.members, ","))});
  shadows = read(shadow_path);
  if (shadows.empty())
    for (auto& each : people.users)
      shadows.push_back(
        {each.name, "*", "19000", "0", "99999", "7", "", "", ""});
}

std::vector<account_fields> account_rows::read(const char* path) {
  std::vector<account_fields> out;
  auto text = machine_.disk.read(path, size_t{1} << 24);
  if (!text)
    return out;
  for (auto& line : cut_at(*text, '\n'))
    if (!line.empty())
      out.push_back(cut_at(line, ':'));
  return out;
}

void account_rows::write(const char* path,
                         const std::vector<account_fields>& table) {
  std::string text;
  for (auto& row : table)
    text += fmt::format("{}\n", fmt::join(row, ":"));
  static_cast<void>(machine_.disk.replace(
    path, text, {.mode = path == std::string_view{shadow_path} ? 0640 : 0644},
    {}));
}

void account_rows::save() {
  write(user_path, users);
  write(group_path, groups);
  write(shadow_path, shadows);
  auto& people = machine_.people;
  people.users.clear();
  for (auto& row : users)
    people.users.push_back(
      {row[0], number_of(row[2]), number_of(row[3]), row[4], row[5], row[6]});
  people.groups.clear();
  for (auto& row : groups) {
    group_account one{row[0], number_of(row[2]), {}};
    for (auto& member : cut_at(row[3], ','))
      if (!member.empty())
        one.members.push_back(member);
    people.groups.push_back(std::move(one));
  }
}

std::vector<account_fields>* account_rows::table(std::string_view name) {
  return name == "passwd"   ? &users
         : name == "group"  ? &groups
         : name == "shadow" ? &shadows
                            : nullptr;
}

account_fields* account_rows::user(std::string_view name) {
  return named(users, name);
}

account_fields* account_rows::group(std::string_view name_or_number) {
  if (auto* found = named(groups, name_or_number))
    return found;
  auto at = std::find_if(groups.begin(), groups.end(),
                         [&](auto& row) { return row[2] == name_or_number; });
  return at == groups.end() ? nullptr : &*at;
}

account_fields* account_rows::shadow(std::string_view name) {
  return named(shadows, name);
}

void account_rows::set_member(account_fields& group, const std::string& user,
                              bool in) {
  auto members = cut_at(group[3], ',');
  std::erase_if(members,
                [&](auto& each) { return each.empty() || each == user; });
  if (in)
    members.push_back(user);
  group[3] = fmt::format("{}", fmt::join(members, ","));
}

bool account_rows::has_number(const std::vector<account_fields>& table,
                              const std::string& number) {
  return std::any_of(table.begin(), table.end(),
                     [&](auto& row) { return row[2] == number; });
}

uint32_t account_rows::free_number(const std::vector<account_fields>& table,
                                   uint32_t from) {
  while (has_number(table, std::to_string(from)))
    ++from;
  return from;
}

} // namespace troupe
