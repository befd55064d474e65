#include "modules/support/accounts/user_changes.hpp"

#include "modules/support/accounts/account_tables.hpp"
#include "modules/support/accounts/predicted_rows.hpp"
#include "modules/support/accounts/user_parts.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

namespace troupe {

namespace {

// Of a line of /etc/shadow.
constexpr size_t password_field = 1;
constexpr size_t least_age_field = 3;
constexpr size_t greatest_age_field = 4;
constexpr size_t expiry_field = 7;

std::string_view without_lock(std::string_view password) {
  password.remove_prefix(
    std::min(password.find_first_not_of('!'), password.size()));
  return password;
}

error no_group(const std::string& name) {
  return {errc::not_found, fmt::format("Group {} does not exist", name)};
}

} // namespace

result<void> user_changes::read() {
  if (auto fine = check_account_name("user", name_); !fine)
    return fine;
  for (auto field : {"comment", "home", "shell", "password", "seuser",
                     "skeleton", "umask", "ssh_key_passphrase"})
    if (!is_one_line(args_.text(field)))
      return error{
        errc::invalid_argument,
        fmt::format("'{}' cannot hold a line end or a NUL byte", field)};
  if (args_.has("umask") && uses_libuser())
    return error{errc::invalid_argument,
                 "'umask' can not be used with 'local'"};
  auto uid = args_.integer("uid");
  if (uid < 0 || uid >= UINT32_MAX)
    return error{errc::invalid_argument,
                 fmt::format("{} cannot be the number of a user", uid)};
  if (args_.has("expires")) {
    auto day = day_of(args_.real("expires"));
    if (!day)
      return day.why();
    expires_ = *day;
  }
  if (args_.text("state") == "absent")
    return {};
  if (args_.has("group")) {
    first_group_ = group_meant(args_.text("group"), ctx_);
    if (!first_group_)
      return no_group(args_.text("group"));
  }
  if (!args_.has("groups"))
    return {};
  groups_.emplace();
  for (auto& each : args_.texts("groups")) {
    if (each.empty())
      continue;
    if (!group_meant(each, ctx_))
      return no_group(each);
    groups_->insert(each);
  }
  return {};
}

bool user_changes::run(words argv, tool_terms terms) {
  return tools_.run(std::move(argv), std::move(terms));
}

/// By standard input: everybody on the host can read a command line.
bool user_changes::set_password(bool locked) {
  auto password = (locked ? "!" : "") + args_.text("password");
  predict_field(shadow_file, name_, password_field, password, ctx_);
  return run({"chpasswd", "--encrypted"},
             {.input = fmt::format("{}:{}\n", name_, password)});
}

void user_changes::predict_expiry() const {
  predict_field(shadow_file, name_, expiry_field,
                *expires_ < 0 ? "" : std::to_string(*expires_), ctx_);
}

bool user_changes::set_expiry(int64_t day) {
  return run({"lchage", "-E", std::to_string(day), "--", name_});
}

bool user_changes::set_local_groups(const std::set<std::string>& added,
                                    const std::set<std::string>& gone) {
  for (auto& group : added)
    if (!run({"lgroupmod", "-M", name_, "--", group}))
      return false;
  for (auto& group : gone)
    if (!run({"lgroupmod", "-m", name_, "--", group}))
      return false;
  return true;
}

void user_changes::add_home(words& argv, bool home) const {
  if (!home) {
    argv.push_back("-M");
    return;
  }
  if (!uses_libuser())
    argv.push_back("-m");
  if (args_.has("skeleton"))
    argv.insert(argv.end(), {"-k", args_.text("skeleton")});
  if (args_.has("umask"))
    argv.insert(argv.end(), {"-K", "UMASK=" + args_.text("umask")});
}

bool user_changes::create(bool home) {
  words argv{tool("useradd")};
  auto add = [&](std::initializer_list<std::string> more) {
    argv.insert(argv.end(), more);
  };
  if (args_.has("uid"))
    add({"-u", args_.text("uid")});
  if (args_.has("uid") && args_.flag("non_unique"))
    add({"-o"});
  if (args_.has("seuser"))
    add({"-Z", args_.text("seuser")});
  // A group of the user's name need not, and could not, be made.
  if (first_group_)
    add({"-g", args_.text("group")});
  else if (group_meant(name_, ctx_))
    add({uses_libuser() ? "-n" : "-N"});
  auto local = uses_libuser();
  if (groups_ && !groups_->empty() && !local)
    add({"-G", fmt::format("{}", fmt::join(*groups_, ","))});
  if (args_.has("comment"))
    add({"-c", args_.text("comment")});
  if (args_.has("home"))
    add({"-d", path_argument(args_, "home", ctx_)});
  if (args_.has("shell"))
    add({"-s", args_.text("shell")});
  if (expires_ && !local)
    add({"-e", *expires_ < 0 ? "" : date_of_day(*expires_)});
  add_home(argv, home);
  if (args_.flag("system"))
    add({"-r"});
  add({"--", name_});
  if (!run(std::move(argv)))
    return false;
  if (args_.has("password") && !set_password(args_.flag("password_lock")))
    return false;
  if (groups_)
    predict_members(name_, *groups_, {}, ctx_);
  if (expires_)
    predict_expiry();
  if (!local)
    return true;
  return (!expires_ || set_expiry(*expires_))
         && (!groups_ || set_local_groups(*groups_, {}));
}

void user_changes::change_fields(words& argv, const user_account& now) const {
  auto add = [&](std::initializer_list<std::string> more) {
    argv.insert(argv.end(), more);
  };
  if (args_.has("comment") && args_.text("comment") != now.gecos)
    add({"-c", args_.text("comment")});
  auto home = path_argument(args_, "home", ctx_);
  if (args_.has("home") && home != now.home) {
    add({"-d", home});
    if (args_.flag("move_home"))
      add({"-m"});
  }
  if (args_.has("shell") && args_.text("shell") != now.shell)
    add({"-s", args_.text("shell")});
}

bool user_changes::change_groups(words& argv, std::set<std::string>& added,
                                 std::set<std::string>& gone) const {
  if (!groups_)
    return false;
  auto naming = groups_naming(name_, ctx_);
  std::set<std::string> present{naming.begin(), naming.end()};
  auto difference
    = [](const std::set<std::string>& x, const std::set<std::string>& y) {
        std::set<std::string> out;
        std::set_difference(x.begin(), x.end(), y.begin(), y.end(),
                            std::inserter(out, out.begin()));
        return out;
      };
  auto append = args_.flag("append");
  added = difference(*groups_, present);
  if (!append)
    gone = difference(present, *groups_);
  if (added.empty() && gone.empty())
    return false;
  if (uses_libuser())
    return true;
  if (append)
    argv.push_back("-a");
  argv.insert(argv.end(), {"-G", fmt::format("{}", fmt::join(*groups_, ","))});
  return true;
}

bool user_changes::changes_expiry(const std::optional<int64_t>& present) const {
  if (!expires_)
    return false;
  auto now = present.value_or(-1);
  return *expires_ < 0 ? now >= 0 : *expires_ != now;
}

bool user_changes::modify(const user_account& now) {
  words argv{tool("usermod")};
  auto local = uses_libuser();
  if (args_.has("uid") && args_.integer("uid") != now.uid) {
    argv.insert(argv.end(), {"-u", args_.text("uid")});
    if (args_.flag("non_unique"))
      argv.push_back("-o");
  }
  if (first_group_ && first_group_->gid != now.gid)
    argv.insert(argv.end(), {"-g", std::to_string(first_group_->gid)});
  std::set<std::string> added;
  std::set<std::string> gone;
  change_groups(argv, added, gone);
  change_fields(argv, now);
  auto shadow = shadow_of(name_, ctx_).value_or(shadow_entry{});
  auto expiry = changes_expiry(shadow.expires);
  if (expiry && !local)
    argv.insert(argv.end(),
                {"-e", *expires_ < 0 ? "" : date_of_day(*expires_)});
  auto password
    = args_.text("update_password") == "always" && args_.has("password")
      && without_lock(shadow.password) != without_lock(args_.text("password"));
  auto locked = shadow.password.starts_with("!");
  auto lock = args_.flag("password_lock");
  // A new password is locked or not as it is set.
  if (args_.has("password_lock") && lock != locked && !password) {
    argv.push_back(lock ? "-L" : "-U");
    predict_field(shadow_file, name_, password_field,
                  lock ? "!" + shadow.password
                       : std::string{without_lock(shadow.password)},
                  ctx_);
  }
  if (argv.size() > 1) {
    argv.insert(argv.end(), {"--", name_});
    if (!run(std::move(argv)))
      return false;
  }
  if (password && !set_password(lock))
    return false;
  predict_members(name_, added, gone, ctx_);
  if (expiry)
    predict_expiry();
  if (!local)
    return true;
  return (!expiry || set_expiry(*expires_)) && set_local_groups(added, gone);
}

bool user_changes::remove() {
  words argv{tool("userdel")};
  if (args_.flag("force") && !uses_libuser())
    argv.push_back("-f");
  if (args_.flag("remove"))
    argv.push_back("-r");
  argv.insert(argv.end(), {"--", name_});
  return run(std::move(argv));
}

bool user_changes::set_ages() {
  auto now = shadow_of(name_, ctx_);
  if (!now)
    return true;
  words argv{"chage"};
  auto set
    = [&](const char* name, const char* option, int64_t is, size_t field) {
        if (!args_.has(name) || args_.integer(name) == is)
          return;
        argv.insert(argv.end(), {option, args_.text(name)});
        predict_field(shadow_file, name_, field, args_.text(name), ctx_);
      };
  set("password_expire_min", "-m", now->least_age, least_age_field);
  set("password_expire_max", "-M", now->greatest_age, greatest_age_field);
  if (argv.size() == 1)
    return true;
  argv.insert(argv.end(), {"--", name_});
  return run(std::move(argv));
}

} // namespace troupe
