#include "modules/support/accounts/user_parts.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>

namespace troupe {

namespace {

constexpr size_t most_entries = 100'000;
constexpr unsigned deepest_home = 64;
constexpr int64_t last_day = 2'932'896; // 9999-12-31

/// Copies a skeleton, entry by entry.
class home_maker {
public:
  home_maker(uint32_t uid, uint32_t gid, const module_context& ctx)
      : uid_{uid}, gid_{gid}, files_{ctx.machine.files()} {
  }

  result<void> copy(const std::string& from, const std::string& to,
                    unsigned depth) {
    auto status = files_.status(from, false);
    if (!status)
      return status.why();
    if (!*status)
      return {};
    if (++entries_ > most_entries || depth > deepest_home)
      return error{errc::exhausted,
                   fmt::format("'{}' is too large for a skeleton", from)};
    auto mode = (*status)->mode;
    switch ((*status)->kind) {
    case file_kind::directory:
      return copy_folder(from, to, mode, depth);
    case file_kind::regular:
      return files_.replace_from(to, {from, **status}, {mode, uid_, gid_});
    case file_kind::symlink:
      return copy_link(from, to);
    default:
      return {};
    }
  }

private:
  result<void> copy_folder(const std::string& from, const std::string& to,
                           uint32_t mode, unsigned depth) {
    if (auto made = files_.make_directory(to, mode); !made)
      return made;
    auto names = files_.list(from);
    if (!names)
      return names.why();
    for (auto& name : *names)
      if (auto done = copy(joined(from, name), joined(to, name), depth + 1);
          !done)
        return done;
    return files_.set_owner(to, uid_, gid_, false);
  }

  result<void> copy_link(const std::string& from, const std::string& to) {
    auto target = files_.read_link(from);
    if (!target)
      return target.why();
    if (auto made = files_.make_symlink(*target, to); !made)
      return made;
    return files_.set_owner(to, uid_, gid_, false);
  }

  uint32_t uid_;
  uint32_t gid_;
  file_system& files_;
  size_t entries_ = 0;
};

/// What /etc/login.defs says of the modes of homes.
std::optional<uint32_t> home_umask(const module_context& ctx) {
  auto text = ctx.machine.files().read("/etc/login.defs", size_t{1} << 20);
  if (!text)
    return std::nullopt;
  std::optional<uint32_t> out;
  for (auto& line : split_text(*text, '\n')) {
    if (!line.starts_with("UMASK"))
      continue;
    auto begin = line.find_first_not_of(" \t", 5);
    if (begin == 5 || begin == std::string::npos)
      continue;
    uint32_t mask = 0;
    auto end = line.data() + line.size();
    auto [at, code] = std::from_chars(line.data() + begin, end, mask, 8);
    if (code == std::errc{} && at == end)
      out = mask;
  }
  return out;
}

} // namespace

bool looks_hashed(std::string_view password) {
  if (password.empty() || password == "*" || password == "!"
      || password == "*************")
    return true;
  if (password.find_first_of(":*!") != std::string_view::npos)
    return false;
  auto fields = split_text(password, '$');
  if (fields.size() < 3)
    return false;
  constexpr std::string_view letters
    = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./=";
  auto& sum = fields.back();
  if (sum.find_first_not_of(letters) != std::string::npos)
    return false;
  auto& kind = fields[1];
  return !(kind == "1" && sum.size() != 22)
         && !(kind == "5" && sum.size() != 43)
         && !(kind == "6" && sum.size() != 86);
}

result<int64_t> day_of(double seconds) {
  auto day = std::floor(seconds / 86400);
  if (!(day <= static_cast<double>(last_day)))
    return error{errc::invalid_argument,
                 fmt::format("an account cannot expire at {}", seconds)};
  return day < 0 ? -1 : static_cast<int64_t>(day);
}

std::string date_of_day(int64_t day) {
  std::chrono::year_month_day date{
    std::chrono::sys_days{std::chrono::days{day}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

result<void> make_home(const std::string& path, const std::string& skeleton,
                       uint32_t uid, uint32_t gid, const module_context& ctx) {
  auto& files = ctx.machine.files();
  auto parents = make_folders(parent_of(path), 0777 & ~files.umask(), ctx);
  if (!parents)
    return parents.why();
  auto from = skeleton.empty() ? std::string{"/etc/skel"} : skeleton;
  auto there = files.status(from, true);
  auto made
    = there && *there ? home_maker{uid, gid, ctx}.copy(
        from.ends_with("/") ? from.substr(0, from.size() - 1) : from, path, 0)
                      : files.make_directory(path, 0777 & ~files.umask());
  if (!made)
    return made;
  if (auto mask = home_umask(ctx))
    if (auto done = files.set_mode(path, 0777 & ~*mask); !done)
      return done;
  return files.set_owner(path, uid, gid, false);
}

} // namespace troupe
